/**
 * "Let the measure pull the metronome": the beat goes to meet the hands and leads them to 110. It is a little nearer to 110
 * than they are, never outside 100 to 120, changes seldom, and is 110 again as soon as the measure is not sure.
 */
import { type CprMode, METRONOME_RATE } from '../../../signaling/protocol/guidance.ts';

/** How far ahead of the hands the beat is, in compressions a minute. */
const LEAD = 4;
/** Time between two changes, in milliseconds: hands need some beats to follow. */
const EVERY_MS = 4000;
/** Unsure for longer than this: back to 110. */
const UNSURE_MS = 3000;
const SMALLEST = 1;

export interface PullInput {
  readonly nowMs: number;
  /** The sure rate; null when not sure. */
  readonly rate: number | null;
  /** When the rate was last sure; absent: never. */
  readonly sureAtMs?: number;
  readonly metronome: { readonly rate: number; readonly mode: CprMode };
  /** When the pull last changed it; absent: never. */
  readonly changedAtMs?: number;
  /** How long the breaths of 30:2 still last (`breathsLeft`): a change there begins the next thirty. */
  readonly breathsLeftMs: number;
}

/** The rate to set now, or undefined to leave the metronome as it is. Pure. */
export function pulledRate(input: PullInput): number | undefined {
  const { nowMs, rate, sureAtMs, metronome, changedAtMs, breathsLeftMs } = input;
  // A changed state begins a new cycle, so in 30:2 it waits for the end of the breaths.
  if (metronome.mode === '30:2' && !(breathsLeftMs > 0 && breathsLeftMs <= 700)) return undefined;
  const unsure = rate === null;
  if (unsure && sureAtMs !== undefined && nowMs - sureAtMs < UNSURE_MS) return undefined;
  if (!unsure && changedAtMs !== undefined && nowMs - changedAtMs < EVERY_MS) return undefined;
  const wanted = unsure ? METRONOME_RATE.normal : leading(rate);
  return Math.abs(wanted - metronome.rate) < SMALLEST ? undefined : wanted;
}

/** The beat for hands at this rate, whole and inside 100 to 120. */
export function leading(rate: number): number {
  const { least, normal, most } = METRONOME_RATE;
  const ahead = rate > normal ? Math.max(normal, rate - LEAD) : Math.min(normal, rate + LEAD);
  return Math.round(Math.max(least, Math.min(most, ahead)));
}
