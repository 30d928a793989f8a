/**
 * Relates two clocks by the messages that pass between them: each arrives late by an unknown time, and the one that was
 * least late tells most. The recorder dates media by the same rule (least delay of arrival), so that both agree.
 */
const WINDOW_MS = 60_000;
const PER_WINDOW = 4;

interface Slot {
  startedAt: number;
  least: number;
  most: number;
}

export class LeastDelay {
  /** The least of each quarter of the window: clocks drift, so what is older than a minute no longer counts. */
  readonly #slots: Slot[] = [];

  /** @param offset clock read at arrival minus clock read at sending. @param now any clock that never goes back. */
  add(offset: number, now: number): void {
    const slot = this.#slots.at(-1);
    if (slot !== undefined && now - slot.startedAt < WINDOW_MS / PER_WINDOW) {
      slot.least = Math.min(slot.least, offset);
      slot.most = Math.max(slot.most, offset);
      return;
    }
    this.#slots.push({ startedAt: now, least: offset, most: offset });
    if (this.#slots.length > PER_WINDOW) this.#slots.shift();
  }

  /** The offset by the least delayed message; undefined before the first. */
  get offset(): number | undefined {
    return this.#slots.length === 0 ? undefined : Math.min(...this.#slots.map(({ least }) => least));
  }

  /** How far the least of the quarters lie apart: what drift and a bad link leave open. */
  get spread(): number {
    if (this.#slots.length === 0) return 0;
    const leasts = this.#slots.map(({ least }) => least);
    return Math.max(...leasts) - Math.min(...leasts);
  }

  /** Starts anew, as after one of the clocks was set. */
  reset(): void {
    this.#slots.length = 0;
  }
}
