import { areaScale, type Matrix3 } from '../geometry/matrix.ts';
import { createPatch, FINE, normalisePatch, samplePatch, softenPatch } from './patch.ts';
import type { Pyramid } from './pyramid.ts';
import type { Target } from './target.ts';
import { compareWindows, WINDOW, type WindowMatch } from './windows.ts';

/**
 * How well the frame agrees, window by window, with what lay under the mark. Windows overlap; each counts by how much there is to
 * see in it, so that a plain window neither speaks for a place nor against it. What is out of the frame does not agree.
 */
export interface Agreement {
  /** Share of the core's windows that agree, 0 to 1. */
  readonly core: number;
  /** The same for the middle of the core alone. */
  readonly inner: number;
  /** The same for the whole patch. */
  readonly patch: number;
  /** Mean correlation of the core's windows that agree, 0 to 1. */
  readonly likeness: number;
  /** How much there is to see in the core: 1 where every window is full of contrast, 0 on a plain wall. */
  readonly structure: number;
}

const STRIDE = 4;
const WINDOWS = (FINE - WINDOW) / STRIDE + 1;
/** Correlation from which a window agrees. */
const AGREES = 0.6;
/** How far a window that agrees may seem to be off, in frame widths and in samples: more is another thing that moves by itself. */
const OFF_WIDTHS = 0.006;
const OFF_SAMPLES = 1.2;
/** The middle of the core, as a share of its sides. */
const INNER = 0.6;

export interface Judge {
  judge(target: Target, pyramid: Pyramid, warp: Matrix3): Agreement;
  /** For each sample of the fine patch judged last, the share of the windows round it that agreed. */
  readonly gate: Float32Array;
}

export function createJudge(): Judge {
  const patch = createPatch(FINE);
  const gate = new Float32Array(FINE * FINE);
  const cover = new Float32Array(FINE * FINE);
  const match: WindowMatch = { correlation: 0, weight: 0, off: 0 };
  return {
    gate,
    judge(target, pyramid, warp) {
      samplePatch(pyramid, warp, patch);
      if (target.fine.soft) softenPatch(patch);
      normalisePatch(patch);
      gate.fill(0);
      cover.fill(0);
      // Half a side of the patch in frame widths; `off` is in patch places.
      const half = Math.sqrt(Math.abs(areaScale(warp, 0, 0))) / pyramid.width;
      const mostOff = Math.min(OFF_WIDTHS / half, (OFF_SAMPLES * 2) / FINE);
      const tally = createTally(target);
      for (let row = 0; row < WINDOWS; row += 1) {
        for (let column = 0; column < WINDOWS; column += 1) {
          const at = row * STRIDE * FINE + column * STRIDE;
          compareWindows(target.fine, patch.values, at, match);
          const agrees = match.correlation >= AGREES && match.off <= mostOff;
          count(tally, row, column, match, agrees);
          stamp(cover, at, 1);
          if (agrees) stamp(gate, at, 1);
        }
      }
      for (let i = 0; i < gate.length; i += 1) gate[i] = (gate[i] ?? 0) / (cover[i] ?? 1);
      return resultOf(tally);
    },
  };
}

function stamp(map: Float32Array, at: number, value: number): void {
  for (let row = 0; row < WINDOW; row += 1) {
    for (let i = at + row * FINE, end = i + WINDOW; i < end; i += 1) map[i] = (map[i] ?? 0) + value;
  }
}

/** Sums over the windows. `far` of a window is its distance from the middle of the core, 1 at the core's border. */
interface Tally {
  readonly cx: number;
  readonly cy: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  core: number;
  coreAll: number;
  inner: number;
  innerAll: number;
  patch: number;
  patchAll: number;
  likeness: number;
  windows: number;
}

function createTally(target: Target): Tally {
  const { x, y, width, height } = target.layout.coreInPatch;
  return {
    cx: x + width / 2,
    cy: y + height / 2,
    halfWidth: width / 2,
    halfHeight: height / 2,
    core: 0,
    coreAll: 0,
    inner: 0,
    innerAll: 0,
    patch: 0,
    patchAll: 0,
    likeness: 0,
    windows: 0,
  };
}

function count(tally: Tally, row: number, column: number, match: WindowMatch, agrees: boolean): void {
  const x = ((column * STRIDE + WINDOW / 2) * 2) / FINE - 1;
  const y = ((row * STRIDE + WINDOW / 2) * 2) / FINE - 1;
  const far = Math.max(Math.abs(x - tally.cx) / tally.halfWidth, Math.abs(y - tally.cy) / tally.halfHeight);
  const agreed = agrees ? match.weight : 0;
  tally.patch += agreed;
  tally.patchAll += match.weight;
  if (far > 1) return;
  tally.windows += 1;
  tally.core += agreed;
  tally.coreAll += match.weight;
  tally.likeness += agreed * match.correlation;
  if (far > INNER) return;
  tally.inner += agreed;
  tally.innerAll += match.weight;
}

function resultOf(tally: Tally): Agreement {
  const share = (part: number, all: number): number => (all > 0.01 ? part / all : 0);
  const core = share(tally.core, tally.coreAll);
  return {
    core,
    // A plain middle has nothing to say: its surroundings speak for it.
    inner: tally.innerAll > 0.02 * tally.coreAll ? share(tally.inner, tally.innerAll) : core,
    patch: share(tally.patch, tally.patchAll),
    likeness: share(tally.likeness, tally.core),
    structure: tally.windows > 0 ? tally.coreAll / tally.windows : 0,
  };
}
