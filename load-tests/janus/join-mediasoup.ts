/** Joining a bare mediasoup worker: the library of the browser's side, and signaling that is a function call in this process. */

import type * as mediasoup from 'mediasoup/types';
import { Device } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import type { Transport } from 'mediasoup-client/types';
import { ClientRtpCapabilities, ClientRtpParameters } from '../../clients/core/media/engine.ts';
import { provideEnvironment } from '../../platform/setup/index.ts';
import type { JoinTarget, JoinTimes } from './join-types.ts';
import { firstFrame, firstPacket, openCamera, openConnections } from './webrtc-peer.ts';

const VP8: mediasoup.RouterRtpCodecCapability = { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 };
const LISTEN: mediasoup.TransportListenInfo = { protocol: 'udp', ip: '127.0.0.1' };

/** Starts a worker with one camera in its router. */
export async function openMediasoup(): Promise<JoinTarget> {
  await provideEnvironment();
  // mediasoup reads where its worker is as it is loaded, so nothing may load it before that line.
  const { createWorker, version } = await import('mediasoup');
  const worker = await createWorker({ logLevel: 'error' });
  const { track, playing } = openCamera();
  let sending: Transport | undefined;
  const close = async () => {
    playing.stop();
    sending?.close();
    if (worker.subprocessClosed) return;
    const gone = new Promise<void>((resolve) => worker.once('subprocessclose', () => resolve()));
    worker.close();
    await gone;
  };
  try {
    const router = await worker.createRouter({ mediaCodecs: [VP8] });
    const published = await publish(router, track);
    sending = published.sending;
    return { name: 'mediasoup', version, join: () => join(router, published.producerId), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A client's side of a transport; connecting is the server's answer to its DTLS parameters. */
async function openTransport(router: mediasoup.Router, direction: 'send' | 'receive') {
  const device = new Device({ handlerFactory: Chrome111.createFactory({}) });
  await device.load({ routerRtpCapabilities: ClientRtpCapabilities.parse(router.rtpCapabilities) });
  const far = await router.createWebRtcTransport({ listenInfos: [LISTEN] });
  const { id, iceParameters, iceCandidates, dtlsParameters } = far;
  const options = { id, iceParameters, iceCandidates, dtlsParameters };
  const near =
    direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
  near.on('connect', ({ dtlsParameters: own }, done, fail) => {
    far.connect({ dtlsParameters: own }).then(done, fail);
  });
  return { device, far, near };
}

async function publish(router: mediasoup.Router, track: MediaStreamTrack) {
  const { far, near } = await openTransport(router, 'send');
  near.on('produce', ({ kind, rtpParameters }, done, fail) => {
    far.produce({ kind, rtpParameters }).then(({ id }) => done({ id }), fail);
  });
  const producer = await near.produce({ track });
  return { sending: near, producerId: producer.id };
}

/** Three round trips as one would have them on a network: the transport, the consumer, and the answer to the DTLS parameters. */
async function join(router: mediasoup.Router, producerId: string): Promise<JoinTimes> {
  const before = openConnections();
  const asked = performance.now();
  const { device, far, near } = await openTransport(router, 'receive');
  try {
    const consumer = await far.consume({ producerId, rtpCapabilities: device.recvRtpCapabilities });
    const { id, kind } = consumer;
    const rtpParameters = ClientRtpParameters.parse(consumer.rtpParameters);
    const packet = firstPacket(before);
    const frame = near
      .consume({ id, producerId, kind, rtpParameters })
      .then(({ track }) => firstFrame(track));
    const [packetAt, frameAt] = await Promise.all([packet, frame]);
    return { packetMs: Math.min(packetAt, frameAt) - asked, frameMs: frameAt - asked, roundTrips: 3 };
  } finally {
    near.close();
    far.close();
  }
}
