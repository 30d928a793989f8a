import type { Matrix3 } from '../geometry/matrix.ts';
import { createPatch, FINE, normalisePatch, samplePatch } from './patch.ts';
import type { Pyramid } from './pyramid.ts';
import type { Target } from './target.ts';

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

const WINDOW = 8;
const STRIDE = 4;
const WINDOWS = (FINE - WINDOW) / STRIDE + 1;
/** Correlation from which a window agrees. */
const AGREES = 0.6;
/** Contrast (mean square of the values) below which a window holds nothing but noise, and from which it counts in full. */
const PLAIN = 0.06;
const FULL = 0.4;
/** The middle of the core, as a share of its sides. */
const INNER = 0.6;

export function createJudge(): (target: Target, pyramid: Pyramid, warp: Matrix3) => Agreement {
  const patch = createPatch(FINE);
  return (target, pyramid, warp) => {
    samplePatch(pyramid, warp, patch);
    normalisePatch(patch);
    return judge(target, patch.values);
  };
}

function judge(target: Target, values: Float32Array): Agreement {
  const { x, y, width, height } = target.layout.coreInPatch;
  const cx = x + width / 2;
  const cy = y + height / 2;
  let [core, coreAll, inner, innerAll, patch, patchAll, likeness, count] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOWS; row += 1) {
    for (let column = 0; column < WINDOWS; column += 1) {
      const at = row * STRIDE * FINE + column * STRIDE;
      compare(target.fine.values, values, at);
      const dx = Math.abs(((column * STRIDE + WINDOW / 2) * 2) / FINE - 1 - cx) / (width / 2);
      const dy = Math.abs(((row * STRIDE + WINDOW / 2) * 2) / FINE - 1 - cy) / (height / 2);
      const far = Math.max(dx, dy);
      const weight = compared.weight;
      const agreed = compared.correlation >= AGREES ? weight : 0;
      patch += agreed;
      patchAll += weight;
      if (far > 1) continue;
      count += 1;
      core += agreed;
      coreAll += weight;
      likeness += agreed * compared.correlation;
      if (far > INNER) continue;
      inner += agreed;
      innerAll += weight;
    }
  }
  const share = (part: number, all: number): number => (all > 0.01 ? part / all : 0);
  return {
    core: share(core, coreAll),
    inner: innerAll > 0.01 * coreAll ? share(inner, innerAll) : share(core, coreAll),
    patch: share(patch, patchAll),
    likeness: share(likeness, core),
    structure: count > 0 ? coreAll / count : 0,
  };
}

const compared = { correlation: 0, weight: 0 };

/** Correlation of two windows that start at sample `start`, and how much the first has to show. */
function compare(a: Float32Array, b: Float32Array, start: number): void {
  let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row += 1) {
    for (let column = 0, i = start + row * FINE; column < WINDOW; column += 1, i += 1) {
      const va = a[i] ?? 0;
      const vb = b[i] ?? 0;
      sa += va;
      sb += vb;
      aa += va * va;
      bb += vb * vb;
      ab += va * vb;
    }
  }
  const n = WINDOW * WINDOW;
  const varA = aa / n - (sa / n) ** 2;
  const varB = bb / n - (sb / n) ** 2;
  compared.weight = Math.min(1, Math.max(0, (varA - PLAIN) / (FULL - PLAIN)));
  compared.correlation = (ab / n - (sa * sb) / (n * n)) / Math.sqrt(varA * varB + 1e-4);
}
