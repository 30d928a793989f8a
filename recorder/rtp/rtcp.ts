/** RTCP as far as recording needs it: sender reports, goodbyes and the request for a picture (RFC 3550, RFC 4585). */

/** A sender report (RFC 3550 section 6.4.1) without its report blocks. */
export interface SenderReport {
  readonly type: 'sr';
  readonly ssrc: number;
  /** NTP timestamp: seconds since 1900 and fractions of 2^-32 s, as sent. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtp: number;
  readonly packets: number;
  readonly octets: number;
}

export interface Bye {
  readonly type: 'bye';
  readonly ssrcs: readonly number[];
}

export type RtcpPacket = SenderReport | Bye;

/**
 * Sender reports and goodbyes of a compound packet, in order; other types are skipped. Answers undefined for what is no
 * RTCP, and what came before the fault where a later part is malformed.
 */
export function parseRtcp(bytes: Uint8Array): readonly RtcpPacket[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: RtcpPacket[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const first = view.getUint8(at);
    const type = view.getUint8(at + 1);
    const end = at + 4 * (view.getUint16(at + 2) + 1);
    if (first >> 6 !== 2 || type < 192 || type > 223 || end > bytes.length) break;
    const packet = parseOne(view, at, end, first & 0x1f, type);
    if (packet !== undefined) packets.push(packet);
    at = end;
  }
  return at === 0 ? undefined : packets;
}

function parseOne(
  view: DataView,
  at: number,
  end: number,
  count: number,
  type: number,
): RtcpPacket | undefined {
  if (type === 200 && end - at >= 28) {
    return {
      type: 'sr',
      ssrc: view.getUint32(at + 4),
      ntpSeconds: view.getUint32(at + 8),
      ntpFraction: view.getUint32(at + 12),
      rtp: view.getUint32(at + 16),
      packets: view.getUint32(at + 20),
      octets: view.getUint32(at + 24),
    };
  }
  if (type !== 203) return undefined;
  const ssrcs: number[] = [];
  for (let n = 0; n < count && at + 8 + 4 * n <= end; n += 1) ssrcs.push(view.getUint32(at + 4 + 4 * n));
  return { type: 'bye', ssrcs };
}

/** A Picture Loss Indication (RFC 4585 section 6.3.1), alone in its packet (reduced size, RFC 5506): 12 bytes. */
export function buildPli(senderSsrc: number, mediaSsrc: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x81);
  view.setUint8(1, 206);
  view.setUint16(2, 2);
  view.setUint32(4, senderSsrc >>> 0);
  view.setUint32(8, mediaSsrc >>> 0);
  return bytes;
}

/** A sender report without report blocks: 28 bytes. */
export function buildSenderReport(report: Omit<SenderReport, 'type'>): Uint8Array {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, 200);
  view.setUint16(2, 6);
  view.setUint32(4, report.ssrc >>> 0);
  view.setUint32(8, report.ntpSeconds >>> 0);
  view.setUint32(12, report.ntpFraction >>> 0);
  view.setUint32(16, report.rtp >>> 0);
  view.setUint32(20, report.packets >>> 0);
  view.setUint32(24, report.octets >>> 0);
  return bytes;
}
