/** How the clock of a recorder relates to room time, measured through the owner's own monotonic clock. */
import type { Clock } from '../../platform/clock.ts';

const SAMPLES = 5;

/** `other = own + offset`, give or take `errorMs`. */
export interface Offset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/**
 * Asks another clock several times and keeps the answer with the shortest round trip: half of it bounds the error
 * (RFC 5905 section 8 does the same).
 */
export async function measureOffset(clock: Clock, ask: () => Promise<number>): Promise<Offset> {
  let best: Offset | undefined;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sent = clock.monotonic();
    const there = await ask();
    const back = clock.monotonic();
    const errorMs = (back - sent) / 2;
    if (!best || errorMs < best.errorMs) best = { offsetMs: there - (sent + back) / 2, errorMs };
  }
  return best ?? { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
}

/** Room time is told in whole milliseconds, rounded down: the largest difference ever seen is the nearest. */
export class RoomOffset {
  #offsetMs = Number.NEGATIVE_INFINITY;

  async sample(clock: Clock, roomTime: () => Promise<number>): Promise<void> {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const at = await roomTime();
      this.#offsetMs = Math.max(this.#offsetMs, at - clock.monotonic());
    }
  }

  /** `room = recorder + offset`. */
  from(recorder: Offset): Offset {
    return { offsetMs: this.#offsetMs - recorder.offsetMs, errorMs: recorder.errorMs + 1 };
  }
}
