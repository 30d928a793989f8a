/** How long a frame lasts when nothing says when the next one comes. */

const DEFAULT_PICTURE_MS = 1000 / 30;
/** A slower picture than five a second is shown as a gap rather than as a long frame. */
const LONGEST_PICTURE_MS = 200;

/** Duration of an Opus packet in milliseconds, from its first two bytes (RFC 6716 section 3.1, table 2). */
export function opusMs(packet: Uint8Array): number {
  const [toc = 0, count = 0] = packet;
  const config = toc >> 3;
  const frame =
    config < 12
      ? [10, 20, 40, 60][config & 3]
      : config < 16
        ? [10, 20][config & 1]
        : [2.5, 5, 10, 20][config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? count & 63 : 2;
  // RFC 6716 section 3.2.5: a packet has at most 120 ms, and none has no frame.
  return Math.min(120, Math.max(1, frames) * (frame ?? 20));
}

/** Duration of a picture by the distance of the two before it, in milliseconds. */
export function pictureMs(distance: number | undefined): number {
  return distance === undefined ? DEFAULT_PICTURE_MS : Math.min(LONGEST_PICTURE_MS, distance);
}
