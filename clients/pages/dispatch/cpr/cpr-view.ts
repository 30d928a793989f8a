/** What the panel of compressions shows, as values; components put them into words. Pure. */
import type { CprMark } from '../../../../signaling/protocol/events-bystander.ts';
import type { CprFlags } from '../../../core/cpr/alarms.ts';
import type { CprReading } from '../../../core/cpr/measure.ts';

export type CprTone = 'good' | 'warn' | 'bad' | 'plain';

/** The one sentence about the hands. */
export type CprWord = 'no-video' | 'unsure' | 'paused-long' | 'paused' | 'too-fast' | 'too-slow' | 'right';

export function wordOf(reading: CprReading | undefined, flags: CprFlags): CprWord {
  if (reading === undefined) return 'no-video';
  if (flags.paused) return 'paused-long';
  if (reading.phase === 'paused') return 'paused';
  if (reading.rate === null) return 'unsure';
  if (flags['too-fast']) return 'too-fast';
  return flags['too-slow'] ? 'too-slow' : 'right';
}

export const TONES: Readonly<Record<CprWord, CprTone>> = {
  'no-video': 'plain',
  unsure: 'plain',
  'paused-long': 'bad',
  paused: 'warn',
  'too-fast': 'warn',
  'too-slow': 'warn',
  right: 'good',
};

/** Minutes and seconds, such as `1:05`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Points of an SVG line, 0 to 100 wide and 0 to 40 high, the newest at the right. */
export function curvePoints(curve: readonly number[]): string {
  const step = 100 / Math.max(1, curve.length - 1);
  return curve
    .map((value, i) => `${(i * step).toFixed(1)},${(20 - 18 * Math.max(-1, Math.min(1, value))).toFixed(1)}`)
    .join(' ');
}

/** Share of the sure time with hands on the chest, 0 to 1; undefined before there is enough of it. */
export function fractionOf({ measuredMs, handsOffMs }: CprReading): number | undefined {
  return measuredMs < 10_000 ? undefined : Math.max(0, 1 - handsOffMs / measuredMs);
}

/** Keys for what is done, in the order in which it happens. */
export const MARK_KEYS = [
  'started',
  'breaths',
  'swap',
  'aed-fetched',
  'aed-on',
  'aed-analysing',
  'shock',
  'stopped',
  'breathes',
] as const satisfies readonly CprMark[];
