/**
 * The publisher's own sender reports for the recorder. mediasoup makes reports of its own towards consumers, from the
 * time of arrival; only the publisher's say when sound and picture were taken (RFC 3550 section 6.4.1).
 */
import type * as mediasoup from 'mediasoup/types';
import * as z from 'zod/mini';

/** The `sr` trace of a producer (mediasoup ProducerTypes, fbs/producer.fbs `SrTraceInfo`). */
const SenderReport = z.object({
  ssrc: z.number(),
  ntpSec: z.number(),
  ntpFrac: z.number(),
  rtpTs: z.number(),
  packetCount: z.number(),
  octetCount: z.number(),
});
type SenderReport = z.infer<typeof SenderReport>;

/** Tells each report of a producer as an RTCP packet; several may watch one producer. Returns how to stop. */
export async function watchReports(
  producer: mediasoup.Producer,
  encodings: readonly { readonly ssrc?: number | undefined }[],
  tell: (packet: Uint8Array) => void,
): Promise<() => void> {
  const listener = (trace: mediasoup.ProducerTraceEventData) => {
    const info = trace.type === 'sr' ? SenderReport.safeParse(trace.info) : undefined;
    if (info?.success !== true) return;
    const ssrc = ssrcOf(producer, encodings, info.data.ssrc);
    if (ssrc !== undefined) tell(encodeReport({ ...info.data, ssrc }));
  };
  producer.on('trace', listener);
  const stop = () => void producer.off('trace', listener);
  try {
    await producer.enableTraceEvent(['sr']);
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

/**
 * The SSRC by which the tap carries the encoding of a report: a pipe gives each encoding a new one, in their order.
 * Encodings told apart by RID have no SSRC of their own in the parameters, but in the producer's scores.
 */
function ssrcOf(
  producer: mediasoup.Producer,
  encodings: readonly { readonly ssrc?: number | undefined }[],
  reported: number,
): number | undefined {
  if (encodings.length === 1) return encodings[0]?.ssrc;
  const index = producer.score.find(({ ssrc }) => ssrc === reported)?.encodingIdx;
  return index === undefined ? undefined : encodings[index]?.ssrc;
}

/** An RTCP SR packet without report blocks, 28 bytes. */
function encodeReport(report: SenderReport): Uint8Array {
  const packet = Buffer.alloc(28);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(200, 1);
  // The length in 32-bit words minus one.
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(report.ssrc, 4);
  packet.writeUInt32BE(report.ntpSec, 8);
  packet.writeUInt32BE(report.ntpFrac, 12);
  packet.writeUInt32BE(report.rtpTs, 16);
  packet.writeUInt32BE(report.packetCount, 20);
  packet.writeUInt32BE(report.octetCount, 24);
  return packet;
}
