import { fitHomography, fitSimilarity } from '../geometry/fit.ts';
import { apply, compose, type Matrix3, normalise } from '../geometry/matrix.ts';
import { findConsensus } from '../geometry/ransac.ts';
import { createCorners, detectCorners } from './corners.ts';
import { checkBackward, followForward } from './flow.ts';
import type { Pyramid } from './pyramid.ts';
import type { Target } from './target.ts';

/** Estimates how things moved between two frames. Only a guess comes of it: the patch has the last word. */
export interface MotionEstimator {
  /** How most of the picture moved, in pixels; undefined when it cannot be told (a cut, a blurred frame, a plain wall). */
  ofFrame(earlier: Pyramid, later: Pyramid): Matrix3 | undefined;
  /**
   * How the patch that lay at `warp` in the earlier frame moved. `guess` is how the picture moved. Undefined when too few of its
   * points could be followed.
   */
  ofPatch(
    target: Target,
    warp: Matrix3,
    earlier: Pyramid,
    later: Pyramid,
    guess: Matrix3 | undefined,
  ): Matrix3 | undefined;
}

const CAPACITY = 96;
/** Fewest points that make a motion of the frame, and of a patch. */
const FRAME_POINTS = 8;
const PATCH_POINTS = 3;
/** Largest distance of a point from the common motion, in pixels. */
const FRAME_SLACK = 2;
const PATCH_SLACK = 1.5;
const BACK_SLACK = 1.5;

export function createMotionEstimator(): MotionEstimator {
  const corners = createCorners(CAPACITY);
  const from = new Float64Array(2 * CAPACITY);
  const to = new Float64Array(2 * CAPACITY);
  const alive = new Uint8Array(CAPACITY);

  /** Moves the living pairs together at the front. */
  const pack = (count: number): number => {
    let kept = 0;
    for (let i = 0; i < count; i += 1) {
      if (alive[i] === 0) continue;
      from.copyWithin(2 * kept, 2 * i, 2 * i + 2);
      to.copyWithin(2 * kept, 2 * i, 2 * i + 2);
      kept += 1;
    }
    return kept;
  };

  return {
    ofFrame(earlier, later) {
      const n = Math.min(1, earlier.levels.length - 1);
      const level = earlier.levels[n];
      if (!level) return undefined;
      detectCorners(level, { cell: 24, perCell: 1, border: 8, threshold: 12 }, corners);
      for (let i = 0; i < corners.count; i += 1) {
        from[2 * i] = ((corners.x[i] ?? 0) + 0.5) * (1 << n) - 0.5;
        from[2 * i + 1] = ((corners.y[i] ?? 0) + 0.5) * (1 << n) - 0.5;
        alive[i] = 1;
      }
      to.set(from);
      followForward(earlier, later, from, to, alive, corners.count);
      const count = pack(corners.count);
      if (count < FRAME_POINTS) return undefined;
      const options = { solve: fitSimilarity, sample: 2, threshold: 2 * FRAME_SLACK, rounds: 60, seed: 1 };
      const rough = findConsensus({ from, to }, count, options);
      if (!rough || rough.inliers.length < Math.max(FRAME_POINTS, 0.4 * count)) return undefined;
      if (rough.inliers.length < 16) return rough.map;
      return fitHomography({ from, to }, rough.inliers, rough.inliers.length) ?? rough.map;
    },

    ofPatch(target, warp, earlier, later, guess) {
      const total = target.points.length / 2;
      let count = 0;
      for (let i = 0; i < total; i += 1) {
        const a = apply(warp, target.points[2 * i] ?? 0, target.points[2 * i + 1] ?? 0);
        if (!(a.x >= 0 && a.y >= 0 && a.x < earlier.width && a.y < earlier.height)) continue;
        const b = guess ? apply(guess, a.x, a.y) : a;
        from[2 * count] = a.x;
        from[2 * count + 1] = a.y;
        to[2 * count] = b.x;
        to[2 * count + 1] = b.y;
        alive[count] = 1;
        count += 1;
      }
      followForward(earlier, later, from, to, alive, count);
      checkBackward(earlier, later, from, to, alive, count, BACK_SLACK);
      const living = pack(count);
      if (living < PATCH_POINTS) return undefined;
      const options = { solve: fitSimilarity, sample: 2, threshold: PATCH_SLACK, rounds: 40, seed: 2 };
      const consensus = findConsensus({ from, to }, living, options);
      return consensus && consensus.inliers.length >= PATCH_POINTS ? consensus.map : undefined;
    },
  };
}

/** The warp after a motion; undefined if it is not a warp any more. */
export function moved(motion: Matrix3, warp: Matrix3): Matrix3 | undefined {
  return normalise(compose(motion, warp));
}
