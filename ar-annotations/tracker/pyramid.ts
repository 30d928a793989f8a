import type { GreyFrame } from './types.ts';

/** One picture of a pyramid. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

/** The frame and ever smaller halves of it; level `n` has one sample for `2ⁿ` pixels. */
export interface Pyramid {
  readonly width: number;
  readonly height: number;
  readonly levels: readonly Level[];
}

/** Fewest rows or columns of the smallest level: below that there is nothing to follow. */
const SMALLEST = 20;
const MOST_LEVELS = 4;
/** Smallest and largest frame the tracker takes, in pixels on a side. */
export const MIN_SIDE = 32;
export const MAX_SIDE = 2048;

/** True for a frame whose numbers agree with each other and with what the tracker takes. */
export function isUsable(frame: GreyFrame): boolean {
  const { width, height, luma } = frame;
  const sideFits = (side: number): boolean => Number.isInteger(side) && side >= MIN_SIDE && side <= MAX_SIDE;
  return sideFits(width) && sideFits(height) && luma.length >= width * height;
}

/** Room for the pyramid of frames of one size, to be filled again and again. */
export function createPyramid(width: number, height: number): Pyramid {
  const levels: Level[] = [];
  let w = width;
  let h = height;
  while (levels.length < MOST_LEVELS && (levels.length === 0 || Math.min(w, h) >= SMALLEST)) {
    levels.push({ width: w, height: h, luma: new Uint8Array(w * h) });
    w >>= 1;
    h >>= 1;
  }
  return { width, height, levels };
}

/** Fills the pyramid from a frame of its size. */
export function fillPyramid(pyramid: Pyramid, frame: GreyFrame): void {
  const base = pyramid.levels[0];
  if (!base) return;
  base.luma.set(
    frame.luma.length === base.luma.length ? frame.luma : frame.luma.subarray(0, base.luma.length),
  );
  for (let i = 1; i < pyramid.levels.length; i += 1) {
    const above = pyramid.levels[i - 1];
    const level = pyramid.levels[i];
    if (above && level) halve(above, level);
  }
}

/** A pyramid of its own for one frame. */
export function pyramidOf(frame: GreyFrame): Pyramid {
  const pyramid = createPyramid(frame.width, frame.height);
  fillPyramid(pyramid, frame);
  return pyramid;
}

/** Each sample is the rounded mean of the four below it: sample (x, y) lies at (2x + ½, 2y + ½) of the level below. */
function halve(from: Level, to: Level): void {
  const source = from.luma;
  const target = to.luma;
  const stride = from.width;
  let out = 0;
  for (let y = 0; y < to.height; y += 1) {
    let i = 2 * y * stride;
    for (let x = 0; x < to.width; x += 1) {
      const sum =
        (source[i] ?? 0) + (source[i + 1] ?? 0) + (source[i + stride] ?? 0) + (source[i + stride + 1] ?? 0);
      target[out] = (sum + 2) >> 2;
      out += 1;
      i += 2;
    }
  }
}
