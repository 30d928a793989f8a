import type { Level } from './pyramid.ts';

/** Corners of one level, strongest of their neighbourhood, in flat arrays that are filled again and again. */
export interface Corners {
  readonly x: Int16Array;
  readonly y: Int16Array;
  readonly score: Int32Array;
  count: number;
}

export function createCorners(capacity: number): Corners {
  return {
    x: new Int16Array(capacity),
    y: new Int16Array(capacity),
    score: new Int32Array(capacity),
    count: 0,
  };
}

/** How corners are chosen. */
export interface CornerOptions {
  /** Side of the squares that each give at most `perCell` corners, so that one busy corner of the picture does not take all. */
  readonly cell: number;
  readonly perCell: number;
  /** Pixels left free along the border. */
  readonly border: number;
  /** Difference of luma that counts. */
  readonly threshold: number;
}

const RING_X = [0, 1, 2, 3, 3, 3, 2, 1, 0, -1, -2, -3, -3, -3, -2, -1];
const RING_Y = [-3, -3, -2, -1, 0, 1, 2, 3, 3, 3, 2, 1, 0, -1, -2, -3];
/** Neighbours in a row that must all be lighter, or all darker, than the middle. */
const ARC = 9;

/** For each pattern of ring pixels that differ, whether `ARC` of them stand in a row. */
const ARC_TABLE = buildArcTable();

function buildArcTable(): Uint8Array {
  const table = new Uint8Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    let run = 0;
    for (let i = 0; i < 16 + ARC - 1 && run < ARC; i += 1) run = (bits >> (i & 15)) & 1 ? run + 1 : 0;
    if (run >= ARC) table[bits] = 1;
  }
  return table;
}

const ring = new Int32Array(16);

/**
 * FAST-9 corners (Rosten and Drummond 2006), the best of each square of a grid. Fills `corners` and answers how many there are;
 * no more than its capacity.
 */
export function detectCorners(level: Level, options: CornerOptions, corners: Corners): number {
  const { cell, border } = options;
  for (let i = 0; i < 16; i += 1) ring[i] = (RING_Y[i] ?? 0) * level.width + (RING_X[i] ?? 0);
  corners.count = 0;
  const edge = Math.max(4, border);
  for (let top = edge; top < level.height - edge; top += cell) {
    for (let left = edge; left < level.width - edge; left += cell) {
      const bottom = Math.min(top + cell, level.height - edge);
      const right = Math.min(left + cell, level.width - edge);
      detectInCell(level, left, top, right, bottom, options, corners);
    }
  }
  return corners.count;
}

function detectInCell(
  level: Level,
  left: number,
  top: number,
  right: number,
  bottom: number,
  options: CornerOptions,
  corners: Corners,
): void {
  const { luma, width } = level;
  const { threshold, perCell } = options;
  const start = corners.count;
  const far = 3 * width;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left, at = y * width + left; x < right; x += 1, at += 1) {
      const centre = luma[at] ?? 0;
      const high = centre + threshold;
      const low = centre - threshold;
      const north = luma[at - far] ?? 0;
      const south = luma[at + far] ?? 0;
      // Nine in a row always hold one of two opposite neighbours, on either axis: most pixels end here.
      const mayBeDark = north > high || south > high;
      const mayBeLight = north < low || south < low;
      if (!mayBeDark && !mayBeLight) continue;
      const east = luma[at + 3] ?? 0;
      const west = luma[at - 3] ?? 0;
      if (!((mayBeDark && (east > high || west > high)) || (mayBeLight && (east < low || west < low))))
        continue;
      const score = cornerScore(luma, at, threshold);
      if (score > 0) keepBest(corners, start, perCell, x, y, score);
    }
  }
}

/** 0 for no corner, else the sum of the differences beyond the threshold on the stronger side. */
function cornerScore(luma: Uint8Array, at: number, threshold: number): number {
  const centre = luma[at] ?? 0;
  const high = centre + threshold;
  const low = centre - threshold;
  let lighter = 0;
  let darker = 0;
  let up = 0;
  let down = 0;
  for (let i = 0; i < 16; i += 1) {
    const value = luma[at + (ring[i] ?? 0)] ?? 0;
    if (value > high) {
      lighter |= 1 << i;
      up += value - high;
    } else if (value < low) {
      darker |= 1 << i;
      down += low - value;
    }
  }
  if (ARC_TABLE[lighter] === 1) return up;
  return ARC_TABLE[darker] === 1 ? down : 0;
}

/** Keeps the `perCell` strongest of those from `start` on, no two of them within 3 pixels. */
function keepBest(
  corners: Corners,
  start: number,
  perCell: number,
  x: number,
  y: number,
  score: number,
): void {
  let slot = -1;
  let weakest = Number.POSITIVE_INFINITY;
  for (let i = start; i < corners.count; i += 1) {
    const other = corners.score[i] ?? 0;
    if (Math.abs((corners.x[i] ?? 0) - x) <= 3 && Math.abs((corners.y[i] ?? 0) - y) <= 3) {
      if (other >= score) return;
      slot = i;
      weakest = -1;
    } else if (other < weakest) {
      weakest = other;
      slot = i;
    }
  }
  if (weakest !== -1 && corners.count - start < perCell && corners.count < corners.x.length) {
    slot = corners.count;
    corners.count += 1;
  } else if (slot < 0 || weakest >= score) {
    return;
  }
  corners.x[slot] = x;
  corners.y[slot] = y;
  corners.score[slot] = score;
}
