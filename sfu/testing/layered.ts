/**
 * A source with layers, for tests: VP9 with three spatial layers in one stream (draft-ietf-payload-vp9 section 4.2), or
 * three VP8 streams (simulcast). Each picture is one packet per layer, and any layer may stop and come back.
 */
import type * as mediasoup from 'mediasoup/types';

export const LAYERS = [0, 1, 2] as const;
/** Ticks of the 90 kHz clock between two pictures: 50 a second. */
const PICTURE_TICKS = 1_800;
const PICTURE_MS = 20;

export interface LayeredSource {
  readonly producer: mediasoup.Producer;
  /** Layers that are sent now. */
  readonly sending: Set<number>;
  /** Sends 50 pictures a second, each 25th a keyframe, until the returned function is called. */
  start(): () => void;
}

export async function publishSvc(router: mediasoup.Router, ssrc: number): Promise<LayeredSource> {
  const parameters = parametersOf('video/VP9', { 'profile-id': 0 }, [{ ssrc, scalabilityMode: 'L3T1_KEY' }]);
  let sequence = 0;
  return publish(router, parameters, (picture, keyframe, sending) => {
    return [...sending].sort().map((layer) => {
      const first = layer === 0;
      const last = layer === Math.max(...sending);
      // I, P, L, B, E; a picture id of 7 bits; the layer's number; TL0PICIDX.
      const flags = 0x80 | (keyframe ? 0 : 0x40) | 0x20 | 0x08 | 0x04;
      const descriptor = [flags, picture & 0x7f, (layer << 1) | (first ? 0 : 1), picture & 0xff];
      return packet(ssrc, sequence++, picture, last, [...descriptor, 0x80 | layer]);
    });
  });
}

export async function publishSimulcast(router: mediasoup.Router, ssrc: number): Promise<LayeredSource> {
  const encodings = LAYERS.map((layer) => ({ ssrc: ssrc + layer }));
  const sequences = [0, 0, 0];
  return publish(router, parametersOf('video/VP8', {}, encodings), (picture, keyframe, sending) => {
    return [...sending].map((layer) => {
      const sequence = sequences[layer] ?? 0;
      sequences[layer] = sequence + 1;
      return packet(ssrc + layer, sequence, picture, true, [0x10, keyframe ? 0x00 : 0x01]);
    });
  });
}

type Packets = (picture: number, keyframe: boolean, sending: ReadonlySet<number>) => Buffer[];

async function publish(
  router: mediasoup.Router,
  rtpParameters: mediasoup.RtpParameters,
  packets: Packets,
): Promise<LayeredSource> {
  const direct = await router.createDirectTransport();
  const producer = await direct.produce({ kind: 'video', rtpParameters });
  const sending = new Set<number>(LAYERS);
  let picture = 0;
  const send = () => {
    for (const bytes of packets(picture, picture % 25 === 0, sending)) producer.send(bytes);
    picture += 1;
  };
  return {
    producer,
    sending,
    start: () => {
      const timer = setInterval(send, PICTURE_MS);
      return () => clearInterval(timer);
    },
  };
}

function parametersOf(
  mimeType: string,
  parameters: Record<string, number>,
  encodings: mediasoup.RtpEncodingParameters[],
): mediasoup.RtpParameters {
  return {
    mid: String(encodings[0]?.ssrc),
    codecs: [
      {
        mimeType,
        payloadType: 107,
        clockRate: 90_000,
        parameters,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
      },
    ],
    encodings,
  };
}

function packet(ssrc: number, sequence: number, picture: number, marker: boolean, payload: number[]): Buffer {
  const bytes = Buffer.alloc(12 + payload.length + 100);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8((marker ? 0x80 : 0) | 107, 1);
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE((picture * PICTURE_TICKS) >>> 0, 4);
  bytes.writeUInt32BE(ssrc, 8);
  bytes.set(payload, 12);
  return bytes;
}
