/** Room time: the owner's monotonic clock, anchored to UTC by a fact (design section 4, "Room time"). */
import type { Clock } from '../../platform/clock.ts';
import type { Now } from './types.ts';

/** A longer pause between two owners is taken for a clock that was set, not for time that passed: one week, in ms. */
const PLAUSIBLE_PAUSE_MS = 7 * 24 * 3600 * 1000;

export class RoomTime {
  readonly #clock: Clock;
  /** Room time minus monotonic time. */
  readonly #offset: number;
  /** How far off the time that passed between two owners may be, in milliseconds; 0 for a new room. */
  readonly errorMs: number;

  private constructor(clock: Clock, startAt: number, errorMs: number) {
    this.#clock = clock;
    this.#offset = startAt - clock.monotonic();
    this.errorMs = errorMs;
  }

  /** The time of a new room, from 0. */
  static start(clock: Clock): RoomTime {
    return new RoomTime(clock, 0, 0);
  }

  /**
   * The time of a room taken over: goes on from the last entry by the UTC time that has passed since, when that is
   * plausible. It never goes back: clocks of two hosts that disagree cost accuracy, which `errorMs` admits, not order.
   */
  static resume(clock: Clock, last: Now): RoomTime {
    const passed = clock.now() - last.utc;
    const plausible = passed >= 0 && passed <= PLAUSIBLE_PAUSE_MS;
    return new RoomTime(clock, last.at + (plausible ? passed : 0), plausible ? 0 : Math.abs(passed));
  }

  /** Whole milliseconds of room time; never less than before. */
  at(): number {
    return Math.max(0, Math.floor(this.#offset + this.#clock.monotonic()));
  }

  now(): Now {
    return { at: this.at(), utc: this.#clock.now() };
  }
}
