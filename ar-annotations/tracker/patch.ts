import { areaScale, type Matrix3 } from '../geometry/matrix.ts';
import type { Level, Pyramid } from './pyramid.ts';

/**
 * The picture under a mark, as a square of samples. Places in it are "patch places": -1 to 1 on both axes, whatever the
 * box on the frame is like; a warp maps them to pixels of a frame (0 is the middle of the first pixel).
 */

/** Samples on a side of the fine and the coarse patch. */
export const FINE = 40;
export const COARSE = 20;
/** Half the side of the square of samples whose mean and contrast each sample is measured against. */
const CONTEXT = 5;
/** Contrast (standard deviation of luma) that counts half: below it lies noise, which must not be blown up to structure. */
const SOFT_CONTRAST = 6;

/** Samples of a patch; `seen` is 0 where the frame ends. */
export interface Patch {
  readonly side: number;
  readonly raw: Float32Array;
  readonly seen: Uint8Array;
  /** Raw samples less the mean of their surroundings, by their contrast: light and shade fall out, about -2 to 2. */
  readonly values: Float32Array;
}

export function createPatch(side: number): Patch {
  const size = side * side;
  return {
    side,
    raw: new Float32Array(size),
    seen: new Uint8Array(size),
    values: new Float32Array(size),
  };
}

/** The patch place of sample `i` of a side. */
export function placeOf(i: number, side: number): number {
  return ((i + 0.5) * 2) / side - 1;
}

/** Reads the patch that lies at `warp` from the level whose pixels are about as far apart as the samples. Answers the share seen. */
export function samplePatch(pyramid: Pyramid, warp: Matrix3, patch: Patch): number {
  const spacing = (Math.sqrt(Math.abs(areaScale(warp, 0, 0))) * 2) / patch.side;
  const wanted = Math.round(Math.log2(Math.max(spacing, 1e-3)));
  const n = Math.max(0, Math.min(pyramid.levels.length - 1, wanted));
  const level = pyramid.levels[n];
  if (!level) return 0;
  const scale = 1 / (1 << n);
  // (p + ½) · scale − ½, written into the matrix.
  const shift = 0.5 * scale - 0.5;
  const [a, b, c, d, e, f, g, h, i] = warp;
  const onLevel: Matrix3 = [
    a * scale + g * shift,
    b * scale + h * shift,
    c * scale + i * shift,
    d * scale + g * shift,
    e * scale + h * shift,
    f * scale + i * shift,
    g,
    h,
    i,
  ];
  return readSamples(level, onLevel, patch);
}

function readSamples(level: Level, warp: Matrix3, patch: Patch): number {
  const { side, raw, seen } = patch;
  const { luma, width, height } = level;
  const [a, b, c, d, e, f, g, h, i] = warp;
  const step = 2 / side;
  const first = placeOf(0, side);
  const lastX = width - 1;
  const lastY = height - 1;
  let count = 0;
  for (let row = 0, o = 0; row < side; row += 1) {
    const y = first + row * step;
    let nx = a * first + b * y + c;
    let ny = d * first + e * y + f;
    let w = g * first + h * y + i;
    for (let column = 0; column < side; column += 1, o += 1) {
      const inverse = w > 1e-9 ? 1 / w : Number.NaN;
      let px = nx * inverse;
      let py = ny * inverse;
      nx += a * step;
      ny += d * step;
      w += g * step;
      if (!(px > -0.6 && py > -0.6 && px < lastX + 0.6 && py < lastY + 0.6)) {
        seen[o] = 0;
        raw[o] = 0;
        continue;
      }
      px = px < 0 ? 0 : px > lastX - 0.001 ? lastX - 0.001 : px;
      py = py < 0 ? 0 : py > lastY - 0.001 ? lastY - 0.001 : py;
      const x0 = px | 0;
      const y0 = py | 0;
      const fx = px - x0;
      const at = y0 * width + x0;
      const upper = (luma[at] ?? 0) * (1 - fx) + (luma[at + 1] ?? 0) * fx;
      const lower = (luma[at + width] ?? 0) * (1 - fx) + (luma[at + width + 1] ?? 0) * fx;
      raw[o] = upper + (lower - upper) * (py - y0);
      seen[o] = 1;
      count += 1;
    }
  }
  return count / (side * side);
}

const softened = new Float32Array(FINE * FINE);

/**
 * Takes the finest detail out of the raw samples (1-2-1 in both directions). Where samples are far apart, detail as fine as they are
 * looks different at every shift of a fraction of a sample, and would make the same place disagree with itself.
 */
export function softenPatch(patch: Patch): void {
  const { side, raw, seen } = patch;
  for (const [step, source, target] of [
    [1, raw, softened],
    [side, softened, raw],
  ] as const) {
    for (let i = 0; i < raw.length; i += 1) {
      const value = source[i] ?? 0;
      const place = step === 1 ? i % side : Math.floor(i / side);
      const before = place > 0 && seen[i - step] === 1 ? (source[i - step] ?? 0) : value;
      const after = place < side - 1 && seen[i + step] === 1 ? (source[i + step] ?? 0) : value;
      target[i] = (before + 2 * value + after) / 4;
    }
  }
}

const stride = FINE + 1;
const sums = new Float64Array(stride * stride);
const squares = new Float64Array(stride * stride);
const counts = new Float64Array(stride * stride);

/** Fills `values` from `raw` and `seen` (summed-area tables: the cost does not depend on the surroundings' size). */
export function normalisePatch(patch: Patch): void {
  const { side, raw, seen, values } = patch;
  for (let row = 0, i = 0; row < side; row += 1) {
    let sum = 0;
    let square = 0;
    let count = 0;
    let o = (row + 1) * stride + 1;
    for (let column = 0; column < side; column += 1, i += 1, o += 1) {
      if (seen[i] === 1) {
        const value = raw[i] ?? 0;
        sum += value;
        square += value * value;
        count += 1;
      }
      sums[o] = (sums[o - stride] ?? 0) + sum;
      squares[o] = (squares[o - stride] ?? 0) + square;
      counts[o] = (counts[o - stride] ?? 0) + count;
    }
  }
  for (let row = 0, i = 0; row < side; row += 1) {
    const top = Math.max(0, row - CONTEXT) * stride;
    const bottom = Math.min(side, row + CONTEXT + 1) * stride;
    for (let column = 0; column < side; column += 1, i += 1) {
      if (seen[i] === 0) {
        values[i] = 0;
        continue;
      }
      const left = Math.max(0, column - CONTEXT);
      const right = Math.min(side, column + CONTEXT + 1);
      const count = boxSum(counts, top, bottom, left, right);
      const mean = boxSum(sums, top, bottom, left, right) / count;
      const variance = boxSum(squares, top, bottom, left, right) / count - mean * mean;
      values[i] = ((raw[i] ?? 0) - mean) / (Math.sqrt(variance > 0 ? variance : 0) + SOFT_CONTRAST);
    }
  }
}

function boxSum(table: Float64Array, top: number, bottom: number, left: number, right: number): number {
  return (
    (table[bottom + right] ?? 0) -
    (table[bottom + left] ?? 0) -
    (table[top + right] ?? 0) +
    (table[top + left] ?? 0)
  );
}
