/**
 * Puts the poses that a device published onto the frames that are shown here, of the same camera: live, or from a recording.
 * Frames are matched by the offset of the two clocks, once it is known, else by what they look like. Between two poses a
 * mark is where it was held before and after; it is never shown held where either of them does not hold it.
 */
import { apply } from '../geometry/matrix.ts';
import type { PoseMessage, ShownState } from '../scene/types.ts';
import type { Homography } from '../tracker/types.ts';
import { fromBase64url } from './base64url.ts';
import { type NamedFrame, OffsetVotes } from './offset.ts';
import { printDistance } from './print.ts';

/** Poses kept: ten seconds at 30 a second. */
const POSES_KEPT = 300;
/** Frames shown that later poses may still vote with: poses can come after their frames. */
const SHOWN_KEPT = 40;
/** Two poses farther apart than this say nothing about the time between them. */
const BRIDGED_MS = 220;
/** The last pose stands for so long after its frame; then nobody knows where the patient is. */
const HOLD_MS = 50;
/** A picture shown live is not older than this. */
const NEWEST_MS = 2500;
/** Highest difference of prints that may be the same frame. */
const ALIKE = 0.9;
/** Frames that differ by less than this more than the best may be the same one, and by less than the other cannot be told from it. */
const LITTLE_WORSE = 0.45;
const HARDLY_WORSE = 0.15;
/** A frame that is so unlike its neighbours by the clock, so often in a row, is not theirs: its clock has jumped. */
const UNLIKE = 1.2;
const UNLIKE_FRAMES = 3;
/** What looks the same must have the mark in the same place, within this part of the frame. */
const SAME_PLACE = 0.03;
/** A media clock that goes back by more has begun anew. */
const RESTART_MS = 5000;

type PoseOf = PoseMessage['poses'][number];

export interface AlignedPose {
  readonly state: ShownState;
  readonly confidence: number;
  readonly by: 'picture' | 'world';
  /** Reference frame → shown frame; while held. */
  readonly homography?: Homography;
}

export interface AlignedPoses {
  /** When that was, on the device's media clock. */
  readonly mediaMs: number;
  /** `clock`: by the offset of the clocks; `print`: by what the frame looks like. */
  readonly by: 'clock' | 'print';
  readonly poses: ReadonlyMap<string, AlignedPose>;
}

export interface ShownFrame {
  /** Milliseconds of any clock that names frames here: RTP timestamp / 90, or media time. */
  readonly ms?: number | undefined;
  readonly print?: Uint8Array | undefined;
  /** Media times of the device that it can have at all, where that is known; else it is among the newest. */
  readonly among?: { readonly from: number; readonly to: number } | undefined;
}

interface Entry extends NamedFrame {
  readonly poses: ReadonlyMap<string, PoseOf>;
}

export class PoseAlignment {
  readonly #votes = new OffsetVotes();
  /** By media time, oldest first. */
  #entries: Entry[] = [];
  #shown: NamedFrame[] = [];
  #unlike = 0;

  /** Time shown − media time of the device, in milliseconds; undefined while it is not known. */
  get offsetMs(): number | undefined {
    return this.#votes.offsetMs;
  }

  /** Takes a message in; in any order, also twice. A print that cannot be read leaves the message without a place by looks. */
  addPose(message: Pick<PoseMessage, 'mediaMs' | 'print' | 'poses'>): void {
    const { mediaMs: ms, print, poses } = message;
    if (!Number.isFinite(ms)) return;
    const newest = this.#entries.at(-1);
    if (newest && ms < newest.ms - RESTART_MS) this.reset();
    const after = this.#entries.findLastIndex((entry) => entry.ms <= ms);
    if (this.#entries[after]?.ms === ms) return;
    const entry = {
      ms,
      print: fromBase64url(print) ?? new Uint8Array(),
      poses: new Map(poses.map((pose) => [pose.markId, pose])),
    };
    this.#entries.splice(after + 1, 0, entry);
    if (this.#entries.length > POSES_KEPT) this.#entries.shift();
    this.#votes.named(entry, this.#shown);
  }

  /** Forgets the poses and keeps what is known of the clocks: after a jump in a recording. */
  forgetPoses(): void {
    this.#entries = [];
    this.#shown = [];
  }

  /** Forgets everything: another device or another source of frames. */
  reset(): void {
    this.forgetPoses();
    this.#votes.clear();
  }

  /** Where the marks are in a frame shown here; undefined where nobody can tell, and nothing may be shown in place. */
  poseAt(frame: ShownFrame): AlignedPoses | undefined {
    const ms = frame.ms !== undefined && Number.isFinite(frame.ms) ? frame.ms : undefined;
    const print = frame.print;
    if (ms !== undefined && print !== undefined && !this.#shown.some((each) => each.ms === ms)) {
      this.#shown = [...this.#shown, { ms, print }].slice(-SHOWN_KEPT);
      this.#votes.shown({ ms, print }, this.#entries);
    }
    const offset = this.#votes.offsetMs;
    if (ms === undefined || offset === undefined) return print && this.#byLooks(print, frame);
    const mediaMs = ms - offset;
    if (print === undefined) return this.#between(mediaMs);
    this.#unlike = this.#distanceNear(mediaMs, print) > UNLIKE ? this.#unlike + 1 : 0;
    // Single frames may look like another moment by chance; a clock that has jumped is wrong for all that follow.
    return this.#unlike < UNLIKE_FRAMES ? this.#between(mediaMs) : this.#byLooks(print, frame);
  }

  /**
   * Poses of frames that look like it. The one most like it speaks for all where they agree: where the picture rests all do. Where one
   * of them does not hold a mark, or holds it elsewhere, it is not held here.
   */
  #byLooks(print: Uint8Array, { among }: ShownFrame): AlignedPoses | undefined {
    const { from, to } = among ?? {
      from: (this.#entries.at(-1)?.ms ?? 0) - NEWEST_MS,
      to: Number.POSITIVE_INFINITY,
    };
    const possible = this.#entries.filter(({ ms }) => ms >= from && ms <= to);
    const distances = possible.map((entry) => ({ entry, distance: printDistance(entry.print, print) }));
    const least = Math.min(...distances.map(({ distance }) => distance));
    const within = (worse: number) =>
      distances
        .filter(({ distance }) => distance <= Math.min(ALIKE, least + worse))
        .map(({ entry }) => entry);
    const [alike, same] = [within(LITTLE_WORSE), within(HARDLY_WORSE)];
    const best = distances.findLast(({ distance }) => distance <= least + 0.02)?.entry;
    if (alike.length === 0 || best === undefined) return undefined;
    const poses = new Map([...best.poses.keys()].map((id) => [id, agreed(id, best, alike, same)]));
    return { mediaMs: best.ms, by: 'print', poses };
  }

  #distanceNear(mediaMs: number, print: Uint8Array): number {
    const near = this.#entries.filter(({ ms }) => Math.abs(ms - mediaMs) <= BRIDGED_MS / 2);
    return Math.min(...near.map((entry) => printDistance(entry.print, print)));
  }

  #between(mediaMs: number): AlignedPoses | undefined {
    // Clocks are known to a few milliseconds: a frame at an edge belongs to the pose that was made on it.
    const index = this.#entries.findLastIndex((entry) => entry.ms <= mediaMs + 4);
    const [before, after] = [this.#entries[index], this.#entries[index + 1]];
    if (before === undefined) return undefined;
    if (Math.abs(mediaMs - before.ms) <= 4) return at(before, 'clock');
    if (after === undefined || after.ms - before.ms > BRIDGED_MS)
      return this.#beyond(this.#entries[index - 1], before, mediaMs);
    return { mediaMs, by: 'clock', poses: mixedAll(before, after, mediaMs) };
  }

  /** Behind the last pose: as the marks moved before, for a moment only. A head turns on; a mark that stands lags behind it. */
  #beyond(earlier: Entry | undefined, last: Entry, mediaMs: number): AlignedPoses | undefined {
    if (mediaMs - last.ms > HOLD_MS) return undefined;
    if (earlier === undefined || last.ms - earlier.ms > BRIDGED_MS) return at(last, 'clock');
    const poses = new Map(at(last, 'clock').poses);
    for (const [markId, pose] of mixedAll(earlier, last, mediaMs))
      if (pose.homography) poses.set(markId, pose);
    return { mediaMs, by: 'clock', poses };
  }
}

/** What frames that look the same say together of one mark. A message that does not name it yet says nothing. */
function agreed(markId: string, best: Entry, alike: readonly Entry[], same: readonly Entry[]): AlignedPose {
  const saidBy = (entries: readonly Entry[]) =>
    entries.flatMap((entry) => {
      const pose = entry.poses.get(markId);
      return pose ? [single(pose)] : [];
    });
  const doubt = saidBy(alike).find(({ homography }) => homography === undefined);
  const own = best.poses.get(markId);
  const pose = doubt ?? (own ? single(own) : undefined);
  if (pose?.homography === undefined) return pose ?? { state: 'searching', confidence: 0, by: 'picture' };
  const { homography, by } = pose;
  const isElsewhere = saidBy(same).some(
    ({ homography: h }) => h !== undefined && apart(h, homography) > SAME_PLACE,
  );
  return isElsewhere ? { state: 'searching', confidence: 0, by } : pose;
}

/** How far two homographies put the corners and the middle of the frame from each other, at most. */
function apart(a: Homography, b: Homography): number {
  const places = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [0.5, 0.5],
  ] as const;
  const distances = places.map(([x, y]) => {
    const [p, q] = [apply(a, x, y), apply(b, x, y)];
    return Math.hypot(p.x - q.x, p.y - q.y);
  });
  return distances.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...distances);
}

function at(entry: Entry, by: AlignedPoses['by']): AlignedPoses {
  const poses = new Map([...entry.poses].map(([markId, pose]) => [markId, single(pose)]));
  return { mediaMs: entry.ms, by, poses };
}

function single({ state, confidence, by, h }: PoseOf): AlignedPose {
  const homography = state === 'held' && h !== undefined ? homographyOf(h) : undefined;
  // Held without a place is a message that contradicts itself: what cannot be placed is not shown.
  if (state === 'held' && homography === undefined) return { state: 'lost', confidence: 0, by };
  return { state, confidence, by, ...(homography ? { homography } : {}) };
}

function mixedAll(before: Entry, after: Entry, mediaMs: number): Map<string, AlignedPose> {
  const part = (mediaMs - before.ms) / (after.ms - before.ms);
  const poses = new Map<string, AlignedPose>();
  for (const [markId, next] of after.poses) {
    const last = before.poses.get(markId);
    if (last) poses.set(markId, mixed(last, next, part));
  }
  return poses;
}

/** Held between two held poses; else whichever of the two says that it is not. */
function mixed(last: PoseOf, next: PoseOf, part: number): AlignedPose {
  const [a, b] = [single(last), single(next)];
  if (a.homography === undefined) return a;
  if (b.homography === undefined) return b;
  const homography = between(a.homography, b.homography, part);
  return { state: 'held', confidence: Math.min(a.confidence, b.confidence), by: b.by, homography };
}

/**
 * Numbers of both are scaled to a last one of 1, so that near homographies have near numbers; poses are at most `BRIDGED_MS` apart, and a
 * mark moves along a straight line between them.
 */
function between(a: Homography, b: Homography, part: number): Homography {
  const mix = (index: number) => {
    const [from, to] = [a[index] ?? 0, b[index] ?? 0];
    return from + (to - from) * part;
  };
  return [mix(0), mix(1), mix(2), mix(3), mix(4), mix(5), mix(6), mix(7), 1];
}

/** The homography in a message, with a last number of 1; undefined where it is none. */
export function homographyOf(h: readonly number[]): Homography | undefined {
  const [a, b, c, d, e, f, g, i, last] = h;
  if (h.length !== 9 || last === undefined || Math.abs(last) < 1e-12) return undefined;
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined)
    return undefined;
  if (f === undefined || g === undefined || i === undefined) return undefined;
  const scaled: Homography = [
    a / last,
    b / last,
    c / last,
    d / last,
    e / last,
    f / last,
    g / last,
    i / last,
    1,
  ];
  return scaled.every(Number.isFinite) ? scaled : undefined;
}
