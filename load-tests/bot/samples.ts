/** Times in milliseconds, kept for percentiles: all of them up to a bound, then a fair sample of all. */

const KEPT = 20_000;

export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export class Samples {
  readonly #kept: number[] = [];
  #count = 0;
  #max = 0;

  add(ms: number): void {
    this.#count += 1;
    this.#max = Math.max(this.#max, ms);
    if (this.#kept.length < KEPT) this.#kept.push(ms);
    else {
      // Reservoir sampling (Vitter's algorithm R): each of all has the same chance to be among the kept.
      const place = Math.floor(Math.random() * this.#count);
      if (place < KEPT) this.#kept[place] = ms;
    }
  }

  get values(): readonly number[] {
    return this.#kept;
  }

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }
}

/** Percentiles by nearest rank; all 0 without samples. */
export function timesOf(values: readonly number[], count = values.length): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => tenth(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
