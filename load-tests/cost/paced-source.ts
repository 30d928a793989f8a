/** RTP with nothing in it but its headers, at an even pace: a worker looks at the headers alone, so that cost is that of real video. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Stream {
  readonly port: number;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly packetsPerSecond: number;
  /** Of the whole RTP packet. */
  readonly bytes: number;
}

const TICK_MS = 4;
/** Packets of one stream that may wait in this process at once. */
const BUFFERS = 256;
const KEYFRAME_SECONDS = 2;

interface Running {
  readonly stream: Stream;
  readonly socket: Socket;
  readonly buffers: readonly Buffer[];
  sent: number;
}

export class PacedSource {
  readonly #running: readonly Running[];
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;

  private constructor(running: readonly Running[]) {
    this.#running = running;
    this.#timer = setInterval(() => this.#pump(), TICK_MS);
  }

  static async open(streams: readonly Stream[]): Promise<PacedSource> {
    const running = await Promise.all(
      streams.map(async (stream) => {
        const socket = createSocket('udp4');
        socket.connect(stream.port, '127.0.0.1');
        await once(socket, 'connect');
        return { stream, socket, buffers: buffersOf(stream), sent: 0 };
      }),
    );
    return new PacedSource(running);
  }

  /** Packets sent so far. */
  get sent(): number {
    return this.#running.reduce((sum, { sent }) => sum + sent, 0);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { socket } of this.#running) socket.close();
  }

  #pump(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    for (const [index, running] of this.#running.entries()) {
      // Streams begin one after the other, so that they do not all send in the same moment.
      const due = Math.floor((seconds - (index % 20) / 1000) * running.stream.packetsPerSecond);
      while (running.sent < due) sendOne(running);
    }
  }
}

function buffersOf({ bytes, ssrc }: Stream): Buffer[] {
  return Array.from({ length: BUFFERS }, () => {
    const packet = Buffer.alloc(bytes);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt32BE(ssrc, 8);
    // A payload descriptor of VP8 with S=1 (RFC 7741 section 4.2); sound does not look at it.
    packet.writeUInt8(0x10, 12);
    return packet;
  });
}

function sendOne(running: Running): void {
  const { stream, sent, buffers, socket } = running;
  const packet = buffers[sent % BUFFERS];
  if (!packet) return;
  const isKeyframe = sent % Math.round(stream.packetsPerSecond * KEYFRAME_SECONDS) === 0;
  packet.writeUInt8(0x80 | stream.payloadType, 1);
  packet.writeUInt16BE(sent & 0xffff, 2);
  packet.writeUInt32BE(Math.floor((sent / stream.packetsPerSecond) * stream.clockRate) % 2 ** 32, 4);
  packet.writeUInt8(isKeyframe ? 0x00 : 0x01, 13);
  socket.send(packet);
  running.sent += 1;
}
