/** What the downlink of a receive transport carries, by mediasoup's bandwidth estimate. */
import * as z from 'zod/mini';
import type { NodeContext } from './context.ts';
import type { WebRtcEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

/** At most one event a second per transport; the estimator itself speaks up to 40 times a second. */
const INTERVAL_MS = 1_000;

/** The part of the `bwe` trace that is used (mediasoup Transport.js, parseBweTraceInfo). */
const BweInfo = z.object({ availableBitrate: z.number(), desiredBitrate: z.number() });

/** Reports each change of the estimate, the first at once and the last of a second at its end. */
export async function watchDownlink(
  context: NodeContext,
  room: RoomMedia,
  entry: WebRtcEntry,
): Promise<void> {
  const { transport, transportId, peerId } = entry;
  let latest: z.infer<typeof BweInfo> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const report = () => {
    timer = undefined;
    if (latest === undefined || transport.closed) return;
    context.emit('transport.downlink', { roomId: room.roomId, transportId, peerId, ...latest });
    latest = undefined;
    timer = setTimeout(report, INTERVAL_MS);
  };
  transport.on('trace', (trace) => {
    const info = trace.type === 'bwe' ? BweInfo.safeParse(trace.info) : undefined;
    if (info?.success !== true) return;
    latest = info.data;
    if (timer === undefined) report();
  });
  transport.observer.once('close', () => clearTimeout(timer));
  await transport.enableTraceEvent(['bwe']);
}
