/**
 * The other end of `ChunkSender`: which chunks have come, and when to say so. Chunks after a hole are kept by the caller; the hole is told
 * by saying the same credit twice. Pure.
 */

const CREDIT_EVERY = 2;
/** Credits go over the socket: not more often than this, in milliseconds. */
const CREDIT_MS = 40;
/** Further ahead of a hole than any window: a sender that does not keep to it. */
const AHEAD_MAX = 32;

export type Taken = 'new' | 'known' | 'refused';

export class ChunkReceiver {
  #received = 0;
  readonly #ahead = new Set<number>();
  #unsaid = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #said = -1;
  #again = false;

  /** Chunks from the first on without a hole. */
  get received(): number {
    return this.#received;
  }

  handleChunk(number: number): Taken {
    if (number >= this.#received + AHEAD_MAX) return 'refused';
    if (number < this.#received || this.#ahead.has(number)) {
      // Sent once more although it is here: the credit for it was lost.
      this.#again = true;
      return 'known';
    }
    this.#ahead.add(number);
    this.#unsaid += 1;
    while (this.#ahead.delete(this.#received)) this.#received += 1;
    if (this.#ahead.size > 0) this.#again = true;
    return 'new';
  }

  /**
   * Credits to say now, in their order: none, one, or the same twice for a hole. Call after each chunk, and each few milliseconds with
   * `idle` while chunks are awaited, so that the last one is credited too.
   */
  credits(now: number, idle = false): number[] {
    if (now - this.#saidAt < CREDIT_MS) return [];
    const news = this.#received > Math.max(0, this.#said);
    const due = news && (idle || this.#unsaid >= CREDIT_EVERY);
    if (!due && !this.#again) return [];
    const hole = this.#ahead.size > 0 && this.#received !== this.#said;
    const repeats = hole ? [this.#received, this.#received] : [this.#received];
    this.#unsaid = 0;
    this.#saidAt = now;
    this.#said = this.#received;
    this.#again = false;
    return repeats;
  }
}
