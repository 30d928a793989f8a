/** Time, behind an interface so that tests move it by hand instead of waiting. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** UTC in whole milliseconds since 1970; it may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary start, with fractions; it never goes back. */
  monotonic(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Lets `ms` milliseconds pass on both clocks. */
  advance(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }

  /** Sets UTC as a time server would: the monotonic clock does not notice. */
  setNow(now: number): void {
    this.#now = now;
  }
}
