/** Holds what a follower answered against the truth. */
import { apply, type Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import { distance } from './camera.ts';
import { ASPECT, type FrameTruth, type MarkTruth, type Sequence } from './shot.ts';

/** One mark in one frame. */
export interface Sight {
  /** Milliseconds since the tracker heard of the mark. */
  readonly ms: number;
  /** Of the frame's width: the larger of the centre's error and the outline's mean error. Absent while not shown. */
  readonly error?: number;
  readonly state: 'visible' | 'partly' | 'covered' | 'outside';
}

/** Beyond this share of the frame's width a mark is in a wrong place. */
export const WRONG = 3;
export const GOOD = 1;
export const FADED_MS = 100;

export interface Score {
  /** Errors in percent of the frame's width, of every frame in which the mark is shown. */
  readonly errors: readonly number[];
  /** Frames with an error above `WRONG`, or of marks that belong to another scene. */
  readonly wrong: number;
  /** Frames with an error above `GOOD`. */
  readonly poor: number;
  /** The longest time in milliseconds that a mark was shown with an error above `GOOD`. */
  readonly longestPoor: number;
  /** For each time that the mark was covered for 100 ms or more: how long it was still shown. */
  readonly fades: readonly number[];
  /** Frames in which the place is in full view, and in how many of these the mark is shown. */
  readonly visible: number;
  readonly shown: number;
  /** From the moment the tracker heard of the mark to its first showing; none when it never was. */
  readonly found?: number;
  /** For each return into full view: milliseconds until the mark is shown again. */
  readonly returns: readonly number[];
  /** Returns after which the mark was not shown again. */
  readonly neverBack: number;
}

/** One mark through the frames of a sequence. */
export function sightsOf(sequence: Sequence, mark: number, found: readonly (Matrix3 | undefined)[]): Sight[] {
  const one = sequence.marks[mark];
  if (!one) throw new Error(`there is no mark ${mark}`);
  return found.map((homography, i) => {
    const truth = sequence.truth[sequence.from + i]?.[mark];
    if (!truth) throw new Error(`there is no truth of frame ${i}`);
    const error = homography && (sequence.absent ? 100 : errorOf(one, truth, homography));
    return {
      ms: (1000 * i) / sequence.fps,
      state: stateOf(truth),
      ...(error === undefined ? {} : { error }),
    };
  });
}

function stateOf({ inView, covered }: FrameTruth): Sight['state'] {
  if (inView < 0.4) return 'outside';
  if (covered > 0.6) return 'covered';
  return inView > 0.95 && covered < 0.05 ? 'visible' : 'partly';
}

/** In percent of the frame's width. */
function errorOf({ centre, outline }: MarkTruth, truth: FrameTruth, homography: Matrix3): number {
  const off = ({ x, y }: { readonly x: number; readonly y: number }) => {
    const error = 100 * distance(apply(truth.homography, x, y), apply(homography, x, y), ASPECT);
    return Number.isFinite(error) ? Math.min(100, error) : 100;
  };
  const line = outline.map(off);
  return Math.max(off(centre), line.reduce((sum, error) => sum + error, 0) / line.length);
}

export function scoreOf(sights: readonly Sight[]): Score {
  const errors = sights.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const visible = sights.filter(({ state }) => state === 'visible');
  const found = sights.find(({ error }) => error !== undefined)?.ms;
  const returns = sights.flatMap((_, i) => (isReturn(sights, i) ? [untilShown(sights, i)] : []));
  return {
    errors,
    wrong: errors.filter((error) => error > WRONG).length,
    poor: errors.filter((error) => error > GOOD).length,
    longestPoor: longest(sights, ({ error }) => error !== undefined && error > GOOD),
    fades: fadesOf(sights),
    visible: visible.length,
    shown: visible.filter(({ error }) => error !== undefined).length,
    ...(found === undefined ? {} : { found }),
    returns: returns.filter((ms) => ms !== undefined),
    neverBack: returns.filter((ms) => ms === undefined).length,
  };
}

/** The longest run of frames of which something holds, in milliseconds, a single frame for the time until the next. */
function longest(sights: readonly Sight[], holds: (sight: Sight) => boolean): number {
  const step = (sights[1]?.ms ?? 0) - (sights[0]?.ms ?? 0);
  let most = 0;
  let since: number | undefined;
  for (const sight of sights) {
    if (holds(sight)) {
      since ??= sight.ms;
      most = Math.max(most, sight.ms - since + step);
    } else since = undefined;
  }
  return most;
}

function fadesOf(sights: readonly Sight[]): number[] {
  const fades: number[] = [];
  for (let i = 1; i < sights.length; i += 1) {
    if (sights[i]?.state !== 'covered' || sights[i - 1]?.state === 'covered') continue;
    if (sights[i - 1]?.error === undefined) continue;
    const start = sights[i]?.ms ?? 0;
    const rest = sights.slice(i);
    const end = rest.find(({ state }) => state !== 'covered')?.ms ?? rest.at(-1)?.ms ?? start;
    if (end - start < FADED_MS) continue;
    const faded = rest.find(({ error }) => error === undefined)?.ms ?? end;
    fades.push(Math.min(faded, end) - start);
  }
  return fades;
}

/** True where the place comes into full view after it was covered or outside. */
function isReturn(sights: readonly Sight[], i: number): boolean {
  if (sights[i]?.state !== 'visible') return false;
  for (let k = i - 1; k >= 0; k -= 1) {
    const state = sights[k]?.state;
    if (state === 'visible') return false;
    if (state === 'covered' || state === 'outside') return true;
  }
  return false;
}

/** Milliseconds until the mark is shown; nothing if it is not before the place goes out of view again, or to the end. */
function untilShown(sights: readonly Sight[], i: number): number | undefined {
  const start = sights[i]?.ms ?? 0;
  for (const { ms, error, state } of sights.slice(i)) {
    if (error !== undefined) return ms - start;
    if (state === 'covered' || state === 'outside') return undefined;
  }
  return undefined;
}
