/** What a benchmark of targets.md is, so that one runner can call all of them and print the same line for each. */

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

export interface BenchResult extends Series {
  /** The figure that is compared with the target: the one the target names (median, p95 …). */
  readonly value: number;
  readonly reached: boolean;
  /** Further figures of the same runs, by their name. */
  readonly more?: Readonly<Record<string, Series>>;
  /** Programs measured beside it, by their name. */
  readonly peers?: Readonly<Record<string, Peer>>;
  readonly claims?: readonly Claim[];
  /** Whole sentences, each on something that the figure does not include. */
  readonly leftOut?: readonly string[];
  /** Whole sentences: why the target is missed, or what limited the figure; "not known" where it is not known. */
  readonly why?: string;
  /** Programs and libraries that took part, beyond those that the runner names itself: `{ Janus: '1.1.2-1' }`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Set when the machine or a generator was the limit: the figure then says nothing and is not published (see `voidReason`). */
  readonly invalid?: string;
  /** Path under docs/ of a page that says more. */
  readonly details?: string;
  /** Pages and drawings to write beside it, by their path under docs/; an SVG is shown in docs/benchmarks.md. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface BenchOptions {
  /** How many runs; each benchmark has a number of its own otherwise. */
  readonly runs?: number;
  /** A folder of photographs, for a benchmark that looks at pictures. */
  readonly pictures?: string;
  /** To be called when run number `run` (from 1) of `of` begins; throws when the benchmark shall end now. */
  readonly progress?: Progress;
}

export type Progress = (run: number, of: number) => void;

export interface Bench {
  /** As in targets.md, such as `R5`. */
  readonly id: string;
  /** The target in its own words. */
  readonly target: string;
  /** About how long it takes with its own number of runs, in minutes. */
  readonly minutes?: number;
  /** Needs a network of its own: the runner starts it in one. */
  readonly namespaces?: boolean;
  run(options?: BenchOptions): Promise<BenchResult>;
}

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

/** One line for a person; the JSON of the result is for machines. */
export function lineOf({ id, target }: Bench, result: BenchResult): string {
  const show = ({ unit, median, min, max }: Series) => `${median} ${unit} (${min} to ${max})`;
  const more = Object.entries(result.more ?? {}).map(([name, figure]) => `; ${name} ${show(figure)}`);
  const verdict = result.reached ? 'reached' : 'not reached';
  return `${id}: ${show(result)}, ${result.samples.length} runs${more.join('')}. Target: ${target}: ${verdict}.`;
}

/** The smallest sample that 95 % of all do not exceed. Throws for none. */
export function p95(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.ceil(sorted.length * 0.95) - 1];
  if (found === undefined) throw new Error('no samples');
  return Math.round(found * 10) / 10;
}
