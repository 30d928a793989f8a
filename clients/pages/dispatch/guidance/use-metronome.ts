/** The metronome of the room: setting it, and beating with it on this page. */
import { useEffect, useRef } from 'preact/hooks';
import type { CprMode } from '../../../../signaling/protocol/guidance.ts';
import { type Beat, createBeatClock, gridOf } from '../../../core/cpr/metronome.ts';
import { useRoom } from '../../live/live-room.ts';
import { type MetronomeView, metronomeView } from './metronome-view.ts';

/** How often beats are planned, and how far ahead; a page in the background is woken once a second at most. */
const PLAN_MS = 100;
const AHEAD_MS = 350;
const AHEAD_HIDDEN_MS = 2500;

export interface Metronome {
  readonly view: MetronomeView;
  set(change: { on?: boolean; rate?: number; mode?: CprMode }): Promise<void>;
  /** On at 110 or as it was, or off: for one key. */
  toggle(): Promise<void>;
}

export function useMetronome(): Metronome {
  const { session, state } = useRoom();
  const view = metronomeView(state.value.bystander.metronome);
  const set: Metronome['set'] = async (change) => {
    const { on, rate, mode } = { ...view, ...change };
    await session.request('metronome.set', { on, rate, mode, source: 'dispatcher' });
  };
  return { view, set, toggle: () => set({ on: !view.on }) };
}

interface Follower {
  /** Beats to come, by `performance.now()`, each once. */
  beat(beat: Beat): void;
  /** Called before beats are planned. */
  look?(): void;
  /** What was planned is void: the metronome has stopped, or nobody follows any more. */
  cancel?(): void;
}

/**
 * Calls the follower for each beat of the room's metronome while `active`. One clock beats for as long as the metronome is
 * on: a new rate is joined from the beats that were planned before, so the phase is continuous and none is taken back.
 */
export function useBeats(active: boolean, follower: Follower): void {
  const { session, state } = useRoom();
  const latest = useRef(follower);
  latest.current = follower;
  const { metronome } = state.value.bystander;
  const newest = useRef(metronome);
  newest.current = metronome;
  const beats = active && metronome?.on === true;
  useEffect(() => {
    if (!beats) return undefined;
    const clock = createBeatClock();
    const plan = () => {
      latest.current.look?.();
      const now = performance.now();
      clock.set(gridOf(newest.current, now - session.roomTime));
      const ahead = document.visibilityState === 'hidden' ? AHEAD_HIDDEN_MS : AHEAD_MS;
      for (const beat of clock.due(now, ahead)) latest.current.beat(beat);
    };
    plan();
    const timer = setInterval(plan, PLAN_MS);
    return () => {
      clearInterval(timer);
      latest.current.cancel?.();
    };
  }, [beats, session]);
}
