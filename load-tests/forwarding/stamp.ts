/**
 * What every packet carries in the last 16 bytes of its payload: when it was sent and its number. It is inside of what SRTP encrypts, so that
 * a stamp which can be read has come through the server unchanged. Both ends read the same monotonic clock of one machine.
 */

export const STAMP_BYTES = 16;
/** "GHst": a payload that ends with something else was not stamped by us. */
const MAGIC = 0x47487374;

export interface Stamp {
  /** Nanoseconds of CLOCK_MONOTONIC when the packet was handed to the kernel. */
  readonly sentNs: bigint;
  /** Number of the packet in its stream, from 0. */
  readonly counter: number;
}

/** Writes over the last bytes of a packet. */
export function writeStamp(packet: Uint8Array, { sentNs, counter }: Stamp): void {
  const view = tailOf(packet);
  view.setUint32(0, MAGIC);
  view.setUint32(4, counter);
  view.setBigUint64(8, sentNs);
}

/** Undefined when the packet carries none. */
export function readStamp(packet: Uint8Array): Stamp | undefined {
  if (packet.length < STAMP_BYTES) return undefined;
  const view = tailOf(packet);
  if (view.getUint32(0) !== MAGIC) return undefined;
  return { counter: view.getUint32(4), sentNs: view.getBigUint64(8) };
}

function tailOf(packet: Uint8Array): DataView {
  return new DataView(packet.buffer, packet.byteOffset + packet.length - STAMP_BYTES, STAMP_BYTES);
}
