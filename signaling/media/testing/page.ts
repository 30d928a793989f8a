/**
 * A page that speaks the media methods with mediasoup-client and nothing else, so that the service is tried with real
 * packets before any interface stands on it.
 */
import { Device, type types } from 'mediasoup-client';
import * as z from 'zod/mini';
import { MEDIA_METHODS, type Params, type Result } from '../../protocol/methods.ts';
import { NOTIFICATIONS } from '../../protocol/notifications.ts';
import type { MediaMethod } from '../types.ts';

declare global {
  /** Given by the test: carries out a media method as a peer. */
  var askMedia: (peerId: string, method: string, params: object) => Promise<unknown>;
  var mediaPage: typeof api;
}

/** The same objects under the names of the other library, whose types differ where one leaves out what is optional. */
const anObject = (value: unknown) => typeof value === 'object' && value !== null;
const ClientRtpCapabilities = z.custom<types.RtpCapabilities>(anObject);
const ClientRtpParameters = z.custom<types.RtpParameters>(anObject);

interface PagePeer {
  readonly device: Device;
  readonly recv: types.Transport;
  readonly videos: Map<string, HTMLVideoElement>;
}
const peers = new Map<string, PagePeer>();

async function ask<M extends MediaMethod>(peerId: string, method: M, params: Params<M>): Promise<Result<M>> {
  const parser: (typeof MEDIA_METHODS)[M]['result'] = MEDIA_METHODS[method].result;
  return Reflect.apply(parser.parse, parser, [await globalThis.askMedia(peerId, method, params)]);
}

async function openTransport(peerId: string, device: Device, direction: 'send' | 'recv') {
  const transportId = `${direction}-${peerId}`;
  const { transportId: id, ...offer } = await ask(peerId, 'media.createTransport', {
    transportId,
    direction,
  });
  const transport =
    direction === 'send'
      ? device.createSendTransport({ id, ...offer })
      : device.createRecvTransport({ id, ...offer });
  transport.on('connect', ({ dtlsParameters }, done, failed) => {
    ask(peerId, 'media.connectTransport', { transportId, dtlsParameters }).then(done, failed);
  });
  return transport;
}

const api = {
  async start(peerId: string): Promise<void> {
    const device = await Device.factory();
    // What this browser can receive is known once the routers' codecs are, which the first start answers.
    const first = await ask(peerId, 'media.start', { rtpCapabilities: {} });
    await device.load({ routerRtpCapabilities: ClientRtpCapabilities.parse(first.routerRtpCapabilities) });
    await ask(peerId, 'media.start', { rtpCapabilities: device.recvRtpCapabilities });
    const recv = await openTransport(peerId, device, 'recv');
    peers.set(peerId, { device, recv, videos: new Map() });
  },

  /** Publishes the fake camera with three spatial layers. */
  async publish(peerId: string, producerId: string, mimeType: string): Promise<void> {
    const { device } = found(peerId);
    const send = await openTransport(peerId, device, 'send');
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } });
    const [track] = media.getVideoTracks();
    const codec = device.recvRtpCapabilities.codecs?.find((c) => c.mimeType === mimeType);
    if (!track || !codec) throw new Error('nothing to publish');
    send.on('produce', ({ kind, rtpParameters }, done, failed) => {
      const source = {
        role: 'overview' as const,
        label: 'Camera',
        patientId: 'scene',
        width: 1280,
        height: 720,
      };
      const request = { transportId: send.id, producerId, kind, rtpParameters, source };
      ask(peerId, 'media.produce', request).then(({ producerId: id }) => done({ id }), failed);
    });
    const encodings =
      mimeType === 'video/VP9'
        ? [{ scalabilityMode: 'L3T3_KEY', maxBitrate: 2_000_000 }]
        : [4, 2, 1].map((scaleResolutionDownBy, index) => ({
            rid: `r${index}`,
            scaleResolutionDownBy,
            maxBitrate: 200_000 * 4 ** index,
          }));
    await send.produce({ track, codec, encodings, codecOptions: { videoGoogleStartBitrate: 2000 } });
  },

  show(peerId: string, producerId: string, width: number, height: number): Promise<unknown> {
    const view = { producerId, width, height, visible: width > 0, priority: 5 };
    return ask(peerId, 'media.views', { views: [view] });
  },

  /** What the service told a peer. */
  async hear(peerId: string, name: string, data: unknown): Promise<void> {
    const peer = peers.get(peerId);
    if (!peer || name !== 'media.consumer') return;
    const pushed = NOTIFICATIONS['media.consumer'].parse(data);
    const { consumerId: id, producerId, kind } = pushed;
    if (peer.videos.has(producerId)) return;
    const rtpParameters = ClientRtpParameters.parse(pushed.rtpParameters);
    const video = document.createElement('video');
    peer.videos.set(producerId, video);
    const { track } = await peer.recv.consume({ id, producerId, kind, rtpParameters });
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    document.body.append(video);
    await ask(peerId, 'media.consumerReady', { consumerId: id });
    await video.play();
  },

  seen(peerId: string, producerId: string): { width: number; frames: number } {
    const video = found(peerId).videos.get(producerId);
    return {
      width: video?.videoWidth ?? 0,
      frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
    };
  },
};

function found(peerId: string): PagePeer {
  const peer = peers.get(peerId);
  if (!peer) throw new Error(`${peerId} has not started`);
  return peer;
}

globalThis.mediaPage = api;
