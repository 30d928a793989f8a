/**
 * What a media node sends beside packets to the recorder on its host: timed messages of data channels, and the sender
 * reports as the publisher sent them (mediasoup makes reports of its own towards consumers, by arrival time). One
 * datagram each, from the feed port of the tap: 1 byte version, 1 byte kind, 4 bytes number (one count per tap, so that
 * a missing one shows), 8 bytes monotonic nanoseconds of the host, 1 byte length and the id in UTF-8, then the payload.
 */

export const FEED_VERSION = 1;
const HEADER_BYTES = 15;
/** What fits one UDP datagram on loopback beside the header. */
export const MAX_FEED_PAYLOAD = 65_000;

/** `message`: payload as sent, id of the data producer. `report`: an RTCP SR packet (RFC 3550 section 6.4.1), id of the producer. */
export type FeedKind = 'message' | 'report';
const KINDS: readonly FeedKind[] = ['message', 'report'];

export interface FeedDatagram {
  readonly kind: FeedKind;
  /** Grows by one with each datagram of a tap, modulo 2^32. */
  readonly number: number;
  /** CLOCK_MONOTONIC of the host in nanoseconds, when the node had it. */
  readonly at: bigint;
  readonly id: string;
  readonly payload: Uint8Array;
}

/** Throws RangeError when the id or the payload is too long. */
export function encodeFeed({ kind, number, at, id, payload }: FeedDatagram): Uint8Array {
  const name = new TextEncoder().encode(id);
  if (name.length > 64) throw new RangeError('The id of a feed datagram has at most 64 bytes.');
  if (payload.length > MAX_FEED_PAYLOAD) throw new RangeError('The payload does not fit one datagram.');
  const bytes = new Uint8Array(HEADER_BYTES + name.length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FEED_VERSION);
  view.setUint8(1, KINDS.indexOf(kind));
  view.setUint32(2, number >>> 0);
  view.setBigUint64(6, at);
  view.setUint8(14, name.length);
  bytes.set(name, HEADER_BYTES);
  bytes.set(payload, HEADER_BYTES + name.length);
  return bytes;
}

/** Answers undefined for anything that is no feed datagram of this version; the payload is a view into `bytes`. */
export function decodeFeed(bytes: Uint8Array): FeedDatagram | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0] !== FEED_VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = KINDS[view.getUint8(1)];
  const end = HEADER_BYTES + view.getUint8(14);
  if (kind === undefined || end > bytes.length || end > HEADER_BYTES + 64) return undefined;
  return {
    kind,
    number: view.getUint32(2),
    at: view.getBigUint64(6),
    id: new TextDecoder().decode(bytes.subarray(HEADER_BYTES, end)),
    payload: bytes.subarray(end),
  };
}
