/**
 * Until when each link may be opened for the first time, on the monotonic clock: a machine whose clock is set must neither
 * end a link in the hands of someone who is about to tap it, nor let one live for hours.
 */
import type { Clock } from '../../platform/clock.ts';

export class Deadlines {
  readonly #clock: Clock;
  readonly #byLink = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a link the first time it is seen here; `expiresUtc` counts at that moment alone. */
  note(linkId: string, expiresUtc: number): void {
    if (this.#byLink.has(linkId)) return;
    this.#byLink.set(linkId, this.#clock.monotonic() + (expiresUtc - this.#clock.now()));
  }

  isOver(linkId: string, expiresUtc: number): boolean {
    this.note(linkId, expiresUtc);
    const end = this.#byLink.get(linkId);
    return end !== undefined && end <= this.#clock.monotonic();
  }

  forget(linkId: string): void {
    this.#byLink.delete(linkId);
  }
}
