/** From where the beats of the metronome are counted, for everyone who folds the facts. */
import type { MetronomeState } from './state-bystander.ts';

/** A cycle of 30:2: thirty compressions, then this long for two breaths (AHA 2025: a pause of less than 10 s). */
export const CPR_CYCLE = { compressions: 30, breathsMs: 5000 } as const;

type Setting = Pick<MetronomeState, 'on' | 'rate' | 'mode'>;

/**
 * Room time of the first beat after a setting at `at`. A start and another mode begin anew. While it goes on, a new rate
 * keeps the number of the beat and how far the next one is, so that hands that follow it never meet two beats close
 * together or none for long; in 30:2 it keeps the place in the cycle, breaths included.
 */
export function firstBeatAt(before: MetronomeState | undefined, set: Setting, at: number): number {
  if (!before?.on || !set.on || before.mode !== set.mode) return at;
  const since = at - before.at;
  if (set.mode === 'continuous') return at - (since * before.rate) / set.rate;
  const was = cycleOf(before.rate);
  const is = cycleOf(set.rate);
  const cycles = Math.floor(since / was.lengthMs);
  const within = since - cycles * was.lengthMs;
  const pressed = Math.min(within, was.pressedMs);
  return at - cycles * is.lengthMs - (pressed * is.pressedMs) / was.pressedMs - (within - pressed);
}

/** From the first compression of a cycle to its last, and to the first of the next. */
export function cycleOf(rate: number): { readonly pressedMs: number; readonly lengthMs: number } {
  const pressedMs = ((CPR_CYCLE.compressions - 1) * 60_000) / rate;
  return { pressedMs, lengthMs: pressedMs + CPR_CYCLE.breathsMs };
}
