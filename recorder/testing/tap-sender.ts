/** The node's side of a tap, for tests: packets from one port, the feed from another, and the keyframe requests that come back. */
import { createSocket, type Socket } from 'node:dgram';
import type { MediaTrack, MessageTrack } from '../../signaling/protocol/recorder.ts';
import { encodeFeed, type FeedKind } from '../../signaling/protocol/tap-feed.ts';

const OWNER = { peerId: 'p1', organisationId: 'o1', patientId: 'P1' } as const;
export const VP8 = 96;

/** A track of VP8 with these SSRCs, or of Opus. */
export function videoTrack(
  trackId: string,
  ssrcs: readonly number[],
  role: MediaTrack['role'] = 'patient',
): MediaTrack {
  return {
    ...({ trackId, kind: 'video', role, owner: OWNER } as const),
    rtpParameters: {
      codecs: [{ mimeType: 'video/VP8', payloadType: VP8, clockRate: 90_000 }],
      encodings: ssrcs.map((ssrc) => ({ ssrc })),
    },
  };
}

export function audioTrack(trackId: string, ssrc: number): MediaTrack {
  return {
    ...({ trackId, kind: 'audio', role: 'voice', owner: OWNER } as const),
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc }],
    },
  };
}

export function messageTrack(trackId: string): MessageTrack {
  return { trackId, label: 'preview', owner: OWNER };
}

/** An RTP packet; `key` makes its payload the start of a VP8 keyframe, else that of another frame. */
export function rtpPacket(ssrc: number, sequence: number, { key = false, bytes = 100 } = {}): Buffer {
  const packet = Buffer.alloc(12 + bytes, sequence);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(VP8, 1);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * 3000) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt8(0x10, 12);
  packet.writeUInt8(key ? 0 : 1, 13);
  return packet;
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

export class TapSender {
  readonly #media: Socket;
  readonly #feed: Socket;
  readonly #to: number;
  #feedNumber = 0;
  /** Media SSRC of each keyframe request, as it came. */
  readonly requests: number[] = [];

  private constructor(media: Socket, feed: Socket, to: number) {
    this.#media = media;
    this.#feed = feed;
    this.#to = to;
    media.on('message', (bytes) => {
      if (bytes.readUInt8(1) === 206 && bytes.length === 12) this.requests.push(bytes.readUInt32BE(8));
    });
  }

  /** @param port of the recorder's tap */
  static async open(port: number): Promise<TapSender> {
    return new TapSender(await bound(), await bound(), port);
  }

  /** What `tap.connect` names. */
  get address(): { ip: string; port: number; feedPort: number } {
    return { ip: '127.0.0.1', port: this.#media.address().port, feedPort: this.#feed.address().port };
  }

  send(packet: Uint8Array): Promise<void> {
    return sent(this.#media, packet, this.#to);
  }

  /** @param skip numbers that are lost before it */
  sendFeed(kind: FeedKind, id: string, payload: Uint8Array, skip = 0): Promise<void> {
    this.#feedNumber += 1 + skip;
    const at = process.hrtime.bigint();
    return sent(this.#feed, encodeFeed({ kind, number: this.#feedNumber, at, id, payload }), this.#to);
  }

  close(): void {
    this.#media.close();
    this.#feed.close();
  }
}

function sent(socket: Socket, bytes: Uint8Array, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
  });
}

/** Waits until it is so, at most 10 s. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
