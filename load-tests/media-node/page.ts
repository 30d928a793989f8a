/**
 * A page that publishes and watches through a media node with mediasoup-client, for tests of the node alone: it
 * speaks the control contract by itself, which in the real system only the owner of a room does.
 */
import { Device, type types } from 'mediasoup-client';
import * as z from 'zod/mini';
import {
  CONTROL,
  type ControlMethod,
  type ControlParams,
  type ControlResult,
} from '../../signaling/protocol/control.ts';

export interface Place {
  readonly roomId: string;
  readonly epoch: number;
  readonly workerId: string;
}

export interface PublishOptions extends Place {
  readonly transportId: string;
  readonly producerId: string;
  readonly mimeType: string;
  readonly encodings?: readonly RTCRtpEncodingParameters[];
  /** Pixels; 640 unless given. Chromium drops layers of pictures that are too small to share out. */
  readonly width?: number;
  readonly iceServers?: readonly RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}

export interface WatchOptions extends Place {
  readonly transportId: string;
  readonly consumerId: string;
  readonly producerId: string;
  readonly iceServers?: readonly RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}

export interface Seen {
  readonly frames: number;
  readonly width: number;
  readonly beats: number;
  /** Values of the beats in the order they came. */
  readonly lastBeats: number[];
}

declare global {
  /** Given by the test: carries out a control request on the node. */
  var control: (method: string, params: object) => Promise<unknown>;
  var testPage: typeof api;
}

/** The same objects under the names of the other library, whose types differ where one leaves out what is optional. */
const anObject = (value: unknown) => typeof value === 'object' && value !== null;
const ClientRtpCapabilities = z.custom<types.RtpCapabilities>(anObject);
const ClientRtpParameters = z.custom<types.RtpParameters>(anObject);
const NodeSctpStream = CONTROL['dataProducer.create'].params.shape.sctpStreamParameters;

const transports = new Map<string, types.Transport>();
const producers = new Map<string, types.Producer>();
const seen = new Map<string, { video: HTMLVideoElement; beats: number[]; consumer: types.Consumer }>();
const beatTimers = new Map<string, ReturnType<typeof setInterval>>();
const beatsSent = new Map<string, number>();
const refusals = new Map<string, number[]>();

async function ask<M extends ControlMethod>(method: M, params: ControlParams<M>): Promise<ControlResult<M>> {
  const parser: (typeof CONTROL)[M]['result'] = CONTROL[method].result;
  return Reflect.apply(parser.parse, parser, [await globalThis.control(method, params)]);
}

async function openTransport(
  options: PublishOptions | WatchOptions,
  direction: 'send' | 'recv',
): Promise<{ device: Device; transport: types.Transport }> {
  const { roomId, epoch, workerId, transportId } = options;
  const room = { roomId, epoch };
  const { rtpCapabilities } = await ask('router.create', { ...room, workerId });
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: ClientRtpCapabilities.parse(rtpCapabilities) });
  const peerId = `peer-of-${transportId}`;
  const made = await ask('transport.createWebRtc', { ...room, workerId, transportId, peerId, direction });
  const settings = {
    id: transportId,
    ...made,
    ...(options.iceServers === undefined ? {} : { iceServers: [...options.iceServers] }),
    iceTransportPolicy: options.iceTransportPolicy ?? 'all',
  };
  const transport =
    direction === 'send' ? device.createSendTransport(settings) : device.createRecvTransport(settings);
  const codes: number[] = [];
  refusals.set(transportId, codes);
  transport.on('icecandidateerror', ({ errorCode }) => void codes.push(errorCode));
  transport.on('connect', ({ dtlsParameters }, done, failed) => {
    ask('transport.connectWebRtc', { ...room, transportId, dtlsParameters }).then(done, failed);
  });
  transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
    const id = String(appData.producerId);
    ask('producer.create', { ...room, transportId, producerId: id, kind, rtpParameters, paused: false }).then(
      () => done({ id }),
      failed,
    );
  });
  transport.on('producedata', ({ sctpStreamParameters }, done, failed) => {
    const id = `beats-of-${transportId}`;
    ask('dataProducer.create', {
      ...room,
      transportId,
      dataProducerId: id,
      label: 'beat',
      sctpStreamParameters: NodeSctpStream.parse(sctpStreamParameters),
    }).then(() => done({ id }), failed);
  });
  transports.set(transportId, transport);
  return { device, transport };
}

const api = {
  /** Publishes the fake camera and microphone, and beats. Returns the codec of the picture as negotiated. */
  async publish(options: PublishOptions): Promise<string> {
    const { device, transport } = await openTransport(options, 'send');
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: options.width ?? 640, frameRate: 15 },
      audio: true,
    });
    const [picture] = media.getVideoTracks();
    const [sound] = media.getAudioTracks();
    const codec = device.recvRtpCapabilities.codecs?.find(({ mimeType }) => mimeType === options.mimeType);
    if (picture === undefined || sound === undefined || codec === undefined)
      throw new Error('nothing to publish');
    const producer = await transport.produce({
      track: picture,
      codec,
      // Pausing then stops every packet, instead of sending black ones.
      zeroRtpOnPause: true,
      ...(options.encodings === undefined
        ? {}
        : // The upper layers would otherwise start only when the estimate has crept up to them.
          { encodings: [...options.encodings], codecOptions: { videoGoogleStartBitrate: 2_000 } }),
      appData: { producerId: options.producerId },
    });
    producers.set(options.producerId, producer);
    await transport.produce({ track: sound, appData: { producerId: `${options.producerId}-voice` } });
    const channel = await transport.produceData({ ordered: false, maxRetransmits: 0, label: 'beat' });
    const timer = setInterval(() => {
      if (channel.readyState !== 'open') return;
      channel.send(new ArrayBuffer(8));
      beatsSent.set(options.transportId, (beatsSent.get(options.transportId) ?? 0) + 1);
    }, 500);
    beatTimers.set(options.transportId, timer);
    const parameters = producer.rtpParameters.codecs[0];
    return `${parameters?.mimeType} ${parameters?.parameters?.['profile-level-id'] ?? ''}`.trim();
  },

  /** Receives a producer and the server's beat. */
  async watch(options: WatchOptions): Promise<void> {
    const { roomId, epoch, transportId, consumerId, producerId } = options;
    const { device, transport } = await openTransport(options, 'recv');
    const made = await ask('consumer.create', {
      roomId,
      epoch,
      transportId,
      consumerId,
      producerId,
      rtpCapabilities: device.recvRtpCapabilities,
      paused: true,
    });
    const rtpParameters = ClientRtpParameters.parse(made.rtpParameters);
    const consumer = await transport.consume({ id: consumerId, producerId, kind: made.kind, rtpParameters });
    const beats: number[] = [];
    const { dataConsumerId, dataProducerId, sctpStreamParameters } = await ask('transport.beat', {
      roomId,
      epoch,
      transportId,
    });
    const beat = await transport.consumeData({ id: dataConsumerId, dataProducerId, sctpStreamParameters });
    beat.on('message', (data) => {
      if (data instanceof ArrayBuffer) beats.push(Number(new DataView(data).getBigUint64(0)));
    });
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([consumer.track]);
    document.body.append(video);
    seen.set(consumerId, { video, beats, consumer });
    await ask('consumer.setPaused', { roomId, epoch, consumerId, paused: false });
    await video.play();
  },

  seen(consumerId: string): Seen {
    const view = seen.get(consumerId);
    if (view === undefined) throw new Error(`nothing is watched as ${consumerId}`);
    return {
      frames: view.video.getVideoPlaybackQuality().totalVideoFrames,
      width: view.video.videoWidth,
      beats: view.beats.length,
      lastBeats: view.beats.slice(-10),
    };
  },

  beatsSent(transportId: string): number {
    return beatsSent.get(transportId) ?? 0;
  },

  /** How far looking for candidates has come, and the STUN errors met. */
  gathering(transportId: string): { state: string | undefined; refusals: number[] } {
    return {
      state: transports.get(transportId)?.iceGatheringState,
      refusals: refusals.get(transportId) ?? [],
    };
  },

  stopBeats(transportId: string): void {
    clearInterval(beatTimers.get(transportId));
  },

  /** Stops sending the picture without telling anyone, as a covered or paused camera does. */
  pause(producerId: string): void {
    producers.get(producerId)?.pause();
  },

  /** One figure of the sender's statistics, such as `pliCount` or `keyFramesEncoded`. */
  async sent(producerId: string, figure: string): Promise<number> {
    const stats = await producers.get(producerId)?.getStats();
    return [...(stats?.values() ?? [])]
      .filter((report) => report.type === 'outbound-rtp')
      .reduce((sum, report) => sum + Number(report[figure] ?? 0), 0);
  },

  /** Types of the candidates on both sides of the pair in use, such as `relay host`. */
  async pair(transportId: string): Promise<string> {
    const stats = [...((await transports.get(transportId)?.getStats())?.values() ?? [])];
    const used = stats.find((report) => report.type === 'transport')?.selectedCandidatePairId;
    const pair = stats.find((report) => report.id === used);
    const typeOf = (id: string) => stats.find((report) => report.id === id)?.candidateType;
    return `${typeOf(pair?.localCandidateId)} ${typeOf(pair?.remoteCandidateId)}`;
  },

  /** The SRTP cipher that DTLS settled on. */
  async cipher(transportId: string): Promise<string> {
    const stats = [...((await transports.get(transportId)?.getStats())?.values() ?? [])];
    return String(stats.find((report) => report.type === 'transport')?.srtpCipher);
  },

  close(transportId: string): void {
    clearInterval(beatTimers.get(transportId));
    transports.get(transportId)?.close();
  },
};

globalThis.testPage = api;
