/**
 * Holds what a track gives until its time can be told: frames of a new stretch wait for the publisher's first report, at most
 * 4 s, and for the first relation of the host's clock to room time. Then gives all of it in order.
 */
import type { CodecConfig, TrackNote } from '../core/types.ts';
import type { Counts } from '../rtp/counts.ts';
import type { PeerClock } from '../rtp/peer-clock.ts';
import { estimateHost, type TimelineState } from '../rtp/timeline.ts';
import { beginStretch, newTrackClock, nextTime, type TrackClockState } from '../rtp/track-clock.ts';
import type { RoomTime, StretchCause } from '../rtp/types.ts';
import type { Assembled } from './assembler.ts';
import {
  endGap,
  frameGap,
  type GapFinderState,
  lossGap,
  newGapFinder,
  noteGap,
  replaceFrom,
  skipGap,
} from './gap-finder.ts';
import { opusSamples } from './opus.ts';
import { sameConfig } from './picture.ts';
import type { TrackEvent } from './types.ts';

/** Reports of video come every second, those of sound after two to four. */
export const FIRST_REPORT_MS = 4000;
/** Further apart, the times of two encodings contradict each other: nothing is replaced then. */
const MAX_OVERLAP_MS = 1000;
/** Three seconds of 4K many times over. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

export type Held =
  | {
      readonly kind: 'frame';
      readonly picture: Assembled;
      timeline: TimelineState;
      cause: StretchCause;
    }
  | { readonly kind: 'note'; readonly at: bigint; readonly note: TrackNote }
  | { readonly kind: 'loss'; readonly before: bigint; readonly after: bigint; readonly packets: number }
  | { readonly kind: 'skipped'; readonly rtp: number; readonly timeline: TimelineState };

/** Plain data only, so that it can be saved and go on later. */
export interface TimedQueueState {
  held: Held[];
  heldBytes: number;
  clock: TrackClockState;
  gaps: GapFinderState;
  /** −1 before the first frame. */
  stretch: number;
  timeline: TimelineState | undefined;
  config: CodecConfig | undefined;
}

export function newTimedQueue(): TimedQueueState {
  return {
    held: [],
    heldBytes: 0,
    clock: newTrackClock(),
    gaps: newGapFinder(),
    stretch: -1,
    timeline: undefined,
    config: undefined,
  };
}

export class TimedQueue {
  readonly state: TimedQueueState;
  readonly #sound: boolean;
  readonly #peer: PeerClock;
  readonly #counts: Counts;

  constructor(state: TimedQueueState, sound: boolean, peer: PeerClock, counts: Counts) {
    this.state = state;
    this.#sound = sound;
    this.#peer = peer;
    this.#counts = counts;
  }

  add(item: Held): void {
    this.state.held.push(item);
    if (item.kind === 'frame') this.state.heldBytes += item.picture.data.length;
  }

  /** Drops what waits and can never be told. */
  clear(): void {
    for (const { kind } of this.state.held) if (kind === 'frame') this.#counts.brokenFrames += 1;
    this.state.held = [];
    this.state.heldBytes = 0;
  }

  /** Frames of `before` from this timestamp on belong to `after`. */
  move(before: TimelineState, rtp: number, after: TimelineState): void {
    for (const item of this.state.held) {
      if (item.kind !== 'frame' || item.timeline !== before || item.picture.rtp < rtp) continue;
      item.timeline = after;
      item.cause = 'restart';
    }
  }

  /** Adds to `out` what can be told at `nowMs`; with `all`, what no report will improve any more too. */
  release(nowMs: number, all: boolean, out: TrackEvent[]): void {
    const { state } = this;
    if (state.held.length === 0) return;
    let given = 0;
    for (const item of state.held) {
      const full = state.heldBytes > MAX_HELD_BYTES;
      if (!this.#give(item, nowMs, all || full, out)) {
        if (!full) break;
        // No relation to room time after all this: the journal has it, the package cannot.
        this.#counts.brokenFrames += 1;
      }
      if (item.kind === 'frame') state.heldBytes -= item.picture.data.length;
      given += 1;
    }
    if (given > 0) state.held.splice(0, given);
  }

  /** False when the item must wait. */
  #give(item: Held, nowMs: number, all: boolean, out: TrackEvent[]): boolean {
    const { gaps } = this.state;
    if (item.kind === 'note') {
      noteGap(gaps, item.note);
      const ms = this.#peer.toRoom(item.at);
      out.push({ type: 'note', at: item.at, note: item.note, ...(ms === undefined ? {} : { ms }) });
      const gap = item.note.kind === 'stopped' && ms !== undefined ? endGap(gaps, ms) : undefined;
      if (gap) out.push({ type: 'gap', ...gap });
      return true;
    }
    if (item.kind === 'loss') {
      lossGap(gaps);
      const from = this.#peer.toRoom(item.before);
      const to = this.#peer.toRoom(item.after);
      if (from === undefined || to === undefined) return all;
      out.push({ type: 'loss', from, to, packets: item.packets });
      return true;
    }
    const { timeline } = item;
    const waits = timeline.line === undefined && nowMs - timeline.firstAtMs < FIRST_REPORT_MS;
    if (item.kind === 'skipped') {
      if (waits && !all) return false;
      const ms = this.#peer.toRoomMs(estimateHost(timeline, item.rtp, this.#peer, nowMs).ms);
      if (ms !== undefined) skipGap(gaps, Math.max(ms, gaps.end ?? ms));
      return ms !== undefined || all;
    }
    if ((waits || (timeline.stop !== undefined && item.picture.rtp >= timeline.stop.rtp)) && !all)
      return false;
    return this.#giveFrame(item.picture, timeline, item.cause, nowMs, out);
  }

  #giveFrame(
    picture: Assembled,
    timeline: TimelineState,
    cause: StretchCause,
    nowMs: number,
    out: TrackEvent[],
  ): boolean {
    const { state } = this;
    const anew = timeline !== state.timeline;
    if (anew) {
      beginStretch(state.clock);
      const layer = !this.#sound && state.stretch >= 0 && (cause === 'layer' || cause === 'start');
      if (layer && picture.keyframe) this.#replace(picture, timeline, nowMs, out);
    }
    const told = nextTime(state.clock, timeline, picture.rtp, this.#peer, nowMs);
    if (told === undefined) return false;
    const { time, jumped } = told;
    const rtp = BigInt(picture.rtp);
    if (anew || jumped) {
      state.timeline = timeline;
      state.stretch += 1;
      const why = anew ? this.#causeOf(cause) : 'clock';
      out.push({ type: 'stretch', stretch: state.stretch, cause: why, rtp, at: picture.at, time });
    }
    this.#pushGap(picture, time, out);
    this.#countFrame(picture);
    const changed = !sameConfig(picture.config, state.config);
    state.config = picture.config;
    const { at, keyframe, data, lostBefore } = picture;
    const config = changed && picture.config !== undefined ? { config: picture.config } : {};
    out.push({
      type: 'frame',
      frame: { rtp, stretch: state.stretch, at, keyframe, data, lostBefore, ...config },
      time,
    });
    return true;
  }

  /**
   * A better encoding takes longer on its way: its keyframe shows a moment that the lesser one has shown already. Keeping
   * both would show those frames twice.
   */
  #replace(picture: Assembled, timeline: TimelineState, nowMs: number, out: TrackEvent[]): void {
    const { clock, gaps } = this.state;
    const ms = this.#peer.toRoomMs(estimateHost(timeline, picture.rtp, this.#peer, nowMs).ms);
    if (ms === undefined || ms > clock.given || clock.given - ms > MAX_OVERLAP_MS) return;
    const from = ms - gaps.lasted / 2;
    clock.given = from;
    replaceFrom(gaps, ms);
    out.push({ type: 'replaced', from });
  }

  #causeOf(cause: StretchCause): StretchCause {
    if (this.state.stretch === 0) return 'start';
    return cause === 'start' ? 'layer' : cause;
  }

  #pushGap(picture: Assembled, time: RoomTime, out: TrackEvent[]): void {
    const durationMs = this.#sound ? (opusSamples(picture.data) ?? 960) / 48 : undefined;
    const gap = frameGap(this.state.gaps, time.ms, durationMs);
    if (gap !== undefined) out.push({ type: 'gap', ...gap });
  }

  #countFrame(picture: Assembled): void {
    this.#counts.frames += 1;
    if (picture.keyframe && !this.#sound) this.#counts.keyframes += 1;
  }
}
