/**
 * Flow control of one fetch, at the device: never more chunks on the way than the window, each kept until it is credited. The window
 * follows the delay that chunks meet, since what fills a thin uplink's queue delays the voice beside it; it stays
 * under what a media node buffers for one viewer. Pure: time comes in with each call.
 */

/** At most 160 KiB on the way: a media node drops beyond 256 KiB, which other channels to that viewer share. */
export const WINDOW_MAX = 10;
export const WINDOW_MIN = 4;
const WINDOW_START = 6;
/** Delay above the least one seen, in milliseconds, from which the window shrinks, and up to which it grows. */
const QUEUE_HIGH_MS = 250;
const QUEUE_LOW_MS = 120;
/** A hole that is told again within this time is the same one: its chunk is on the way. */
const RESEND_MS = 400;
/** Without any credit for so long the oldest chunk is sent once more: it, or its credit, was lost. Doubled each time. */
const PROBE_MS = 1500;
const PROBE_MOST_MS = 6000;
/** Nothing was credited yet: the receiver may not have had its end of the channel when the first chunks came. */
const FIRST_PROBE_MS = 700;

interface OnTheWay {
  readonly bytes: Uint8Array<ArrayBuffer>;
  sentAt: number;
  /** Sent once more: its delay says nothing. */
  again: boolean;
}

export class ChunkSender {
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];
  readonly #onTheWay = new Map<number, OnTheWay>();
  readonly #again = new Set<number>();
  #sent = 0;
  #credited = 0;
  #creditedBytes = 0;
  #queuedBytes = 0;
  #window = WINDOW_START;
  #leastDelay = Number.POSITIVE_INFINITY;
  #startedAt: number | undefined;
  #movedAt: number | undefined;
  #probes = 0;

  /** Number that the next pushed chunk must carry. */
  get nextNumber(): number {
    return this.#sent + this.#queue.length;
  }
  get onTheWay(): number {
    return this.#onTheWay.size;
  }
  get window(): number {
    return this.#window;
  }
  /** Bytes that were pushed and not yet sent once. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }
  /** Everything that was pushed has been credited. */
  get isDone(): boolean {
    return this.#queue.length === 0 && this.#onTheWay.size === 0;
  }

  /** Bytes credited a second so far; undefined until it says something. */
  rate(now: number): number | undefined {
    if (this.#startedAt === undefined || this.#credited < 2 || now <= this.#startedAt) return undefined;
    return (this.#creditedBytes * 1000) / (now - this.#startedAt);
  }

  /** Milliseconds since the receiver last took something in, while something is on the way. */
  stalledMs(now: number): number {
    return this.#onTheWay.size === 0 ? 0 : now - (this.#movedAt ?? now);
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
  }

  /** The chunk that may be sent now, and is counted as sent by this call; undefined: nothing may. */
  take(now: number): Uint8Array<ArrayBuffer> | undefined {
    this.#probe(now);
    for (const number of this.#again) {
      this.#again.delete(number);
      const lost = this.#onTheWay.get(number);
      if (!lost) continue;
      lost.sentAt = now;
      lost.again = true;
      return lost.bytes;
    }
    if (this.#onTheWay.size >= this.#window) return undefined;
    const bytes = this.#queue.shift();
    if (!bytes) return undefined;
    this.#queuedBytes -= bytes.length;
    if (this.#onTheWay.size === 0) this.#movedAt = now;
    this.#startedAt ??= now;
    this.#onTheWay.set(this.#sent, { bytes, sentAt: now, again: false });
    this.#sent += 1;
    return bytes;
  }

  /**
   * The receiver has the first `received` chunks. The same number again, while more are on the way, says that a later chunk came
   * and this one did not. Numbers that cannot be are passed over.
   */
  handleCredit(received: number, now: number): void {
    if (received > this.#sent || received < this.#credited) return;
    if (received === this.#credited) {
      // Word of a hole comes a round trip after its chunk was sent, or it is older than that.
      const roundTrip = Number.isFinite(this.#leastDelay) ? this.#leastDelay : 0;
      this.#askAgain(received, now, Math.max(RESEND_MS, roundTrip));
      return;
    }
    for (let number = this.#credited; number < received; number += 1) {
      const done = this.#onTheWay.get(number);
      if (!done) continue;
      this.#onTheWay.delete(number);
      this.#again.delete(number);
      this.#creditedBytes += done.bytes.length;
      if (number === received - 1 && !done.again) this.#handleDelay(now - done.sentAt);
    }
    this.#credited = received;
    this.#movedAt = now;
    this.#probes = 0;
  }

  /** The channel was made anew: what was on the way in the old one is lost. */
  handleNewChannel(): void {
    for (const number of this.#onTheWay.keys()) this.#again.add(number);
  }

  #handleDelay(delay: number): void {
    this.#leastDelay = Math.min(this.#leastDelay, delay);
    const queued = delay - this.#leastDelay;
    if (queued > QUEUE_HIGH_MS) this.#window = Math.max(WINDOW_MIN, this.#window - 1);
    else if (queued < QUEUE_LOW_MS) this.#window = Math.min(WINDOW_MAX, this.#window + 1);
  }

  #probe(now: number): void {
    const first = this.#credited === 0 ? FIRST_PROBE_MS : PROBE_MS;
    const patience = Math.min(PROBE_MOST_MS, first * 2 ** this.#probes);
    if (this.stalledMs(now) < patience) return;
    if (this.#askAgain(this.#credited, now, patience)) this.#probes += 1;
  }

  #askAgain(number: number, now: number, notWithinMs: number): boolean {
    const lost = this.#onTheWay.get(number);
    if (!lost || now - lost.sentAt < notWithinMs) return false;
    this.#again.add(number);
    return true;
  }
}
