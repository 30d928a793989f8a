/**
 * One UDP socket on loopback for the tap of a room: it believes only the addresses that the owner named, and does nothing
 * with a packet but hand it to the journal of its track.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { decodeFeed } from '../../signaling/protocol/tap-feed.ts';
import { buildPli } from '../rtp/rtcp.ts';
import { followKeyframes, isRtcp, type Stream, splitRtcp, streamsOf } from './streams.ts';
import type { CaptureTrack } from './track.ts';

export const TAP_IP = '127.0.0.1';
/** More than any kernel gives unasked: it answers with its own limit (net.core.rmem_max, twice that in its accounting). */
const WANTED_BUFFER_BYTES = 64 * 1024 * 1024;
/** How many SSRCs of ended tracks are remembered, to tell late packets from foreign ones. */
const REMEMBERED = 1_000;

export interface TapCounters {
  packets: number;
  bytes: number;
  /** From an address nobody named. */
  foreign: number;
  /** Of a track that has ended. */
  late: number;
  /** Of no track, or no packet at all. */
  unknown: number;
  /** Numbers of the feed that never came. */
  feedLost: number;
  keyframeRequests: number;
  kernelDrops: number;
  sendErrors: number;
}

interface Sender {
  readonly ip: string;
  readonly port: number;
  readonly feedPort: number;
}

export interface TapOptions {
  readonly tapId: string;
  readonly onError: (error: unknown) => void;
}

export class Tap {
  readonly tapId: string;
  readonly port: number;
  /** What the kernel gave, in bytes. */
  readonly receiveBufferBytes: number;
  readonly counters: TapCounters = {
    ...{ packets: 0, bytes: 0, foreign: 0, late: 0, unknown: 0 },
    ...{ feedLost: 0, keyframeRequests: 0, kernelDrops: 0, sendErrors: 0 },
  };
  readonly #socket: Socket;
  readonly #onError: (error: unknown) => void;
  readonly #streams = new Map<number, Stream>();
  readonly #tracks = new Map<string, CaptureTrack>();
  readonly #ended = new Set<number | string>();
  #sender: Sender | undefined;
  #nextFeed: number | undefined;
  #closing: Promise<void> | undefined;

  private constructor({ tapId, onError }: TapOptions, socket: Socket) {
    this.tapId = tapId;
    this.#onError = onError;
    this.#socket = socket;
    this.port = socket.address().port;
    this.receiveBufferBytes = socket.getRecvBufferSize();
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    socket.on('error', onError);
  }

  static async open(options: TapOptions): Promise<Tap> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: TAP_IP, port: 0, exclusive: true }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.setRecvBufferSize(WANTED_BUFFER_BYTES);
    return new Tap(options, socket);
  }

  get tracks(): readonly CaptureTrack[] {
    return [...this.#tracks.values()];
  }

  connect(sender: Sender): void {
    const same = this.#sender?.feedPort === sender.feedPort && this.#sender.port === sender.port;
    if (!same) this.#nextFeed = undefined;
    this.#sender = sender;
  }

  /** Takes a track in, or its new parameters. */
  add(track: CaptureTrack): void {
    this.#forget(track);
    this.#tracks.set(track.trackId, track);
    this.#ended.delete(track.trackId);
    for (const stream of streamsOf(track)) {
      this.#streams.set(stream.ssrc, stream);
      this.#ended.delete(stream.ssrc);
    }
  }

  remove(track: CaptureTrack): void {
    if (this.#tracks.get(track.trackId) !== track) return;
    for (const ssrc of this.#forget(track)) this.#remember(ssrc);
    this.#remember(track.trackId);
    this.#tracks.delete(track.trackId);
  }

  requestKeyFrame(track: CaptureTrack): void {
    for (const stream of this.#streams.values()) if (stream.track === track) stream.keyframes?.want();
  }

  /** About every 100 ms: asks for the keyframes that are due. */
  tick(nowMs: number): void {
    this.#enterWhatIsLeft(nowMs);
    for (const { keyframes, ssrc, track } of this.#streams.values()) {
      if (track.shed !== 'all' && keyframes?.due(nowMs)) this.#askForKeyframe(ssrc);
    }
  }

  /** A simulcast encoding stops: what goes on of the same source is of use only from its next keyframe on. */
  #enterWhatIsLeft(nowMs: number): void {
    const streams = [...this.#streams.values()];
    for (const { track, keyframes } of streams) {
      if (!keyframes?.hasFallenSilent(nowMs)) continue;
      for (const other of streams) {
        if (other.track === track && other.keyframes?.flows(nowMs)) other.keyframes.want();
      }
    }
  }

  /** Takes what the kernel counts on this socket; answers how many are new, which every track has then noted. */
  noteKernelDrops(total: number): number {
    const packets = total - this.counters.kernelDrops;
    if (packets <= 0) return 0;
    this.counters.kernelDrops = total;
    for (const track of this.#tracks.values()) track.note({ kind: 'kernel-drop', packets });
    return packets;
  }

  /** Idempotent. Tracks are not ended by it. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => this.#socket.close(() => resolve()));
    return this.#closing;
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    const at = process.hrtime.bigint();
    const sender = this.#sender;
    if (sender === undefined || from.address !== sender.ip) this.counters.foreign += 1;
    else if (from.port === sender.port) this.#receivePacket(bytes, at);
    else if (from.port === sender.feedPort) this.#receiveFeed(bytes);
    else this.counters.foreign += 1;
  }

  #receivePacket(bytes: Buffer, at: bigint): void {
    this.counters.packets += 1;
    this.counters.bytes += bytes.length;
    if (isRtcp(bytes)) {
      for (const { ssrc, packet } of splitRtcp(bytes)) {
        this.#streams.get(ssrc)?.track.take({ type: 'rtcp', at, payload: packet });
      }
      return;
    }
    if (bytes.length < 12 || bytes.readUInt8(0) >> 6 !== 2) {
      this.counters.unknown += 1;
      return;
    }
    const ssrc = bytes.readUInt32BE(8);
    const stream = this.#streams.get(ssrc);
    if (stream === undefined) {
      this.#countStray(ssrc);
      return;
    }
    stream.track.take({ type: 'rtp', at, payload: bytes }, stream.isLargest);
    followKeyframes(stream, bytes, Number(at) / 1e6);
  }

  #receiveFeed(bytes: Buffer): void {
    const feed = decodeFeed(bytes);
    if (feed === undefined) {
      this.counters.unknown += 1;
      return;
    }
    const { id, number, kind, at, payload } = feed;
    const lost = this.#nextFeed === undefined ? 0 : (number - this.#nextFeed) >>> 0;
    // A number from before is one that was overtaken and counted as lost.
    if (lost < 2 ** 31) {
      this.counters.feedLost += lost;
      this.#nextFeed = (number + 1) >>> 0;
    }
    const track = this.#tracks.get(id);
    if (track === undefined) this.#countStray(id);
    else track.take({ type: kind, at, payload });
  }

  #countStray(id: number | string): void {
    if (this.#ended.has(id)) this.counters.late += 1;
    else this.counters.unknown += 1;
  }

  #forget(track: CaptureTrack): number[] {
    const own = [...this.#streams.values()].filter((stream) => stream.track.trackId === track.trackId);
    for (const { ssrc } of own) this.#streams.delete(ssrc);
    return own.map(({ ssrc }) => ssrc);
  }

  #remember(id: number | string): void {
    this.#ended.add(id);
    const [oldest] = this.#ended;
    if (this.#ended.size > REMEMBERED && oldest !== undefined) this.#ended.delete(oldest);
  }

  #askForKeyframe(ssrc: number): void {
    const sender = this.#sender;
    if (sender === undefined || this.#closing) return;
    this.counters.keyframeRequests += 1;
    this.#socket.send(buildPli(0, ssrc), sender.port, sender.ip, (error) => {
      if (!error) return;
      this.counters.sendErrors += 1;
      this.#onError(error);
    });
  }
}
