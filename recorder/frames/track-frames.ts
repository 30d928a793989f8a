/** From the journal of one track to its pictures or packets of sound, with their room time and what is missing. */
import { deserialize, serialize } from 'node:v8';
import type { TrackStatistics } from '../../signaling/protocol/manifest.ts';
import type { JournalFrame, TrackNote } from '../core/types.ts';
import { type Counts, newCounts, statisticsOf } from '../rtp/counts.ts';
import { parseRtp, type RtpPacket } from '../rtp/packet.ts';
import { parseRtcp, type SenderReport } from '../rtp/rtcp.ts';
import { observeReport, type TimelineState } from '../rtp/timeline.ts';
import type { StretchCause } from '../rtp/types.ts';
import type { Assembled } from './assembler.ts';
import { Encoding, type EncodingSink, type EncodingState, newEncoding } from './encoding.ts';
import { type LayerSelectorState, newLayerSelector, takes, waits, wantsKeyframe } from './layer-selector.ts';
import { newTimedQueue, TimedQueue, type TimedQueueState } from './timed-queue.ts';
import { parseTrackParameters, sameParameters, type TrackParameters } from './track-parameters.ts';
import type { TrackEvent, TrackFramesOptions } from './types.ts';

const NOTHING: readonly TrackEvent[] = [];
/** A journal is in order of arrival: a step back as long as this is another run of the host. */
const BACK_MS = 10_000;
const ASK_AFTER_LOSS_MS = 1000;

/** Everything a track remembers, as plain data. */
interface State {
  nowMs: number;
  parameters: TrackParameters | undefined;
  encodings: EncodingState[];
  selector: LayerSelectorState;
  queue: TimedQueueState;
  counts: Counts;
  /** Index of the encoding by the SSRC its reports have, which is the publisher's own. */
  reportsOf: Map<number, number>;
  /** The first packet of an SSRC that is not known. */
  stranger: { packet: RtpPacket; at: bigint } | undefined;
  /** Pictures are dropped until a keyframe comes, and that is said already. */
  skipping: boolean;
  askedAtMs: number;
}

function newState(): State {
  return {
    nowMs: Number.NEGATIVE_INFINITY,
    parameters: undefined,
    encodings: [],
    selector: newLayerSelector(),
    queue: newTimedQueue(),
    counts: newCounts(),
    reportsOf: new Map(),
    stranger: undefined,
    skipping: false,
    askedAtMs: Number.NEGATIVE_INFINITY,
  };
}

export class TrackFrames implements EncodingSink {
  readonly options: TrackFramesOptions;
  readonly #state: State;
  readonly #queue: TimedQueue;
  #encodings: Encoding[] = [];
  #out: TrackEvent[] = [];

  constructor(options: TrackFramesOptions, state: unknown = undefined) {
    this.options = options;
    this.#state = isState(state) ? state : newState();
    const { queue, counts, encodings } = this.#state;
    this.#queue = new TimedQueue(queue, options.kind === 'audio', options.peer, counts);
    this.#encodings = encodings.map((encoding) => new Encoding(encoding, this, counts));
  }

  /**
   * Takes the next frame of the journal and answers what it brought, in order. Payloads are kept by reference until their
   * picture is complete: do not write into them again. A track of messages does not go through here.
   */
  push(frame: JournalFrame): readonly TrackEvent[] {
    const atMs = Number(frame.at) / 1e6;
    if (atMs < this.#state.nowMs - BACK_MS) this.#beginAnew(atMs);
    this.options.peer.moveTo(atMs);
    if (atMs > this.#state.nowMs) this.#state.nowMs = atMs;
    if (frame.type === 'rtp') this.#takePacket(frame.payload, frame.at);
    else if (frame.type === 'report' || frame.type === 'rtcp')
      this.#takeRtcp(frame.type, frame.payload, atMs);
    else if (frame.type === 'clock') this.options.peer.observeRoom(atMs, frame.offsetMs, frame.errorMs);
    else if (frame.type === 'note') this.#takeNote(frame.note, frame.at);
    for (const encoding of this.#encodings) encoding.expire(this.#state.nowMs);
    this.#ask();
    return this.#given(false);
  }

  /** Gives what waits for packets or reports that will not come. Only at the end of a track: it goes on anew afterwards. */
  end(): readonly TrackEvent[] {
    for (const encoding of this.#encodings) encoding.end();
    return this.#given(true);
  }

  /** Counts so far, as in the manifest; `bytes` counts RTP packets with their headers. */
  get statistics(): TrackStatistics {
    return statisticsOf(this.#state.counts);
  }

  /** Packets that came after their place was given up, and datagrams that belong to nothing known. */
  get oddities(): { readonly late: number; readonly foreign: number } {
    const { late, foreign } = this.#state.counts;
    return { late, foreign };
  }

  /** All state after the last frame taken, so that `resume` goes on exactly there. Save the peer's clock with it. */
  save(): Uint8Array {
    return serialize(this.#state);
  }

  /** Goes on from what `save` of the same version of the program gave. */
  static resume(options: TrackFramesOptions, saved: Uint8Array): TrackFrames {
    return new TrackFrames(options, deserialize(saved));
  }

  picture(encoding: Encoding, picture: Assembled, timeline: TimelineState): void {
    const state = this.#state;
    const index = this.#encodings.indexOf(encoding);
    const flows = state.encodings;
    const usable = picture.keyframe || !encoding.state.needsKeyframe;
    if (!usable || !takes(state.selector, flows, index, picture.keyframe, state.nowMs)) {
      const first =
        !state.skipping && (state.selector.current === index || waits(state.selector, flows, state.nowMs));
      if (first) this.#queue.add({ kind: 'skipped', rtp: picture.rtp, timeline });
      state.skipping ||= first;
      return;
    }
    state.skipping = false;
    encoding.state.needsKeyframe = false;
    const { cause } = encoding.state;
    encoding.state.cause = 'layer';
    this.#queue.add({ kind: 'frame', picture, timeline, cause });
  }

  lost(encoding: Encoding, packets: number, before: bigint, after: bigint): void {
    const state = this.#state;
    const { current } = state.selector;
    if (current !== -1 && this.#encodings[current] !== encoding) return;
    this.#queue.add({ kind: 'loss', before, after, packets });
    if (this.options.kind === 'audio' || state.nowMs - state.askedAtMs < ASK_AFTER_LOSS_MS) return;
    state.askedAtMs = state.nowMs;
    this.#out.push({ type: 'keyframe-wanted', ssrc: encoding.state.ssrc, at: this.#now(), why: 'loss' });
  }

  stopped(before: TimelineState, rtp: number, after: TimelineState): void {
    this.#queue.move(before, rtp, after);
  }

  #given(all: boolean): readonly TrackEvent[] {
    this.#queue.release(this.#state.nowMs, all, this.#out);
    if (this.#out.length === 0) return NOTHING;
    const given = this.#out;
    this.#out = [];
    return given;
  }

  #now(): bigint {
    return BigInt(Math.round(this.#state.nowMs * 1e6));
  }

  #takePacket(bytes: Uint8Array, at: bigint): void {
    const { counts, parameters } = this.#state;
    const packet = parseRtp(bytes);
    if (packet === undefined || packet.payloadType !== parameters?.payloadType) {
      counts.foreign += 1;
      return;
    }
    for (const encoding of this.#encodings) {
      if (encoding.state.ssrc !== packet.ssrc) continue;
      counts.packets += 1;
      counts.bytes += bytes.length;
      encoding.receive(packet, at);
      return;
    }
    this.#takeStranger(packet, bytes.length, at, parameters);
  }

  /** A single encoding may go on under another SSRC: two packets in a row say so. */
  #takeStranger(packet: RtpPacket, bytes: number, at: bigint, parameters: TrackParameters): void {
    const state = this.#state;
    const { stranger, counts } = state;
    const step = stranger === undefined ? 0 : (packet.sequence - stranger.packet.sequence + 65536) % 65536;
    if (parameters.ssrcs.length > 1 || stranger?.packet.ssrc !== packet.ssrc || step === 0 || step > 50) {
      counts.foreign += 1;
      state.stranger = { packet, at };
      return;
    }
    counts.foreign -= 1;
    counts.packets += 2;
    counts.bytes += bytes + stranger.packet.payload.length + 12;
    if (this.#encodings.length > 0) counts.ssrcChanges += 1;
    state.stranger = undefined;
    this.#setEncodings([packet.ssrc], parameters, 'restart');
    this.#encodings[0]?.receive(stranger.packet, stranger.at);
    this.#encodings[0]?.receive(packet, at);
  }

  #takeRtcp(type: 'report' | 'rtcp', bytes: Uint8Array, atMs: number): void {
    for (const packet of parseRtcp(bytes) ?? []) {
      // Reports on the tap itself are the media server's own: it stamps them by arrival.
      if (packet.type === 'sr' && type === 'report') this.#takeReport(packet, atMs);
      if (packet.type !== 'bye') continue;
      for (const encoding of this.#encodings) {
        if (packet.ssrcs.includes(encoding.state.ssrc)) encoding.expire(Number.POSITIVE_INFINITY);
      }
    }
  }

  #takeReport(report: SenderReport, atMs: number): void {
    const { counts, encodings, reportsOf } = this.#state;
    const known = reportsOf.get(report.ssrc);
    for (const [index, { ssrc, timeline }] of encodings.entries()) {
      const other = known === undefined ? false : known !== index;
      if (timeline === undefined || other || (ssrc !== report.ssrc && this.#isEncoding(report.ssrc)))
        continue;
      if (!observeReport(timeline, report, atMs, this.options.peer)) continue;
      reportsOf.set(report.ssrc, index);
      counts.reports += 1;
      return;
    }
    counts.refusedReports += 1;
  }

  #isEncoding(ssrc: number): boolean {
    return this.#state.encodings.some((encoding) => encoding.ssrc === ssrc);
  }

  #takeNote(note: TrackNote, at: bigint): void {
    if (note.kind === 'kernel-drop') this.#state.counts.kernelDrops += note.packets;
    if (note.kind === 'parameters') {
      const parameters = parseTrackParameters(note.rtpParameters);
      if (parameters !== undefined) this.#setParameters(parameters);
    }
    this.#queue.add({ kind: 'note', at, note });
  }

  #setParameters(parameters: TrackParameters): void {
    const state = this.#state;
    const before = state.parameters;
    if (before !== undefined && sameParameters(before, parameters)) return;
    const newSsrcs = parameters.ssrcs.some((ssrc) => !this.#isEncoding(ssrc));
    if (before !== undefined && newSsrcs) state.counts.ssrcChanges += 1;
    const sameCodec = before?.codec === parameters.codec && before.clockRate === parameters.clockRate;
    state.parameters = parameters;
    this.#setEncodings(
      parameters.ssrcs,
      parameters,
      before === undefined ? 'start' : 'parameters',
      sameCodec,
    );
  }

  /** Encodings of these SSRCs; with `keep`, those that are there already go on. */
  #setEncodings(
    ssrcs: readonly number[],
    parameters: TrackParameters,
    cause: StretchCause,
    keep = false,
  ): void {
    const state = this.#state;
    const chosen = state.encodings[state.selector.current];
    const before = this.#encodings;
    const next = ssrcs.map((ssrc) => {
      const known = keep ? before.find((encoding) => encoding.state.ssrc === ssrc) : undefined;
      return known ?? new Encoding(newEncoding(ssrc, parameters, cause), this, state.counts);
    });
    for (const encoding of before) if (!next.includes(encoding)) encoding.end();
    this.#encodings = next;
    state.encodings = next.map((encoding) => encoding.state);
    state.selector.current = chosen === undefined ? -1 : state.encodings.indexOf(chosen);
    state.reportsOf.clear();
    state.skipping = false;
  }

  /** The host was started again: its clock and every number begin anew. What waits is told by the old clock, while it is there. */
  #beginAnew(atMs: number): void {
    const state = this.#state;
    for (const encoding of this.#encodings) encoding.end();
    if (this.options.peer.isAhead(atMs)) this.#queue.release(state.nowMs, true, this.#out);
    this.#queue.clear();
    state.nowMs = atMs;
    state.selector = newLayerSelector();
    if (state.parameters === undefined) return;
    this.#setEncodings(state.parameters.ssrcs, state.parameters, 'recorder-back');
  }

  #ask(): void {
    const { selector, encodings, nowMs } = this.#state;
    if (this.options.kind === 'audio') return;
    const why = selector.current === -1 ? 'start' : 'layer';
    const index = wantsKeyframe(selector, encodings, nowMs);
    const encoding = index === undefined ? undefined : encodings[index];
    if (encoding === undefined) return;
    this.#out.push({ type: 'keyframe-wanted', ssrc: encoding.ssrc, at: this.#now(), why });
  }
}

/** What `save` gave is this process's own, so its shape is told by one of its fields. */
function isState(value: unknown): value is State {
  return typeof value === 'object' && value !== null && 'selector' in value && 'queue' in value;
}
