/**
 * Room time for the own copy. The recorder dates media by its arrival, so what counts is when something sent now would
 * arrive at best: requests that the server stamps tell exactly that, without any guess about the way back.
 */
import type { Clock } from '../clock.ts';
import { LeastDelay } from './least-delay.ts';

/** The part of a room session that is needed. */
export interface RoomTimes {
  /** Room time by the answer to the join, late by the way back. */
  readonly roomTime: number;
  readonly state: { readonly anchor: { readonly at: number; readonly utc: number } };
  /** Answers the server's UTC in milliseconds as it received the question. */
  askUtc(): Promise<number>;
}

const EVERY_MS = 15_000;
/** The first questions follow each other quickly, since one alone may have been late. */
const FIRST = 5;
const FIRST_EVERY_MS = 500;
/** Beyond this the UTC of the server and the room's own clock have parted: the room's clock is right. */
const PARTED_MS = 400;
/** What two clocks and rounding leave open in any case. */
const LEAST_ERROR_MS = 3;

export interface RoomMoment {
  readonly at: number;
  readonly errorMs: number;
}

export class RoomClock {
  readonly #times: RoomTimes;
  readonly #clock: Clock;
  readonly #delay = new LeastDelay();
  #cancel: (() => void) | undefined;
  #asked = 0;
  #closed = false;

  constructor(times: RoomTimes, clock: Clock) {
    this.#times = times;
    this.#clock = clock;
    this.#ask();
  }

  /** Room time of a moment of this device's monotonic clock, with its error, both in milliseconds. */
  at(monotonic: number): RoomMoment {
    const plain = monotonic + this.#times.roomTime - this.#clock.monotonic();
    const { offset } = this.#delay;
    if (offset === undefined) return { at: plain, errorMs: PARTED_MS };
    const at = monotonic + offset;
    if (Math.abs(at - plain) > PARTED_MS) return { at: plain, errorMs: PARTED_MS };
    return { at, errorMs: LEAST_ERROR_MS + this.#delay.spread };
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #ask(): void {
    const sentAt = this.#clock.monotonic();
    this.#times.askUtc().then(
      (utc) => {
        const { anchor } = this.#times.state;
        this.#delay.add(anchor.at + (utc - anchor.utc) - sentAt, sentAt);
        this.#again();
      },
      // Without a link there is no answer; what was measured before goes on being used.
      () => this.#again(),
    );
  }

  #again(): void {
    if (this.#closed) return;
    this.#asked += 1;
    this.#cancel = this.#clock.after(this.#asked < FIRST ? FIRST_EVERY_MS : EVERY_MS, () => this.#ask());
  }
}
