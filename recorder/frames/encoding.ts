/** One encoding of a track: its packets in order, its timeline, its pictures. */
import type { Counts } from '../rtp/counts.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import {
  type MediaPacket,
  newStreamState,
  RtpStream,
  type StreamSink,
  type StreamState,
} from '../rtp/rtp-stream.ts';
import { newTimeline, observePacket, type TimelineState } from '../rtp/timeline.ts';
import type { LostRange, StretchCause } from '../rtp/types.ts';
import { type Assembled, type AssemblerState, newAssembler, PictureAssembler } from './assembler.ts';
import { Av1Depacketiser, type Av1State } from './av1.ts';
import { H264Depacketiser, type H264State } from './h264.ts';
import { OpusDepacketiser, opusConfig } from './opus.ts';
import type { Depacketiser } from './picture.ts';
import type { TrackParameters } from './track-parameters.ts';
import { Vp8Depacketiser, type Vp8State } from './vp8.ts';
import { Vp9Depacketiser, type Vp9State } from './vp9.ts';

type CodecState =
  | { readonly codec: 'vp8'; readonly state: Vp8State }
  | { readonly codec: 'vp9'; readonly state: Vp9State }
  | { readonly codec: 'h264'; readonly state: H264State }
  | { readonly codec: 'av1'; readonly state: Av1State }
  | { readonly codec: 'opus'; readonly channels: number };

/** Plain data only, so that it can be saved and go on later. */
export interface EncodingState {
  readonly ssrc: number;
  readonly stream: StreamState;
  readonly assembler: AssemblerState;
  readonly codec: CodecState;
  timeline: TimelineState | undefined;
  /** Why the next timeline begins. */
  cause: StretchCause;
  /** Arrival of the last packet in milliseconds. */
  lastAtMs: number;
  /** Arrival of the last packet that was put in its place. */
  placedAt: bigint;
  /** Nothing decodes before the next keyframe. */
  needsKeyframe: boolean;
}

/** Who takes what an encoding gives. */
export interface EncodingSink {
  picture(encoding: Encoding, picture: Assembled, timeline: TimelineState): void;
  /** Packets between those that came at `before` and `after` never came. */
  lost(encoding: Encoding, packets: number, before: bigint, after: bigint): void;
  /** Pictures of `before` from this timestamp on belong to `after`: the publisher's clock had stopped. */
  stopped(before: TimelineState, rtp: number, after: TimelineState): void;
}

function newCodec({ codec, channels }: TrackParameters): CodecState {
  const config = undefined;
  if (codec === 'vp8') return { codec, state: { config } };
  if (codec === 'vp9') return { codec, state: { config, sizes: [] } };
  if (codec === 'h264')
    return { codec, state: { config, sps: new Map(), pps: new Map(), setsInBand: false } };
  if (codec === 'av1') return { codec, state: { config, sequence: undefined, reduced: false } };
  return { codec, channels };
}

export function newEncoding(ssrc: number, parameters: TrackParameters, cause: StretchCause): EncodingState {
  return {
    ssrc,
    stream: newStreamState(ssrc, parameters.clockRate),
    assembler: newAssembler(),
    codec: newCodec(parameters),
    timeline: undefined,
    cause,
    lastAtMs: Number.NEGATIVE_INFINITY,
    placedAt: 0n,
    needsKeyframe: parameters.codec !== 'opus',
  };
}

function depacketiserOf(codec: CodecState): Depacketiser {
  if (codec.codec === 'vp8') return new Vp8Depacketiser(codec.state);
  if (codec.codec === 'vp9') return new Vp9Depacketiser(codec.state);
  if (codec.codec === 'h264') return new H264Depacketiser(codec.state);
  if (codec.codec === 'av1') return new Av1Depacketiser(codec.state);
  return new OpusDepacketiser(opusConfig(codec.channels));
}

export class Encoding implements StreamSink {
  readonly state: EncodingState;
  readonly #stream: RtpStream;
  readonly #assembler: PictureAssembler;
  readonly #sink: EncodingSink;
  readonly #out: Assembled[] = [];

  constructor(state: EncodingState, sink: EncodingSink, counts: Counts) {
    this.state = state;
    this.#sink = sink;
    this.#stream = new RtpStream(state.stream, this, counts);
    const sound = state.codec.codec === 'opus';
    this.#assembler = new PictureAssembler(state.assembler, depacketiserOf(state.codec), counts, sound);
  }

  receive(packet: RtpPacket, at: bigint): void {
    this.state.lastAtMs = Number(at) / 1e6;
    this.#stream.receive(packet, at);
  }

  /** Gives up packets that are overdue at `nowMs`. */
  expire(nowMs: number): void {
    if (this.state.stream.pending.size > 0) this.#stream.expire(nowMs);
  }

  /** The end of it: gives what waits for packets that will not come. */
  end(): void {
    this.#stream.flush();
    this.#assembler.end();
  }

  packet(packet: MediaPacket): void {
    const { state } = this;
    const atMs = Number(packet.at) / 1e6;
    state.placedAt = packet.at;
    state.timeline ??= newTimeline(state.ssrc, state.stream.clockRate, packet.rtp, atMs);
    if (observePacket(state.timeline, packet.rtp, atMs) === 'stopped') this.#beginAfterStop(state.timeline);
    this.#assembler.push(packet, this.#out);
    for (const picture of this.#out) this.#sink.picture(this, picture, state.timeline);
    this.#out.length = 0;
  }

  lost({ packets }: LostRange, next: bigint): void {
    this.#assembler.lost();
    this.#sink.lost(this, packets, this.state.placedAt, next);
  }

  restarted(): void {
    const { state } = this;
    this.#assembler.restart();
    state.timeline = undefined;
    state.cause = 'restart';
    state.needsKeyframe = state.codec.codec !== 'opus';
  }

  #beginAfterStop(before: TimelineState): void {
    const { state } = this;
    const { stop } = before;
    if (stop === undefined) return;
    const after = newTimeline(before.ssrc, before.clockRate, stop.rtp, stop.atMs);
    // As if the first packet had come with the least delay of those since.
    observePacket(after, stop.rtp, stop.least + stop.x);
    before.stop = undefined;
    state.timeline = after;
    state.cause = 'restart';
    this.#sink.stopped(before, stop.rtp, after);
  }
}
