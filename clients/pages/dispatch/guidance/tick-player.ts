/**
 * Beats of a room's metronome on the tick line. Lives beside the pages, not inside a panel: the caller goes on hearing the
 * beat while the dispatcher looks at the map.
 */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { RoomState } from '../../../../signaling/protocol/state.ts';
import { createBeatClock, gridOf } from '../../../core/cpr/metronome.ts';
import type { Connection } from '../../../core/types.ts';
import { TickLine } from './tick-line.ts';

/** How often beats are planned, and how far ahead; a page in the background is woken once a second at most. */
const PLAN_MS = 100;
const AHEAD_MS = 350;
const AHEAD_HIDDEN_MS = 2500;

/** What ticking needs of a `LiveRoom`. */
export interface TickRoom {
  readonly session: {
    readonly roomId: string;
    /** Room time now in milliseconds. */
    readonly roomTime: number;
    readonly connection: Pick<Connection, 'status'>;
  };
  readonly state: ReadonlySignal<RoomState>;
}

/** What ticks now; one line at a time, since one dispatcher has one telephone. */
interface Ticking {
  readonly roomId: string;
  readonly stop: () => void;
}

const current = signal<Ticking | undefined>(undefined);
/** The room whose beat goes into the telephone. */
export const ticking: ReadonlySignal<Ticking | undefined> = current;

/**
 * Begins to tick, in place of what ticked before; call it from a click. Rejects as `TickLine.open` does, and then what
 * ticked before goes on.
 */
export async function startTick(room: TickRoom, deviceId: string): Promise<void> {
  const line = await TickLine.open(deviceId);
  current.value?.stop();
  const end = follow(room, line, () => stop());
  const stop = () => {
    end();
    if (current.value === mine) current.value = undefined;
    line.close().catch((error: unknown) => console.warn('the tick did not close', error));
  };
  const mine: Ticking = { roomId: room.session.roomId, stop };
  current.value = mine;
}

export function stopTick(): void {
  current.value?.stop();
}

/** Plans beats until the room is left; returns what ends it. */
function follow(room: TickRoom, line: TickLine, onLeft: () => void): () => void {
  const { session, state } = room;
  const clock = createBeatClock();
  const plan = () => {
    const { status } = session.connection;
    if (status === 'ended' || status === 'refused') {
      onLeft();
      return;
    }
    line.look();
    const now = performance.now();
    clock.set(gridOf(state.peek().bystander.metronome, now - session.roomTime));
    const ahead = document.visibilityState === 'hidden' ? AHEAD_HIDDEN_MS : AHEAD_MS;
    for (const beat of clock.due(now, ahead)) line.tick(beat.at, beat.endsCycle);
  };
  const timer = setInterval(plan, PLAN_MS);
  // A stopped metronome is silent at once, beats already planned included.
  const unfollow = effect(() => {
    if (state.value.bystander.metronome?.on !== true) line.cancel();
  });
  return () => {
    clearInterval(timer);
    unfollow();
  };
}
