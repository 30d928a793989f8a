/**
 * Whether a packet looks like the beginning of a keyframe: enough to stop asking for one. What a frame really is, the
 * depacketisers say later; a wrong guess here costs one request too many or too few.
 */

/** @param mimeType such as `video/VP9`, in any case; codecs this does not know are never taken for a keyframe */
export function looksLikeKeyframe(mimeType: string, payload: Uint8Array): boolean {
  switch (mimeType.toLowerCase()) {
    case 'video/vp8':
      return isVp8Key(payload);
    case 'video/vp9':
      return isVp9Key(payload);
    case 'video/h264':
      return isH264Key(payload);
    case 'video/av1':
      // RTP Payload Format for AV1 section 4.4: the N bit says that a new coded video sequence begins.
      return ((payload[0] ?? 0) & 0x08) !== 0;
    default:
      return false;
  }
}

/** RFC 7741 sections 4.2 and 4.3: the first packet of partition 0 whose P bit is 0. */
function isVp8Key(payload: Uint8Array): boolean {
  const first = payload[0] ?? 0;
  const startsPartition0 = (first & 0x10) !== 0 && (first & 0x0f) === 0;
  if (!startsPartition0) return false;
  let at = 1;
  if ((first & 0x80) !== 0) {
    const extended = payload[1] ?? 0;
    at = 2;
    if ((extended & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extended & 0x40) !== 0) at += 1;
    if ((extended & 0x30) !== 0) at += 1;
  }
  const header = payload[at];
  return header !== undefined && (header & 0x01) === 0;
}

/** RFC 9628 section 4.2: begins a frame (B), not predicted from another picture (P), of the lowest spatial layer. */
function isVp9Key(payload: Uint8Array): boolean {
  const first = payload[0] ?? 0;
  if ((first & 0x08) === 0 || (first & 0x40) !== 0) return false;
  if ((first & 0x20) === 0) return payload.length > 1;
  const hasId = (first & 0x80) !== 0;
  const longId = hasId && ((payload[1] ?? 0) & 0x80) !== 0;
  const layers = payload[1 + (hasId ? (longId ? 2 : 1) : 0)];
  return layers !== undefined && ((layers >> 1) & 0x07) === 0;
}

const NAL_IDR = 5;
const NAL_SPS = 7;

/** RFC 6184 section 5: an IDR slice or a sequence parameter set, alone, aggregated or at the start of a fragment. */
function isH264Key(payload: Uint8Array): boolean {
  const isKeyUnit = (header: number | undefined) => {
    const type = (header ?? 0) & 0x1f;
    return type === NAL_IDR || type === NAL_SPS;
  };
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === 28) return ((payload[1] ?? 0) & 0x80) !== 0 && isKeyUnit(payload[1]);
  if (type !== 24) return isKeyUnit(payload[0]);
  for (let at = 1; at + 2 < payload.length; ) {
    if (isKeyUnit(payload[at + 2])) return true;
    at += 2 + (((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0));
  }
  return false;
}
