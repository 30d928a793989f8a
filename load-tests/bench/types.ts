/** What a benchmark of targets.md is, so that one runner can call all of them and print the same line for each. */

import type { Claim, Peer, Progress, Series } from '../measuring/series.ts';

export { type Claim, type Peer, p95, type Series, series } from '../measuring/series.ts';

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
  /** To be called when a run begins. */
  readonly progress?: Progress;
}

export interface Bench {
  /** As in targets.md, such as `R5`. */
  readonly id: string;
  /** The target in its own words. */
  readonly target: string;
  /** Which change of the figure is a good one; absent: higher for rates and counts of what can be carried, else lower. */
  readonly better?: 'lower' | 'higher';
  /** About how long it takes with its own number of runs, in minutes. */
  readonly minutes?: number;
  /** Needs a network of its own: the runner starts it in one. */
  readonly namespaces?: boolean;
  run(options?: BenchOptions): Promise<BenchResult>;
}
