/**
 * The device's own media clock: capture times of its camera, in milliseconds, that only go forward. Another camera, another
 * track or a clock that jumps begins with other numbers; the clock goes on from where it was by the time that passed,
 * so that a pose is never taken for one of another frame.
 */

/** Capture times may lag behind the clock of the page by this, under load. */
const JUMP_MS = 1000;

export class MediaClock {
  #offset = 0;
  #lastStamp: number | undefined;
  #lastMediaMs = 0;
  #lastNow = 0;

  /**
   * @param stampMs of the frame, as the browser names it
   * @param now milliseconds of a steady clock
   */
  mediaMs(stampMs: number, now: number): number {
    const last = this.#lastStamp;
    const passed = now - this.#lastNow;
    if (last === undefined) this.#offset = Math.max(0, -stampMs);
    else if (Math.abs(stampMs - last - passed) > JUMP_MS || stampMs <= last) {
      this.#offset = this.#lastMediaMs + Math.max(1, passed) - stampMs;
    }
    this.#lastStamp = stampMs;
    this.#lastNow = now;
    this.#lastMediaMs = stampMs + this.#offset;
    return this.#lastMediaMs;
  }
}
