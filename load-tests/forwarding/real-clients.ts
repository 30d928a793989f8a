/**
 * Real WebRTC viewers beside the sinks: libwebrtc in a process of its own, with ICE, DTLS, feedback and bandwidth estimate. They watch a
 * stream of few packets, so that the generator's core stays free; this libwebrtc has no H.264.
 */
import type * as mediasoup from 'mediasoup/types';
import { z } from 'zod';
import { PinnedProcess } from '../measuring/pinned-process.ts';
import type { Outlet } from './mediasoup-server.ts';

export interface RealClients {
  /** Of all of them together, since they began. */
  report(): Promise<RealReport>;
  close(): Promise<void>;
}

const RealReport = z.strictObject({
  received: z.number(),
  lost: z.number(),
  /** As libwebrtc names what was agreed, such as `AEAD_AES_256_GCM`; each once. */
  srtpCiphers: z.array(z.string()),
});
export type RealReport = z.infer<typeof RealReport>;

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const Capabilities = z.custom<mediasoup.RtpCapabilities>(isObject);
const Dtls = z.custom<mediasoup.DtlsParameters>(isObject);
const CONNECT_MS = 20_000;

export interface RealOptions {
  readonly count: number;
  /** Address of the server that they connect to. */
  readonly ip: string;
  readonly core: number;
}

/** Resolves when every client is connected and receives what is published. */
export async function openRealClients(
  { router, producerId }: Outlet,
  { count, ip, core }: RealOptions,
): Promise<RealClients> {
  const clients = new PinnedProcess(new URL('real-clients-process.ts', import.meta.url), { core });
  try {
    const loaded = await clients.ask({ do: 'load', rtpCapabilities: router.rtpCapabilities });
    const rtpCapabilities = Capabilities.parse(loaded);
    for (let n = 0; n < count; n += 1) {
      const far = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip }] });
      const { id, iceParameters, iceCandidates, dtlsParameters } = far;
      const consumer = await far.consume({ producerId, rtpCapabilities, paused: true });
      const answer = await clients.ask({
        do: 'consume',
        transport: { id, iceParameters, iceCandidates, dtlsParameters },
        consumer: { id: consumer.id, producerId, kind: consumer.kind, rtpParameters: consumer.rtpParameters },
      });
      await far.connect({ dtlsParameters: Dtls.parse(answer) });
      await connected(far);
      await consumer.resume();
    }
    return {
      report: async () => RealReport.parse(await clients.ask({ do: 'report' })),
      close: () => clients.close(),
    };
  } catch (error) {
    await clients.close();
    throw error;
  }
}

async function connected(transport: mediasoup.WebRtcTransport): Promise<void> {
  if (transport.dtlsState === 'connected') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`no DTLS in ${CONNECT_MS} ms`)), CONNECT_MS);
  transport.observer.on('dtlsstatechange', (state) => {
    if (state === 'connected') resolve();
  });
  await promise.finally(() => clearTimeout(timer));
}
