/**
 * Times of pictures that a rhythm can be counted from. The time of presentation jitters with the page; the sender's RTP
 * timestamp does not, but it may begin anew when the phone comes back. Pure.
 */

/** What `requestVideoFrameCallback` tells of a picture, as far as it is needed. */
export interface FrameTimes {
  /** When it was presented, in milliseconds (`performance.now()`). */
  readonly presentedMs: number;
  /** RTP timestamp in units of 1/90,000 s, 32 bits; absent where the browser does not tell it. */
  readonly rtpTimestamp?: number | undefined;
}

const RTP_HZ = 90;
const RTP_TURN = 2 ** 32;
/** The two clocks may differ by this much over one step before the RTP timestamp is taken for a new beginning. */
const LARGEST_DIFFERENCE_MS = 1000;

export class FrameClock {
  #last: (FrameTimes & { readonly timeMs: number }) | undefined;

  /** Time of the picture in milliseconds; never goes back. */
  timeOf(now: FrameTimes): number {
    const last = this.#last;
    const timeMs = last === undefined ? now.presentedMs : last.timeMs + stepOf(last, now);
    this.#last = { ...now, timeMs };
    return timeMs;
  }
}

function stepOf(last: FrameTimes, now: FrameTimes): number {
  const presented = Math.max(0, now.presentedMs - last.presentedMs);
  if (last.rtpTimestamp === undefined || now.rtpTimestamp === undefined) return presented;
  const rtp = ((now.rtpTimestamp - last.rtpTimestamp + RTP_TURN) % RTP_TURN) / RTP_HZ;
  return Math.abs(rtp - presented) > LARGEST_DIFFERENCE_MS ? presented : rtp;
}
