/**
 * Plays the beat: sound, light and vibration from one count (`clients/core/cpr/metronome.ts`). The light is always
 * there; the others come where the phone lets them.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Beat, createBeatClock, type Grid } from '../../core/cpr/metronome.ts';
import { Sound, type SoundState } from './sound.ts';

/** How often beats are planned, and how far ahead. A page in the background is woken once a second at most. */
const PLAN_MS = 100;
const AHEAD_MS = 400;
const AHEAD_HIDDEN_MS = 2500;
/** How long one beat lights up, and buzzes. */
const LIT_MS = 170;
const BUZZ_MS = 45;

export type Vibration = 'on' | 'off' | 'unsupported';

/** What beats in the picture: called in the frame in which a beat begins, and in the one in which its light goes out. */
export type Light = (lit: boolean, beat: Beat) => void;

export interface Player {
  readonly sound: ReadonlySignal<SoundState>;
  readonly vibration: ReadonlySignal<Vibration>;
  /** Plays this grid from now on; undefined: stops at once, beats already planned included. */
  play(grid: Grid | undefined): void;
  /** In a tap: lets the phone sound and vibrate. */
  unlock(): void;
  mute(): void;
  /** Registers a light; returns the function that takes it away. */
  light(show: Light): () => void;
  close(): void;
}

export function createPlayer(): Player {
  const sound = new Sound();
  const vibration = signal<Vibration>('vibrate' in navigator ? 'off' : 'unsupported');
  const lights = new Set<Light>();
  const clock = createBeatClock();
  let planned: Beat[] = [];
  let lit: Beat | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let frame = 0;

  const plan = () => {
    sound.tick();
    const ahead = document.visibilityState === 'hidden' ? AHEAD_HIDDEN_MS : AHEAD_MS;
    for (const beat of clock.due(performance.now(), ahead)) {
      planned.push(beat);
      sound.click(beat.at, beat.endsCycle);
    }
  };
  const show = (on: boolean, beat: Beat) => {
    for (const each of lights) each(on, beat);
  };
  const draw = () => {
    frame = requestAnimationFrame(draw);
    // Half a frame early is nearer than half a frame late: what is drawn now is seen in the next one.
    const now = performance.now() + 8;
    if (lit && now >= lit.at + LIT_MS) {
      show(false, lit);
      lit = undefined;
    }
    let due: Beat | undefined;
    while (planned[0] && planned[0].at <= now) due = planned.shift();
    if (!due || now > due.at + LIT_MS) return;
    lit = due;
    show(true, due);
    if (vibration.value !== 'unsupported') vibration.value = navigator.vibrate(BUZZ_MS) ? 'on' : 'off';
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    cancelAnimationFrame(frame);
    if (lit) show(false, lit);
    lit = undefined;
    planned = [];
    sound.cancel();
  };
  const woken = () => {
    if (document.visibilityState === 'visible') sound.retry();
  };
  document.addEventListener('visibilitychange', woken);

  return {
    sound: sound.state,
    vibration,
    play(grid) {
      clock.set(grid);
      if (!grid) return stop();
      if (timer !== undefined) return;
      plan();
      timer = setInterval(plan, PLAN_MS);
      frame = requestAnimationFrame(draw);
    },
    unlock: () => sound.unlock(),
    mute: () => sound.mute(),
    light(each) {
      lights.add(each);
      return () => lights.delete(each);
    },
    close() {
      stop();
      document.removeEventListener('visibilitychange', woken);
      sound.close();
    },
  };
}
