/**
 * Which message a provider's receipt is about. Providers name messages by ids of their own, and a receipt may overtake the
 * answer that tells the id: what nobody has asked for yet is kept for a moment.
 */
import type { Outcome } from './reports.ts';

/** Receipts of ids that are not known yet, and how long they are kept, in milliseconds. */
const MOST_EARLY = 1000;
const EARLY_MS = 60_000;
/** Ids that receipts are awaited for; the oldest are forgotten beyond it. */
const MOST_IDS = 10_000;

export class Receipts {
  readonly #takers = new Map<string, (outcome: Outcome) => void>();
  readonly #early = new Map<string, { readonly outcome: Outcome; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Calls `take` for every receipt of this id, one that came before among them. */
  expect(providerId: string, take: (outcome: Outcome) => void): void {
    const key = keyOf(providerId);
    this.#takers.set(key, take);
    trim(this.#takers, MOST_IDS);
    const early = this.#early.get(key);
    this.#early.delete(key);
    if (early && this.#now() - early.at <= EARLY_MS) take(early.outcome);
  }

  /** Answers false for an id that nobody has asked for; it may still be asked for within a minute. */
  take(providerId: string, outcome: Outcome): boolean {
    const key = keyOf(providerId);
    const taker = this.#takers.get(key);
    if (taker) {
      taker(outcome);
      return true;
    }
    this.#early.set(key, { outcome, at: this.#now() });
    trim(this.#early, MOST_EARLY);
    return false;
  }
}

function trim(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

/** Centres pad ids in one place and not in the other, and change the case of their letters. */
function keyOf(providerId: string): string {
  return providerId
    .trim()
    .toLowerCase()
    .replace(/^0+(?=.)/, '');
}
