/**
 * Real WebRTC viewers beside the sinks: libwebrtc in this process through mediasoup-client, with ICE, DTLS, feedback and bandwidth estimate. They
 * watch a stream of few packets, so that the generator's core stays free; this libwebrtc has no H.264.
 */
import type * as mediasoup from 'mediasoup/types';
import { Device } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { ClientRtpCapabilities, ClientRtpParameters } from '../../clients/core/media/engine.ts';
import { openConnections, watchedWebrtc } from '../janus/webrtc-peer.ts';
import type { Outlet } from './mediasoup-server.ts';

export interface RealClients {
  /** Of all of them together, since they began. */
  report(): Promise<RealReport>;
  close(): Promise<void>;
}

export interface RealReport {
  readonly received: number;
  readonly lost: number;
  /** As libwebrtc names what was agreed, such as `AEAD_AES_256_GCM`; each once. */
  readonly srtpCiphers: readonly string[];
}

/** Resolves when every client is connected and asks for the stream. */
export async function openRealClients(outlet: Outlet, ip: string, count: number): Promise<RealClients> {
  watchedWebrtc();
  const before = openConnections();
  const clients: { close(): void }[] = [];
  const close = async () => {
    for (const client of clients.splice(0)) client.close();
  };
  try {
    for (let n = 0; n < count; n += 1) clients.push(await openClient(outlet, ip));
    const own = [...openConnections()].filter((connection) => !before.has(connection));
    return { report: () => reportOf(own), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openClient({ router, producerId }: Outlet, ip: string): Promise<{ close(): void }> {
  const device = new Device({ handlerFactory: Chrome111.createFactory({}) });
  await device.load({ routerRtpCapabilities: ClientRtpCapabilities.parse(router.rtpCapabilities) });
  const far = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip }] });
  const { id, iceParameters, iceCandidates, dtlsParameters } = far;
  const near = device.createRecvTransport({ id, iceParameters, iceCandidates, dtlsParameters });
  near.on('connect', ({ dtlsParameters: own }, done, fail) => {
    far.connect({ dtlsParameters: own }).then(done, fail);
  });
  const consumer = await far.consume({
    producerId,
    rtpCapabilities: device.recvRtpCapabilities,
    paused: true,
  });
  await near.consume({
    ...{ id: consumer.id, producerId, kind: consumer.kind },
    rtpParameters: ClientRtpParameters.parse(consumer.rtpParameters),
  });
  await connected(far);
  await consumer.resume();
  return { close: () => near.close() };
}

const CONNECT_MS = 20_000;

async function connected(transport: mediasoup.WebRtcTransport): Promise<void> {
  if (transport.dtlsState === 'connected') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`no DTLS in ${CONNECT_MS} ms`)), CONNECT_MS);
  transport.observer.on('dtlsstatechange', (state) => {
    if (state === 'connected') resolve();
  });
  await promise.finally(() => clearTimeout(timer));
}

async function reportOf(connections: readonly RTCPeerConnection[]): Promise<RealReport> {
  let [received, lost] = [0, 0];
  const ciphers = new Set<string>();
  for (const connection of connections) {
    (await connection.getStats()).forEach((stats) => {
      if (stats.type === 'inbound-rtp') {
        received += stats.packetsReceived;
        lost += stats.packetsLost;
      }
      if (stats.type === 'transport' && typeof stats.srtpCipher === 'string') ciphers.add(stats.srtpCipher);
    });
  }
  return { received, lost, srtpCiphers: [...ciphers] };
}
