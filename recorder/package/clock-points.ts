/** Chooses the few points of the clock map between which everything else is linear to within a millisecond. */
import type { ClockPoint } from '../../signaling/protocol/manifest.ts';
import type { RoomTime } from '../rtp/types.ts';
import { roundMs } from './outputs.ts';

/** What may differ from the straight line before a new point is made, in milliseconds. */
const TOLERANCE_MS = 0.5;

export interface Moment {
  readonly stretch: number;
  readonly rtp: bigint;
  readonly time: RoomTime;
}

export class ClockPoints {
  readonly #ticksPerMs: number;
  #last: Moment | undefined;

  /** @param clockRate ticks a second */
  constructor(clockRate: number, last?: Moment) {
    this.#ticksPerMs = clockRate / 1000;
    this.#last = last;
  }

  /** For `new ClockPoints` later. */
  get last(): Moment | undefined {
    return this.#last;
  }

  /** Answers a point when this moment does not follow from the one before. */
  next(moment: Moment): ClockPoint | undefined {
    return this.#follows(moment) ? undefined : this.keep(moment);
  }

  /** A point for this moment in any case. */
  keep({ stretch, rtp, time }: Moment): ClockPoint {
    this.#last = { stretch, rtp, time };
    return {
      stretch,
      rtp: String(rtp),
      at: roundMs(time.ms),
      errorMs: Math.round(time.errorMs * 1000) / 1000,
      by: time.by,
    };
  }

  #follows({ stretch, rtp, time }: Moment): boolean {
    const last = this.#last;
    if (!last || last.stretch !== stretch || last.time.by !== time.by) return false;
    const expected = last.time.ms + Number(rtp - last.rtp) / this.#ticksPerMs;
    return Math.abs(expected - time.ms) <= TOLERANCE_MS && Math.abs(last.time.errorMs - time.errorMs) <= 10;
  }
}
