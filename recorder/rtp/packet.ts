/** The RTP header (RFC 3550 section 5.1) and its extensions (RFC 8285). */

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  /** 0 to 65535, as sent. */
  readonly sequence: number;
  /** 0 to 2^32 − 1, as sent. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** A view into the packet, without padding. */
  readonly payload: Uint8Array;
  /** "Defined by profile": 0xBEDE for one-byte elements, 0x1000 to 0x100F for two-byte ones; 0 without extensions. */
  readonly extensionProfile: number;
  /** The elements, a view into the packet; empty without extensions. */
  readonly extension: Uint8Array;
}

const NO_BYTES = new Uint8Array();

/** Answers undefined for what is no whole RTP packet of version 2, RTCP among it (RFC 5761 section 4). */
export function parseRtp(bytes: Uint8Array): RtpPacket | undefined {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  if (bytes.length < 12 || first >> 6 !== 2 || (second >= 192 && second <= 223)) return undefined;
  let at = 12 + 4 * (first & 0x0f);
  let profile = 0;
  let extension: Uint8Array = NO_BYTES;
  if ((first & 0x10) !== 0) {
    if (at + 4 > bytes.length) return undefined;
    profile = uint16(bytes, at);
    const end = at + 4 + 4 * uint16(bytes, at + 2);
    if (end > bytes.length) return undefined;
    extension = bytes.subarray(at + 4, end);
    at = end;
  }
  let end = bytes.length;
  if ((first & 0x20) !== 0) {
    const padding = bytes[end - 1] ?? 0;
    if (padding === 0) return undefined;
    end -= padding;
  }
  if (at > end) return undefined;
  return {
    payloadType: second & 0x7f,
    marker: second >> 7 === 1,
    sequence: uint16(bytes, 2),
    timestamp: uint16(bytes, 4) * 65536 + uint16(bytes, 6),
    ssrc: uint16(bytes, 8) * 65536 + uint16(bytes, 10),
    payload: bytes.subarray(at, end),
    extensionProfile: profile,
    extension,
  };
}

/** The value of one header extension by its negotiated id (1 to 14, or to 255 in two-byte form), or undefined. */
export function headerExtension(
  { extensionProfile, extension }: RtpPacket,
  id: number,
): Uint8Array | undefined {
  const twoBytes = extensionProfile >> 4 === 0x100;
  if (!twoBytes && extensionProfile !== 0xbede) return undefined;
  let at = 0;
  while (at < extension.length) {
    const head = extension[at] ?? 0;
    if (head === 0) {
      at += 1;
      continue;
    }
    const found = twoBytes ? head : head >> 4;
    // RFC 8285 section 4.2: an element with id 15 ends the list.
    if (!twoBytes && found === 15) return undefined;
    const start = at + (twoBytes ? 2 : 1);
    const length = twoBytes ? (extension[at + 1] ?? 0) : (head & 0x0f) + 1;
    if (start + length > extension.length) return undefined;
    if (found === id) return extension.subarray(start, start + length);
    at = start + length;
  }
  return undefined;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
