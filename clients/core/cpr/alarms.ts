/**
 * The words for what is wrong: too fast, too slow, paused for more than 10 s. Each needs a sure measure that lasts, and goes
 * off with some way to spare, so that a rate about the limit does not blink. Rightful pauses raise nothing.
 */
import { METRONOME_RATE } from '../../../signaling/protocol/guidance.ts';
import type { CprState } from '../../../signaling/protocol/state-bystander.ts';
import type { CprReading } from './measure.ts';

export interface CprFlags {
  readonly 'too-fast': boolean;
  readonly 'too-slow': boolean;
  readonly paused: boolean;
}
export const NO_FLAGS: CprFlags = { 'too-fast': false, 'too-slow': false, paused: false };

/** AHA 2025, ERC 2025: no interruption of more than 10 s. */
export const LONGEST_PAUSE_MS = 10_000;
/**
 * The rate must be beyond the limit by this much, so long, before it is said; and back inside before it is taken off.
 * Slow regular motion is often something else than compressions, so that takes longer.
 */
const MARGIN = 2;
const LASTS_MS = { fast: 2000, slow: 4000 };
/** Evidence that is older than this is none: an unsure moment in between is allowed, a longer one begins anew. */
const UNSURE_MS = 1200;

/** Keeps since when the rate is beyond a limit; one for each video. */
export class CprAlarms {
  #fastSince: number | undefined;
  #slowSince: number | undefined;
  #sureAt = Number.NEGATIVE_INFINITY;
  #flags = NO_FLAGS;

  /** `suspended`: a rightful pause; the pause is then never an alarm. */
  add({ timeMs, phase, rate, pausedMs }: CprReading, suspended: boolean): CprFlags {
    if (timeMs - this.#sureAt > UNSURE_MS) {
      this.#fastSince = undefined;
      this.#slowSince = undefined;
    }
    if (rate !== null) {
      this.#sureAt = timeMs;
      this.#fastSince = rate > METRONOME_RATE.most + MARGIN ? (this.#fastSince ?? timeMs) : undefined;
      this.#slowSince = rate < METRONOME_RATE.least - MARGIN ? (this.#slowSince ?? timeMs) : undefined;
    } else if (phase !== 'compressing') {
      this.#fastSince = undefined;
      this.#slowSince = undefined;
    }
    // Only a sure reading can begin a flag.
    const lasts = (since: number | undefined, ms: number) =>
      rate !== null && since !== undefined && timeMs - since >= ms;
    const sure = phase === 'compressing';
    const was = this.#flags;
    this.#flags = {
      'too-fast':
        sure &&
        (lasts(this.#fastSince, LASTS_MS.fast) || (was['too-fast'] && (rate ?? 999) > METRONOME_RATE.most)),
      'too-slow':
        sure &&
        (lasts(this.#slowSince, LASTS_MS.slow) || (was['too-slow'] && (rate ?? 0) < METRONOME_RATE.least)),
      paused: phase === 'paused' && pausedMs > LONGEST_PAUSE_MS && !suspended,
    };
    return this.#flags;
  }
}

/** How long each mark makes a pause right, in milliseconds (AED analysis and shock, two breaths, a swap of rescuers). */
export const RIGHT_PAUSE_MS = {
  breaths: 12_000,
  swap: 12_000,
  'aed-on': 30_000,
  'aed-analysing': 30_000,
  shock: 15_000,
} as const;

/** Every two minutes whoever compresses should be relieved (AHA 2025, ERC 2025). */
export const SWAP_MS = 120_000;

/** Whether the pause at `nowUtc` is a right one by the keys that were pressed: pure, so every device says the same. */
export function pauseIsRight({ marks }: Pick<CprState, 'marks'>, nowUtc: number): boolean {
  const newest = marks.reduce<CprState['marks'][number] | undefined>(
    (last, mark) => (mark.at <= nowUtc && (last === undefined || mark.at >= last.at) ? mark : last),
    undefined,
  );
  if (newest === undefined) return false;
  if (newest.mark === 'stopped' || newest.mark === 'breathes') return true;
  const right = Object.entries(RIGHT_PAUSE_MS).find(([mark]) => mark === newest.mark);
  return right !== undefined && nowUtc - newest.at < right[1];
}

/** Milliseconds until the rescuer should be relieved, below 0 when overdue; undefined while nobody compresses. */
export function untilSwap({ marks }: Pick<CprState, 'marks'>, nowUtc: number): number | undefined {
  const sorted = marks.filter(({ at }) => at <= nowUtc).sort((a, b) => a.at - b.at);
  const ended = sorted.findLast(({ mark }) => mark === 'stopped' || mark === 'breathes');
  const begun = sorted.findLast(({ mark }) => mark === 'started' || mark === 'swap' || mark === 'shock');
  if (begun === undefined || (ended !== undefined && ended.at > begun.at)) return undefined;
  return begun.at + SWAP_MS - nowUtc;
}
