/** Figures with their spread, and what stands beside them. */

/** Units that figures are given in; the JSON of a result is refused with any other. */
export const UNITS = [
  'µs',
  'ms',
  's',
  'frames',
  'count',
  'percent',
  'KB',
  'MB',
  'GB',
  'MB/h',
  'Mbit/s',
  'Gbit/s',
  'packets/s',
  'per second',
  '/min',
  'viewers',
  'rooms',
  'cores',
  'times',
] as const;

export type Unit = (typeof UNITS)[number];

/** One figure over several runs. */
export interface Series {
  readonly unit: Unit;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

/** Another program under the same load, on the same core, in the same runs. */
export interface Peer extends Series {
  /** Of the program, and of the package it came from, such as `1.1.2-1 (Debian)`. */
  readonly version: string;
  /** What is compared, when it is another one than the median. */
  readonly value?: number;
  readonly more?: Readonly<Record<string, Series>>;
}

/** A figure that others publish about their own program: claimed by themselves, not measured here. */
export interface Claim {
  readonly who: string;
  /** The figure in their words, with its unit. */
  readonly figure: string;
  /** Where it stands: an address, or the title of a paper. */
  readonly source: string;
  /** Their machine; "not said" where they do not say. */
  readonly machine: string;
  /** When they published it, as far as it is said: `2018`, `2018-09` or a day. */
  readonly date: string;
}

/** Told when run number `run` (from 1) of `of` begins; throws when the measurement shall end now. */
export type Progress = (run: number, of: number) => void;

/** Median and spread of samples, rounded to a tenth or to so many decimals. Throws for none. */
export function series(unit: Unit, samples: readonly number[], decimals = 1): Series {
  const scale = 10 ** decimals;
  const rounded = samples.map((sample) => Math.round(sample * scale) / scale);
  const sorted = [...rounded].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (min === undefined || max === undefined || median === undefined) throw new Error('no samples');
  return { unit, median, min, max, samples: rounded };
}

/** The smallest sample that 95 % of all do not exceed. Throws for none. */
export function p95(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.ceil(sorted.length * 0.95) - 1];
  if (found === undefined) throw new Error('no samples');
  return Math.round(found * 10) / 10;
}
