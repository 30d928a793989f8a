import { apply, areaScale, type Matrix3 } from '../geometry/matrix.ts';
import type { Level, Pyramid } from './pyramid.ts';
import type { Rival } from './reference.ts';

/**
 * Looks in one frame for other places that look like the one at a warp. Repeated texture and twins (two electrodes) fool every
 * matcher; where there is a rival, a mark that was lost is not found again by its looks.
 */

/** Samples on a side of what is compared, about. */
const SIDE = 16;
/** Correlation from which a place is a rival at all. */
export const RIVAL = 0.7;

/**
 * The rivals of the box round `warp`. `reach` bounds the search to so many sides of the box in each direction (the whole frame when
 * infinite): the cost grows with its square.
 */
export function findRivals(pyramid: Pyramid, warp: Matrix3, reach: number): Rival {
  const side = 2 * Math.sqrt(Math.abs(areaScale(warp, 0, 0)));
  const n = Math.max(0, Math.min(pyramid.levels.length - 1, Math.round(Math.log2(side / SIDE))));
  const level = pyramid.levels[n];
  const middle = apply(warp, 0, 0);
  const none = { likeness: 0, distance: 1 };
  if (!level || !Number.isFinite(middle.x) || !Number.isFinite(side)) return none;
  const scale = 1 / (1 << n);
  const size = Math.round(Math.min(side * scale, level.width / 2, level.height / 2));
  const left = clamp(Math.round((middle.x + 0.5) * scale - size / 2), level.width - size);
  const top = clamp(Math.round((middle.y + 0.5) * scale - size / 2), level.height - size);
  if (size < 6) return none;
  const span = Number.isFinite(reach) ? Math.round(reach * size) : Math.max(level.width, level.height);
  const surface = correlate(level, left, top, size, span);
  return strongest(surface, left, top, level.width);
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

interface Surface {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** Correlation of the box at (left, top) with the boxes round it. */
function correlate(level: Level, left: number, top: number, size: number, span: number): Surface {
  const x0 = Math.max(0, left - span);
  const y0 = Math.max(0, top - span);
  const columns = Math.min(level.width - size, left + span) - x0 + 1;
  const rows = Math.min(level.height - size, top + span) - y0 + 1;
  const values = new Float32Array(columns * rows);
  const box = new Float32Array(size * size);
  const spread = cutBox(level, left, top, size, box);
  for (let row = 0, o = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, o += 1) {
      values[o] = correlation(level, x0 + column, y0 + row, size, box, spread);
    }
  }
  return { left: x0, top: y0, columns, rows, values };
}

/** Copies a box less its mean; answers the square root of its sum of squares. */
function cutBox(level: Level, left: number, top: number, size: number, box: Float32Array): number {
  let mean = 0;
  for (let y = 0, o = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1, o += 1) {
      box[o] = level.luma[(top + y) * level.width + left + x] ?? 0;
      mean += box[o] ?? 0;
    }
  }
  mean /= size * size;
  let square = 0;
  for (let i = 0; i < box.length; i += 1) {
    box[i] = (box[i] ?? 0) - mean;
    square += (box[i] ?? 0) ** 2;
  }
  return Math.sqrt(square);
}

function correlation(
  level: Level,
  left: number,
  top: number,
  size: number,
  box: Float32Array,
  spread: number,
): number {
  let sum = 0;
  let square = 0;
  let product = 0;
  for (let y = 0, o = 0; y < size; y += 1) {
    for (let x = 0, i = (top + y) * level.width + left; x < size; x += 1, i += 1, o += 1) {
      const value = level.luma[i] ?? 0;
      sum += value;
      square += value * value;
      product += value * (box[o] ?? 0);
    }
  }
  const variance = square - (sum * sum) / (size * size);
  return product / (spread * Math.sqrt(Math.max(0, variance)) + size * size);
}

/** The peaks of the surface other than the place itself. */
function strongest(surface: Surface, left: number, top: number, width: number): Rival {
  const { columns, rows, values } = surface;
  let likeness = 0;
  let distance = 1;
  for (let row = 1; row < rows - 1; row += 1) {
    for (let column = 1, i = row * columns + 1; column < columns - 1; column += 1, i += 1) {
      const value = values[i] ?? 0;
      if (value <= likeness && value < RIVAL) continue;
      const away = Math.hypot(surface.left + column - left, surface.top + row - top);
      if (away < 2 || !isPeak(values, i, columns)) continue;
      likeness = Math.max(likeness, value);
      if (value >= RIVAL) distance = Math.min(distance, away / width);
    }
  }
  return { likeness, distance };
}

function isPeak(values: Float32Array, i: number, columns: number): boolean {
  const value = values[i] ?? 0;
  for (let dy = -columns; dy <= columns; dy += columns) {
    for (let dx = -1; dx <= 1; dx += 1) if ((values[i + dy + dx] ?? 0) > value) return false;
  }
  return true;
}
