/**
 * The other end of a pipe, for tests: a worker of the test's own that plays a second node. It publishes RTP made in
 * the test and counts the RTP that comes back, all through real routers, SRTP and UDP.
 */
import { createWorker } from 'mediasoup';
import type * as mediasoup from 'mediasoup/types';
import { routerCodecs } from '../codecs.ts';

export interface FarNode {
  readonly router: mediasoup.Router;
  createPipe(): Promise<mediasoup.PipeTransport>;
  /** A VP8 source: call `send` for each packet. */
  publish(ssrc: number): Promise<Source>;
  /** Counts the packets of a producer of this router. */
  count(producerId: string): Promise<Count>;
  close(): Promise<void>;
}

export interface Source {
  readonly producer: mediasoup.Producer;
  /** Keyframe requests (RFC 4585 section 6.3.1) that reached this source. */
  readonly keyframeRequests: number;
  /** Sends the next packet; the first is a keyframe, others when asked. */
  send(keyframe?: boolean): void;
  /** Sends 100 packets a second, each hundredth a keyframe, until the returned function is called. */
  start(): () => void;
}

export interface Count {
  readonly packets: number;
  /** Resolves when `more` further packets have come. */
  grow(more: number): Promise<void>;
}

const VP8_PAYLOAD_TYPE = 107;

export async function createFarNode(): Promise<FarNode> {
  const worker = await createWorker({ logLevel: 'error' });
  const router = await worker.createRouter({ mediaCodecs: routerCodecs({ av1: false }) });
  const direct = await router.createDirectTransport();
  return {
    router,
    createPipe: () =>
      router.createPipeTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
        enableSrtp: true,
        enableRtx: true,
        enableSctp: true,
      }),
    publish: (ssrc) => publish(router, ssrc),
    count: (producerId) => count(direct, router, producerId),
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.once('subprocessclose', () => resolve());
      worker.close();
      await promise;
    },
  };
}

async function publish(router: mediasoup.Router, ssrc: number): Promise<Source> {
  const direct = await router.createDirectTransport();
  const producer = await direct.produce({ kind: 'video', rtpParameters: vp8Parameters(ssrc) });
  let keyframeRequests = 0;
  let sequence = 0;
  direct.on('rtcp', (packet) => {
    // Payload type 206 with format 1 is a picture loss indication (RFC 4585 section 6.3.1).
    if ((packet.readUInt8(0) & 0x1f) === 1 && packet.readUInt8(1) === 206) keyframeRequests += 1;
  });
  const send = (keyframe = sequence === 0) => {
    producer.send(vp8Packet(ssrc, sequence, keyframe));
    sequence += 1;
  };
  return {
    producer,
    get keyframeRequests() {
      return keyframeRequests;
    },
    send,
    start: () => {
      const timer = setInterval(() => send(sequence % 100 === 0), 10);
      return () => clearInterval(timer);
    },
  };
}

export function vp8Parameters(ssrc: number): mediasoup.RtpParameters {
  return {
    mid: String(ssrc),
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: VP8_PAYLOAD_TYPE,
        clockRate: 90_000,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
      },
    ],
    encodings: [{ ssrc }],
  };
}

/** One whole VP8 frame in a packet (RFC 7741): a payload descriptor with S=1 and a header whose lowest bit says delta. */
function vp8Packet(ssrc: number, sequence: number, keyframe: boolean): Buffer {
  const packet = Buffer.alloc(12 + 1 + 200);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(0x80 | VP8_PAYLOAD_TYPE, 1);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * 900) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt8(0x10, 12);
  packet.writeUInt8(keyframe ? 0x00 : 0x01, 13);
  return packet;
}

async function count(
  direct: mediasoup.DirectTransport,
  router: mediasoup.Router,
  producerId: string,
): Promise<Count> {
  const consumer = await direct.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
  const waiting = new Set<() => void>();
  let packets = 0;
  consumer.on('rtp', () => {
    packets += 1;
    for (const check of waiting) check();
  });
  return {
    get packets() {
      return packets;
    },
    grow: (more) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wanted = packets + more;
      const check = () => {
        if (packets < wanted) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
      return promise;
    },
  };
}
