/**
 * How good each tile may be: as good as the rest of the time carries at the rate the link was seen to have. All of a 4K frame is there
 * within 5 s at 2 Mbit/s (issue 5), so a thin link gets a weaker JPEG, never a smaller picture. Pure.
 */

/** All pieces should have arrived by then, in milliseconds after the ask; half a second is left for what goes wrong. */
const WHOLE_MS = 4300;
/** A link that is slower than all plans still gets a picture in which something can be seen. */
const LEAST_RATE = 100_000;
/** Until something was credited: 2 Mbit/s with a voice and a thin picture beside it. */
const FIRST_RATE = 190_000;
/** Bytes of one pixel: below is mud, above no eye sees a difference. */
const LEAST_PER_PIXEL = 0.05;
const MOST_PER_PIXEL = 0.6;
const LEAST_QUALITY = 0.3;
const MOST_QUALITY = 0.92;
/** A tile that came out larger than this many times its share is made again, smaller. */
const TOO_LARGE = 1.5;

export interface BudgetSituation {
  /** Milliseconds since the ask. */
  readonly elapsedMs: number;
  /** Bytes a second that were credited; undefined: not known yet. */
  readonly rate: number | undefined;
  /** Bytes that wait before this tile. */
  readonly queuedBytes: number;
  readonly pixelsLeft: number;
}

/** Bytes that a tile of so many pixels may take. */
export function shareOf(
  pixels: number,
  { elapsedMs, rate, queuedBytes, pixelsLeft }: BudgetSituation,
): number {
  const leftMs = Math.max(500, WHOLE_MS - elapsedMs);
  const carried = (Math.max(LEAST_RATE, rate ?? FIRST_RATE) * leftMs) / 1000 - queuedBytes;
  const share = (carried * pixels) / Math.max(pixels, pixelsLeft);
  return Math.round(Math.min(pixels * MOST_PER_PIXEL, Math.max(pixels * LEAST_PER_PIXEL, share)));
}

/** Finds the JPEG quality that fits the share, from the sizes that tiles before it had. */
export class QualityFinder {
  #quality = 0.7;

  get quality(): number {
    return this.#quality;
  }

  /** A tile was made. Answers true when it should be made again with the quality as it is now. */
  handleTile(bytes: number, share: number): boolean {
    const ratio = bytes / Math.max(1, share);
    const before = this.#quality;
    // About: size grows with the 1.5th power of quality in the middle of the scale, faster above.
    const wanted = before * ratio ** -0.6;
    const step = Math.min(0.2, Math.max(-0.35, wanted - before));
    this.#quality = Math.min(MOST_QUALITY, Math.max(LEAST_QUALITY, before + step));
    return ratio > TOO_LARGE && this.#quality < before;
  }
}
