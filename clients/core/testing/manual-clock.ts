/** A clock for tests: time and timers stand still until `advance`. */
import type { Clock } from '../clock.ts';

interface Timer {
  at: number;
  every: number | undefined;
  run: () => void;
}

export class ManualClock implements Clock {
  #time = 0;
  readonly #utcStart: number;
  readonly #timers = new Set<Timer>();

  constructor(utcStart = Date.UTC(2026, 0, 1)) {
    this.#utcStart = utcStart;
  }

  now(): number {
    return this.#utcStart + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#time + ms, every: undefined, run });
  }

  every(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#time + ms, every: ms, run });
  }

  /** Timers still waiting; a test of `close` expects none. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass, running due timers in order, each at its own moment. */
  advance(ms: number): void {
    const end = this.#time + ms;
    for (;;) {
      const due = [...this.#timers].filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#time = due.at;
      if (due.every === undefined) this.#timers.delete(due);
      else due.at += due.every;
      due.run();
    }
    this.#time = end;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }
}
