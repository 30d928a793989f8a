import { apply, compose, IDENTITY, invert, type Matrix3 } from '../../geometry/matrix.ts';
import { createTracker } from '../create.ts';
import { describeFrame } from '../describe.ts';
import type { AnchorPose, GreyFrame, Region } from '../types.ts';
import { draw, type Texture, type View } from './scene.ts';

/** The box of the mark in the tests. */
export const MARK: Region = { x: 0.42, y: 0.4, width: 0.16, height: 0.2 };
/** Time between two frames, in milliseconds. */
export const FRAME_MS = 33;

/** What became of a mark in one frame. */
export interface Outcome {
  readonly state: AnchorPose['state'];
  readonly confidence: number;
  /** Distance of the worst corner of the mark from the truth, in frame widths; 0 unless held, infinite if there is no truth. */
  readonly error: number;
}

/** How a sequence is run. */
export interface Script {
  readonly texture: Texture;
  /** Frame 0 is the one the mark is made on. */
  readonly view: (frame: number) => View;
  /** Where the thing under the mark is; undefined when it is not in the picture. The view's own map unless given. */
  readonly truth?: (frame: number) => Matrix3 | undefined;
  readonly frames: number;
  readonly region?: Region;
  readonly width?: number;
  readonly height?: number;
}

/** Makes a mark on the first frame and follows it through the others. */
export function run(script: Script): Outcome[] {
  const { texture, view, frames, region = MARK, width = 320, height = 240 } = script;
  const truth = script.truth ?? ((frame: number) => view(frame).map);
  const picture = (frame: number): GreyFrame => draw(texture, { seed: frame, ...view(frame) }, width, height);
  const tracker = createTracker();
  const first = picture(0);
  if (!tracker.add('mark', describeFrame(first, region), [first])) throw new Error('the mark was refused');
  const outcomes: Outcome[] = [];
  for (let frame = 1; frame < frames; frame += 1) {
    const [pose] = tracker.track(picture(frame), frame * FRAME_MS);
    if (!pose) throw new Error('no pose');
    const { state, confidence } = pose;
    outcomes.push({
      state,
      confidence,
      error: errorOf(pose, region, truth(0), truth(frame), height / width),
    });
  }
  return outcomes;
}

/** Distance, in frame widths, of the worst corner of the box from where it should be. */
export function errorOf(
  pose: AnchorPose,
  region: Region,
  atFirst: Matrix3 | undefined,
  now: Matrix3 | undefined,
  tall: number,
): number {
  if (pose.state !== 'held' || !pose.homography) return 0;
  const back = invert(atFirst ?? IDENTITY);
  if (!now || !back) return Number.POSITIVE_INFINITY;
  const truth = compose(now, back);
  let worst = 0;
  for (const [u, v] of [
    [0.5, 0.5],
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const x = region.x + u * region.width;
    const y = region.y + v * region.height;
    const a = apply(pose.homography, x, y);
    const b = apply(truth, x, y);
    worst = Math.max(worst, Math.hypot(a.x - b.x, (a.y - b.y) * tall));
  }
  return worst;
}

/** Share of the frames in which the mark was held, of those in a range. */
export function heldShare(outcomes: readonly Outcome[], from = 0, to = outcomes.length): number {
  const part = outcomes.slice(from, to);
  return part.filter((outcome) => outcome.state === 'held').length / part.length;
}

/** The largest error of a mark that was shown. */
export function worstError(outcomes: readonly Outcome[]): number {
  return Math.max(0, ...outcomes.map((outcome) => outcome.error));
}
