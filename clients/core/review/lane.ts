/** One track in the player: its element in step with the clock, its gaps, and the fills that play in their place. */
import type { Fill, Gap } from '../../../signaling/protocol/manifest.ts';
import type { TrackView } from '../../../signaling/protocol/recordings.ts';
import { type Moment, momentAt } from './coverage.ts';
import { ElementFollower } from './element-follower.ts';
import { FillPlayer } from './fill-player.ts';
import { LaneFeed, type TrackFiles, type TrackProblem } from './lane-feed.ts';
import { mergeGaps } from './segment-index.ts';

export interface LaneBeat {
  readonly position: number;
  readonly rate: number;
  readonly running: boolean;
  readonly exact: boolean;
  /** The clock follows this lane. */
  readonly leads: boolean;
}

/** What stands on the tile of a track. */
export interface LaneView {
  readonly moment: Moment;
  /** The vehicle's own copy is on show. */
  readonly filled: Fill | undefined;
  /** Media of this moment is on its way. */
  readonly loading: boolean;
  readonly problem: TrackProblem | undefined;
}

/** A gap's end is prepared for, and a fill fetched, this long before it is needed. */
const PREPARE_MS = 8000;
/** Media that was handed over and does not show after this time is begun anew. */
const STUCK_MS = 2500;
const RETRIED_MS = 5000;
const EDGE_MS = 60;

const nothingYet: LaneView = {
  moment: { kind: 'unknown' },
  filled: undefined,
  loading: true,
  problem: undefined,
};

export class Lane {
  readonly trackId: string;
  readonly kind: 'video' | 'audio';
  readonly element: HTMLMediaElement;
  readonly fill: FillPlayer;
  readonly #feed: LaneFeed;
  readonly #follower: ElementFollower;
  #track: TrackView;
  #gaps: readonly Gap[];
  #view: LaneView = nothingYet;
  #stuckSince: number | undefined;
  /** A stretch that the browser makes nothing of, found by trying. */
  #undecodable: { from: number; to: number } | undefined;
  #retriedAt: number | undefined;

  constructor(track: TrackView, kind: 'video' | 'audio', files: TrackFiles, heldBack: () => void) {
    this.trackId = track.trackId;
    this.kind = kind;
    this.#track = track;
    this.#gaps = track.gaps;
    this.element = document.createElement(kind);
    if (this.element instanceof HTMLVideoElement) this.element.playsInline = true;
    this.element.muted = kind === 'video';
    this.element.preservesPitch = true;
    this.#feed = new LaneFeed(kind, this.element, files);
    this.#follower = new ElementFollower(this.element, kind, heldBack);
    this.fill = new FillPlayer(kind, files, heldBack);
  }

  get track(): TrackView {
    return this.#track;
  }

  get view(): LaneView {
    return this.#view;
  }

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** The element's place in room time, while it moves by itself. */
  get ownPosition(): number | undefined {
    return this.#follower.inMotion ? this.#follower.position : undefined;
  }

  update(track: TrackView): void {
    this.#track = track;
  }

  setAudible(audible: boolean): void {
    if (this.kind === 'video') return;
    this.element.muted = !audible;
    this.fill.element.muted = !audible;
  }

  framesAround(at: number): readonly number[] {
    return this.#feed.framesAround(at);
  }

  /** Brings the lane to a beat of the clock. Answers whether the clock should wait for it. */
  drive(beat: LaneBeat): boolean {
    const { position } = beat;
    this.#feed.pump(this.#track, position, beat.rate);
    this.#gaps = mergeGaps(this.#track.gaps, this.#feed.index.gaps);
    const moment = this.#momentAt(position);
    const waits = this.#driveElement(beat, moment);
    const fill = this.#driveFill(beat, moment);
    this.#view = {
      moment,
      filled: fill.shown,
      loading: waits || fill.waits,
      problem: this.#feed.problem,
    };
    return waits || fill.waits;
  }

  close(): void {
    this.#follower.rest();
    this.#feed.close();
    this.fill.close();
  }

  #momentAt(position: number): Moment {
    const { index } = this.#feed;
    const track = { from: this.#track.from, to: this.#track.to, gaps: this.#gaps };
    const around = index.around({ from: position - 30_000, to: position + 30_000 });
    const moment = momentAt(track, around, index.isKnown(position), position);
    const blind = this.#undecodable;
    if (moment.kind === 'media' && blind !== undefined && position >= blind.from && position < blind.to) {
      return { kind: 'gap', cause: 'no-keyframe', ...blind };
    }
    return moment;
  }

  #driveElement(beat: LaneBeat, moment: Moment): boolean {
    const { position } = beat;
    if (this.#feed.problem !== undefined && this.#feed.problem !== 'unreachable') {
      this.#follower.rest();
      return false;
    }
    if (this.element.error !== null) {
      this.#feed.restart();
      return true;
    }
    const range = rangeAt(this.element.buffered, position);
    if (range !== undefined) {
      this.#stuckSince = undefined;
      this.#follower.follow({ ...beat, target: position }, beat.leads);
      return this.#isStarving(beat, range.to, moment);
    }
    const next = nextStart(this.element.buffered, position);
    const short = next !== undefined && next - position < EDGE_MS * 2;
    if (moment.kind === 'media' && !short) return this.#wait(position);
    if (moment.kind === 'unknown') {
      this.#follower.rest();
      return true;
    }
    this.#stuckSince = undefined;
    if (next !== undefined && next - position < PREPARE_MS) this.#follower.waitAt(next);
    else this.#follower.rest();
    return false;
  }

  /** In a buffered range, but the decoder has nothing to show yet. */
  #isStarving(beat: LaneBeat, rangeEnd: number, moment: Moment): boolean {
    if (moment.kind !== 'media') return false;
    if (this.element.seeking) return !beat.running;
    const wanted = beat.running ? HTMLMediaElement.HAVE_FUTURE_DATA : HTMLMediaElement.HAVE_CURRENT_DATA;
    return this.element.readyState < wanted && rangeEnd - beat.position > EDGE_MS * 2;
  }

  #wait(position: number): boolean {
    this.#follower.rest();
    if (!this.#feed.isFed()) {
      this.#stuckSince = undefined;
      return true;
    }
    const now = performance.now();
    this.#stuckSince ??= now;
    if (now - this.#stuckSince < STUCK_MS) return true;
    this.#stuckSince = undefined;
    const to = nextStart(this.element.buffered, position) ?? this.#track.to;
    // Handed over and still nothing: once more from the start, then it is said to be undecodable.
    if (this.#retriedAt !== undefined && Math.abs(position - this.#retriedAt) < RETRIED_MS) {
      this.#undecodable = { from: position, to };
    } else {
      this.#retriedAt = position;
      this.#feed.restart();
    }
    return true;
  }

  #driveFill(beat: LaneBeat, moment: Moment): { shown: Fill | undefined; waits: boolean } {
    if (moment.kind !== 'gap' || moment.fillId === undefined) {
      this.fill.rest();
      const coming = this.#fillOf(
        this.#gaps.find((gap) => gap.from > beat.position && gap.from - beat.position < PREPARE_MS),
      );
      if (coming !== undefined) this.fill.load(coming);
      return { shown: undefined, waits: false };
    }
    const fill = this.#track.fills.find((each) => each.fillId === moment.fillId);
    if (fill === undefined) return { shown: undefined, waits: false };
    const state = this.fill.play(fill, beat);
    return { shown: state === 'nothing' ? undefined : fill, waits: state === 'waits' };
  }

  #fillOf(gap: Gap | undefined): Fill | undefined {
    return gap?.filled === undefined
      ? undefined
      : this.#track.fills.find(({ fillId }) => fillId === gap.filled?.fillId);
  }
}

/** The buffered range around a moment, in milliseconds. */
export function rangeAt(ranges: TimeRanges, at: number): { from: number; to: number } | undefined {
  for (let n = 0; n < ranges.length; n += 1) {
    const [from, to] = [ranges.start(n) * 1000, ranges.end(n) * 1000];
    if (from - 1 <= at && at < to) return { from, to };
  }
  return undefined;
}

export function nextStart(ranges: TimeRanges, at: number): number | undefined {
  for (let n = 0; n < ranges.length; n += 1) if (ranges.start(n) * 1000 > at) return ranges.start(n) * 1000;
  return undefined;
}
