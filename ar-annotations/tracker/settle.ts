import { apply, areaScale, type Matrix3 } from '../geometry/matrix.ts';
import { createJudge, type Judge } from './agreement.ts';
import { type Aligner, createAligner } from './align.ts';
import type { Pyramid } from './pyramid.ts';
import type { Target } from './target.ts';
import type { Evidence } from './verdict.ts';

/** Takes a guess of where the patch is, moves it to where the frame looks most like the patch, and says how well it agrees there. */
export interface Settler {
  /** Undefined when no place is found or its shape is absurd. `steps` bounds the work on the coarse scale; 0 for a guess that is close. */
  settle(target: Target, pyramid: Pyramid, guess: Matrix3, steps: number): Settlement | undefined;
}

export interface Settlement {
  readonly warp: Matrix3;
  readonly evidence: Evidence;
}

const FINE_STEPS = 3;
/** Share of the patch that agrees from which nothing is in the way, and below which a second look is wasted. */
const CLEAN = 0.9;
const HOPELESS = 0.25;
/** Mean correlation of a picture that is not blurred. */
const CLEAR = 0.9;
/** Largest change of an area against the reference, either way, and of the ratio of its sides. */
const MOST_AREA = 16;
const MOST_STRETCH = 3.5;

export function createSettler(): Settler {
  const aligner: Aligner = createAligner();
  const judge: Judge = createJudge();

  /** Coarse, then fine, then judged. */
  const attempt = (
    target: Target,
    pyramid: Pyramid,
    guess: Matrix3,
    steps: number,
    gate?: Float32Array,
  ): Settlement | undefined => {
    const box = target.layout.coreInPatch;
    const rough =
      steps > 0 ? aligner.align(target.coarse, pyramid, guess, { steps, box, gate })?.warp : guess;
    if (!rough || !isSane(target, rough, pyramid.width)) return undefined;
    const close = aligner.align(target.fine, pyramid, rough, { steps: FINE_STEPS, box, gate });
    if (!close || !isSane(target, close.warp, pyramid.width)) return undefined;
    const agreement = judge.judge(target, pyramid, close.warp);
    // What is covered, and a blur, may hide an error that the rest cannot know of.
    const doubt = (2 - agreement.core) * (1 + 2 * Math.max(0, CLEAR - agreement.likeness));
    const deviation = (close.deviation / pyramid.width) * doubt;
    return { warp: close.warp, evidence: { ...agreement, deviation } };
  };

  return {
    settle(target, pyramid, guess, steps) {
      const first = attempt(target, pyramid, guess, steps);
      if (!first || first.evidence.patch > CLEAN || first.evidence.patch < HOPELESS) return first;
      // Something covers a part or moves by itself: once more from the guess, with only those parts that agreed.
      const again = attempt(target, pyramid, guess, steps, judge.gate.slice());
      return again && again.evidence.core >= first.evidence.core ? again : undefined;
    },
  };
}

/** Whether a box on a plane could look like this: not mirrored, not folded, neither tiny nor huge nor a line. */
function isSane(target: Target, warp: Matrix3, width: number): boolean {
  const { patch } = target.layout;
  const { reference } = target;
  const zoom = width / reference.width;
  const restX = (patch.width / 2) * reference.width * zoom;
  const restY = (patch.height / 2) * reference.height * zoom;
  for (const [x, y] of CORNERS) {
    const area = areaScale(warp, x, y) / (restX * restY);
    if (!(area > 1 / MOST_AREA && area < MOST_AREA)) return false;
  }
  const middle = apply(warp, 0, 0);
  const right = apply(warp, 0.5, 0);
  const below = apply(warp, 0, 0.5);
  const a = (right.x - middle.x) / restX;
  const b = (below.x - middle.x) / restY;
  const c = (right.y - middle.y) / restX;
  const d = (below.y - middle.y) / restY;
  // Singular values of the local shape.
  const total = a * a + b * b + c * c + d * d;
  const det = a * d - b * c;
  const root = Math.sqrt(Math.max(0, total * total - 4 * det * det));
  return (total + root) / Math.max(1e-12, total - root) < MOST_STRETCH * MOST_STRETCH;
}

const CORNERS: readonly (readonly [number, number])[] = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
];
