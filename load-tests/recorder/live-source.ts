/**
 * A source as a media node hands it to the recorder: real encoded frames as RTP in real time, with the publisher's sender reports. It
 * goes on sending while no recorder listens, as a call does, answers a keyframe request like an encoder (its next frame is one), and
 * remembers when each packet was sent.
 */
import type { EncodedStream, StreamFrame } from '../../recorder/container/testing/streams.ts';
import { packetise } from '../../recorder/frames/testing/packetise.ts';
import { payloadsOf } from '../../recorder/package/testing/packetize.ts';
import { buildSenderReport } from '../../recorder/rtp/rtcp.ts';
import type { SourceRole } from '../../signaling/protocol/media.ts';
import type { MediaTrack } from '../../signaling/protocol/recorder.ts';

const PAYLOAD_TYPE = 96;
const REPORT_MS = 1_000;
/** Packets of a frame are spread over this share of the time to the next one, as a publisher's pacer does. */
const PACED_SHARE = 0.6;
/** As a node limits keyframe requests. */
const KEYFRAME_MS = 500;
const NTP_BASE_S = 3_900_000_000;
const CODECS = {
  h264: { mimeType: 'video/H264', clockRate: 90_000 },
  vp8: { mimeType: 'video/VP8', clockRate: 90_000 },
  vp9: { mimeType: 'video/VP9', clockRate: 90_000 },
  av1: { mimeType: 'video/AV1', clockRate: 90_000 },
  opus: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
} as const;

export const OWNER = { peerId: 'p1', organisationId: 'o1', patientId: 'P1' } as const;

/** Where packets go and keyframe requests come from: a tap's sender, or a producer of a media node. */
export interface Outlet {
  send(packet: Uint8Array): Promise<void>;
  sendFeed(kind: 'report', id: string, payload: Uint8Array): Promise<void>;
  /** Media SSRC of each request that has not been answered. */
  readonly requests: number[];
}

export interface LiveSourceOptions {
  readonly trackId: string;
  readonly role: SourceRole;
  readonly ssrc: number;
  readonly stream: EncodedStream;
}

export function hostMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class LiveSource {
  readonly track: MediaTrack;
  /** Host time in milliseconds at which each packet was sent; its sequence number is the index modulo 2^16. */
  readonly sentAt: number[] = [];
  readonly #stream: EncodedStream;
  readonly #payloads: readonly (readonly Uint8Array[])[];
  readonly #ssrc: number;
  readonly #clockRate: number;
  readonly #frameMs: number;
  #startedAt: number | undefined;
  #sentFrames = 0;
  /** Packets of the next frame that were sent. */
  #sentParts = 0;
  /** Index of the next frame in the stream, which is repeated. */
  #next = 0;
  #reportAt = 0;
  #keyframeAt = 0;

  constructor({ trackId, role, ssrc, stream }: LiveSourceOptions) {
    const codec = CODECS[stream.config.codec];
    const kind = stream.config.codec === 'opus' ? 'audio' : 'video';
    this.track = {
      ...{ trackId, kind, role, owner: OWNER },
      rtpParameters: { codecs: [{ ...codec, payloadType: PAYLOAD_TYPE }], encodings: [{ ssrc }] },
    };
    this.#stream = stream;
    this.#payloads = stream.frames.map(({ data, keyframe }) => payloadsOf(stream.config, data, keyframe));
    this.#ssrc = ssrc;
    this.#clockRate = codec.clockRate;
    this.#frameMs = frameMsOf(stream.frames);
  }

  get trackId(): string {
    return this.track.trackId;
  }

  /** Sends what is due at this host time, to nowhere without a sender. */
  pump(nowMs: number, sender: Outlet | undefined): void {
    this.#startedAt ??= nowMs + (this.#ssrc % 7) * 4;
    if (nowMs >= Math.max(this.#reportAt, this.#startedAt)) this.#report(nowMs, sender);
    this.#answerRequests(nowMs, sender);
    for (;;) {
      const sinceFrame = nowMs - this.#startedAt - this.#sentFrames * this.#frameMs;
      if (sinceFrame < 0 || !this.#sendPart(sinceFrame / (this.#frameMs * PACED_SHARE), sender)) return;
    }
  }

  /** Sends this share of the frame; answers whether that was all of it. */
  #sendPart(share: number, sender: Outlet | undefined): boolean {
    const payloads = this.#payloads[this.#next] ?? [];
    const timestamp = Math.round((this.#sentFrames * this.#frameMs * this.#clockRate) / 1000);
    const end = Math.ceil(Math.min(1, share) * payloads.length);
    payloads.slice(this.#sentParts, end).forEach((payload, index) => {
      const marker = this.#sentParts + index === payloads.length - 1;
      const head = { ssrc: this.#ssrc, sequence: this.sentAt.length, timestamp, marker };
      const bytes = packetise({ ...head, payload, payloadType: PAYLOAD_TYPE });
      this.sentAt.push(hostMs());
      // Nobody hears a datagram to a recorder that was killed: that it is lost is what is measured.
      sender?.send(bytes).catch(() => undefined);
    });
    this.#sentParts = end;
    if (end < payloads.length) return false;
    this.#sentParts = 0;
    this.#sentFrames += 1;
    this.#next = (this.#next + 1) % this.#stream.frames.length;
    return true;
  }

  #report(nowMs: number, sender: Outlet | undefined): void {
    this.#reportAt = nowMs + REPORT_MS;
    const sinceStart = nowMs - (this.#startedAt ?? nowMs);
    const seconds = NTP_BASE_S + nowMs / 1000;
    const ntpSeconds = Math.floor(seconds);
    const report = buildSenderReport({
      ...{ ssrc: this.#ssrc, ntpSeconds, ntpFraction: Math.floor((seconds - ntpSeconds) * 2 ** 32) },
      ...{ rtp: Math.round((sinceStart * this.#clockRate) / 1000) % 2 ** 32, packets: 0, octets: 0 },
    });
    sender?.sendFeed('report', this.trackId, report).catch(() => undefined);
  }

  #answerRequests(nowMs: number, sender: Outlet | undefined): void {
    const asked = sender?.requests.lastIndexOf(this.#ssrc) ?? -1;
    if (asked === -1 || nowMs < this.#keyframeAt || this.#sentParts > 0) return;
    sender?.requests.splice(asked, 1);
    this.#keyframeAt = nowMs + KEYFRAME_MS;
    const { frames } = this.#stream;
    const ahead = frames.findIndex(({ keyframe }, index) => keyframe && index >= this.#next);
    this.#next = Math.max(0, ahead);
  }
}

function frameMsOf(frames: readonly StreamFrame[]): number {
  const [first, last] = [frames[0], frames.at(-1)];
  if (!first || !last || frames.length < 2) throw new Error('a stream needs two frames');
  return ((last.time - first.time) * 1000) / (frames.length - 1);
}
