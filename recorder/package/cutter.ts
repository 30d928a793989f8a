/** Cuts frames into segments by time, wherever keyframes fall. Pure: everything follows from the events it is given. */
import type { Container, ContainerFrame } from '../container/container.ts';
import type { EncodedFrame } from '../core/types.ts';
import type { TrackEvent } from '../frames/types.ts';
import type { RoomTime } from '../rtp/types.ts';
import { ClockPoints, type Moment } from './clock-points.ts';
import { Gaps, type GapsState } from './gaps.ts';
import { Inits, type InitsState } from './inits.ts';
import { opusMs, pictureMs } from './nominal.ts';
import { MAX_SEGMENT_MS, type PackageOutput, roundMs } from './outputs.ts';

/** A shorter gap stays inside its segment: the frame before it is shown for so long. */
const SHORT_GAP_MS = 500;
/** A keyframe begins a new segment when the one before has at least this much. */
const KEYFRAME_CUT_MS = MAX_SEGMENT_MS / 2;
/** Bounds memory whatever a publisher sends: 2 s of 4K take 5 MB. */
const MAX_PENDING_BYTES = 24 * 1024 * 1024;
/** When nothing arrives for this long (nanoseconds of the host), what is there becomes a segment. */
const IDLE_NS = 3_000_000_000n;
const PICTURE_EVERY_MS = 10_000;

export interface PendingFrame {
  readonly ms: number;
  readonly keyframe: boolean;
  readonly data: Uint8Array;
  readonly at: bigint;
  readonly moment: Moment;
}

export interface CutterState {
  readonly pending: readonly PendingFrame[];
  /** Number of the last segment. */
  readonly n: number;
  /** Milliseconds between the last two frames. */
  readonly distance: number | undefined;
  /** Room time of the first gap behind the last frame: the distance to the next frame says nothing of how long one lasts. */
  readonly gapFrom: number | undefined;
  /** Room time from which pictures wait for a keyframe after a loss. */
  readonly brokenFrom: number | undefined;
  /** Room time of the last picture for a thumbnail. */
  readonly pictureAt: number | undefined;
  /** End of the last segment. */
  readonly endMs: number;
  readonly inits: InitsState;
  readonly gaps: GapsState;
  readonly clock: Moment | undefined;
}

type Outputs = Generator<PackageOutput>;

export class SegmentCutter {
  readonly #kind: 'audio' | 'video';
  readonly #gaps: Gaps;
  readonly #clock: ClockPoints;
  readonly #inits: Inits;
  readonly #pending: PendingFrame[];
  #n: number;
  #distance: number | undefined;
  #gapFrom: number | undefined;
  #brokenFrom: number | undefined;
  #pictureAt: number | undefined;
  #endMs: number;

  constructor(kind: 'audio' | 'video', state?: CutterState) {
    this.#kind = kind;
    this.#gaps = new Gaps(state?.gaps);
    this.#clock = new ClockPoints(kind === 'audio' ? 48_000 : 90_000, state?.clock);
    this.#inits = new Inits(state?.inits);
    this.#pending = [...(state?.pending ?? [])];
    this.#n = state?.n ?? 0;
    this.#distance = state?.distance;
    this.#gapFrom = state?.gapFrom;
    this.#brokenFrom = state?.brokenFrom;
    this.#pictureAt = state?.pictureAt;
    this.#endMs = state?.endMs ?? 0;
  }

  get state(): CutterState {
    return {
      pending: [...this.#pending],
      n: this.#n,
      distance: this.#distance,
      gapFrom: this.#gapFrom,
      brokenFrom: this.#brokenFrom,
      pictureAt: this.#pictureAt,
      endMs: this.#endMs,
      inits: this.#inits.state,
      gaps: this.#gaps.state,
      clock: this.#clock.last,
    };
  }

  *push(event: TrackEvent): Outputs {
    if (event.type === 'frame') yield* this.#frame(event.frame, event.time);
    else if (event.type === 'replaced') this.#replace(event.from);
    else if (event.type === 'gap') yield* this.#gap(event);
    else if (event.type === 'stretch') yield { type: 'clock', point: this.#clock.keep(event) };
  }

  /** The journal has come so far (nanoseconds of the host), with or without frames. */
  *passed(at: bigint): Outputs {
    const last = this.#pending.at(-1);
    if (last && at - last.at > IDLE_NS) yield* this.#flush(this.#endOf(last));
  }

  /** Nothing more comes. */
  *end(): Outputs {
    const last = this.#pending.at(-1);
    if (last) {
      yield { type: 'clock', point: this.#clock.keep(last.moment) };
      yield* this.#flush(this.#endOf(last));
    }
    yield* this.#gaps.flush();
  }

  /** Frames that became a segment already stay: those that follow are put behind them. */
  #replace(from: number): void {
    const keep = this.#pending.findIndex(({ ms }) => ms >= from);
    if (keep !== -1) this.#pending.splice(keep);
  }

  *#gap({ from, to, cause }: Extract<TrackEvent, { type: 'gap' }>): Outputs {
    const last = this.#pending.at(-1);
    if (last && to - from >= SHORT_GAP_MS) yield* this.#flush(Math.max(from, last.ms));
    this.#gapFrom ??= from;
    yield* this.#gaps.add(from, to, cause);
  }

  *#frame(frame: EncodedFrame, time: RoomTime): Outputs {
    // A frame that was flushed for want of a next one may have got a longer time than it had.
    const ms = Math.max(time.ms, this.#pending.at(-1)?.ms ?? this.#endMs);
    if (this.#kind === 'video' && (yield* this.#isBroken(frame, ms))) return;
    yield* this.#cutBefore(frame, ms);
    if (frame.config && this.#inits.differs(frame.config)) {
      yield* this.#flush(ms);
      const init = this.#inits.use(frame.config);
      if (init) yield init;
    }
    const container = this.#inits.container;
    // Frames come with a configuration first; one without could be decoded by nobody.
    if (!container) return;
    const { rtp, stretch, at, data } = frame;
    const pending = { ms, keyframe: frame.keyframe, data, at, moment: { stretch, rtp, time } };
    const before = this.#pending.at(-1);
    if (!before) yield* this.#gaps.media(ms, ms);
    if (before && this.#gapFrom === undefined) this.#distance = ms - before.ms;
    this.#gapFrom = undefined;
    this.#pending.push(pending);
    yield* this.#picture(pending, container);
  }

  /** After a loss pictures are kept in the journal only: decoders fail on them, or show what was never there. */
  *#isBroken(frame: EncodedFrame, ms: number): Generator<PackageOutput, boolean> {
    if (frame.lostBefore && !frame.keyframe) {
      if (this.#brokenFrom === undefined) {
        const last = this.#pending.at(-1);
        if (last) yield* this.#flush(Math.min(ms, this.#endOf(last)));
        this.#brokenFrom = Math.min(ms, this.#gaps.coveredTo ?? ms);
      }
      return true;
    }
    if (this.#brokenFrom !== undefined) {
      yield* this.#gaps.add(this.#brokenFrom, ms, 'no-keyframe');
      this.#brokenFrom = undefined;
    }
    return false;
  }

  *#cutBefore(frame: EncodedFrame, ms: number): Outputs {
    const [first] = this.#pending;
    if (!first) return;
    const length = ms - first.ms;
    const bytes = this.#pending.reduce((sum, { data }) => sum + data.length, frame.data.length);
    const atKeyframe = this.#kind === 'video' && frame.keyframe && length >= KEYFRAME_CUT_MS;
    if (length <= MAX_SEGMENT_MS) {
      if (atKeyframe || bytes > MAX_PENDING_BYTES) yield* this.#flush(ms);
      return;
    }
    yield* this.#flushAllButLast();
    const [last = first] = this.#pending;
    if (ms - last.ms > MAX_SEGMENT_MS) yield* this.#flush(this.#endOf(last));
    else if (atKeyframe && ms - last.ms >= KEYFRAME_CUT_MS) yield* this.#flush(ms);
  }

  *#picture(frame: PendingFrame, container: Container): Outputs {
    if (this.#kind === 'audio' || !frame.keyframe) return;
    if (this.#pictureAt !== undefined && frame.ms - this.#pictureAt < PICTURE_EVERY_MS) return;
    this.#pictureAt = frame.ms;
    const alone = { time: 0, duration: 1, keyframe: true, data: frame.data };
    const bytes = Buffer.concat([container.init(), container.segment(1, [alone])]);
    yield { type: 'picture', at: roundMs(frame.ms), format: container.format, bytes };
  }

  /** Makes segments of what waits; the last frame ends at `end`, which may be too late for all to be one segment. */
  *#flush(end: number): Outputs {
    const [first] = this.#pending;
    if (first && end - first.ms > MAX_SEGMENT_MS) yield* this.#flushAllButLast();
    yield* this.#write(this.#pending.splice(0), end);
  }

  *#flushAllButLast(): Outputs {
    const last = this.#pending.at(-1);
    if (last) yield* this.#write(this.#pending.splice(0, this.#pending.length - 1), last.ms);
  }

  *#write(pending: readonly PendingFrame[], end: number): Outputs {
    const [first] = pending;
    const container = this.#inits.container;
    if (!first || !container) return;
    const point = this.#clock.next(first.moment);
    if (point) yield { type: 'clock', point };
    const frames = placed(pending, end, this.#endMs, container.timescale);
    const toMs = (ticks: number) => roundMs((ticks * 1000) / container.timescale);
    const last = frames.at(-1);
    const [from, to] = [toMs(frames[0]?.time ?? 0), toMs((last?.time ?? 0) + (last?.duration ?? 0))];
    this.#n += 1;
    this.#endMs = to;
    yield* this.#gaps.media(from, to);
    yield {
      type: 'segment',
      n: this.#n,
      initId: this.#inits.initId,
      format: container.format,
      from,
      to,
      frames: frames.length,
      keyframes:
        this.#kind === 'audio' ? [] : frames.filter((each) => each.keyframe).map(({ time }) => toMs(time)),
      bytes: container.segment(this.#n, frames),
    };
  }

  /** When the last frame ends, as far as anyone can tell before the next one is there. */
  #endOf({ ms, data }: PendingFrame): number {
    if (this.#gapFrom !== undefined) return Math.max(this.#gapFrom, ms);
    return ms + (this.#kind === 'audio' ? opusMs(data) : pictureMs(this.#distance));
  }
}

/** Frames in ticks: each lasts until the next, and none is without duration. Never before `start` (milliseconds). */
function placed(
  pending: readonly PendingFrame[],
  end: number,
  start: number,
  timescale: number,
): ContainerFrame[] {
  const ticks = (ms: number) => Math.round((ms * timescale) / 1000);
  let least = ticks(start);
  const times = pending.map(({ ms }) => {
    const time = Math.max(ticks(ms), least);
    least = time + 1;
    return time;
  });
  return pending.map(({ keyframe, data }, index) => {
    const time = times[index] ?? 0;
    const next = times[index + 1] ?? Math.max(ticks(end), time + 1);
    return { time, duration: next - time, keyframe: keyframe, data };
  });
}
