/** What a benchmark of targets.md is, so that one runner can call all of them and print the same line for each. */

/** One figure over several runs. */
export interface Series {
  readonly unit: 'ms' | 'frames' | 'count' | 'percent' | 'KB' | 'MB' | '/min';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

export interface BenchResult extends Series {
  /** The figure that is compared with the target: the one the target names (median, p95 …). */
  readonly value: number;
  readonly reached: boolean;
  /** Further figures of the same runs, by their name. */
  readonly more?: Readonly<Record<string, Series>>;
  /** Set when the machine or a generator was the limit: the figure then says nothing and is not published. */
  readonly invalid?: string;
  /** Path under docs/ of a page that says more. */
  readonly details?: string;
  /** Pages and drawings to write beside it, by their path under docs/. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface BenchOptions {
  /** How many runs; each benchmark has a number of its own otherwise. */
  readonly runs?: number;
  /** A folder of photographs, for a benchmark that looks at pictures. */
  readonly pictures?: string;
}

export interface Bench {
  /** As in targets.md, such as `R5`. */
  readonly id: string;
  /** The target in its own words. */
  readonly target: string;
  /** Needs a network of its own: the runner starts it in one. */
  readonly namespaces?: boolean;
  run(options?: BenchOptions): Promise<BenchResult>;
}

/** Median and spread of samples, rounded to a tenth. Throws for none. */
export function series(unit: Series['unit'], samples: readonly number[]): Series {
  const sorted = samples.map((sample) => Math.round(sample * 10) / 10).sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (min === undefined || max === undefined || median === undefined) throw new Error('no samples');
  return { unit, median, min, max, samples: samples.map((sample) => Math.round(sample * 10) / 10) };
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
