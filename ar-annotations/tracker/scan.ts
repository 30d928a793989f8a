import { areaScale, type Matrix3, normalise } from '../geometry/matrix.ts';
import { FINE } from './patch.ts';
import type { Level, Pyramid } from './pyramid.ts';
import type { Target } from './target.ts';

/**
 * Looks for a patch all over a frame by its grey alone, as large and as turned as it was last. A wound on plain skin has hardly a
 * corner that features could find; as a patch of grey it stands out.
 */

/** Samples on a side of what is compared. */
const SIDE = 10;
const COUNT = SIDE * SIDE;
/** Correlation from which a place is worth a look, and how many places are. */
const WORTH_A_LOOK = 0.55;
const MOST_PLACES = 2;

const wanted = new Float32Array(COUNT);
const offsets = new Int32Array(COUNT);

interface Place {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** The best places for the patch, best first. `shape` is the warp it had when it was last seen. */
export function scan(target: Target, pyramid: Pyramid, shape: Matrix3): Matrix3[] {
  const spacing = (Math.sqrt(Math.abs(areaScale(shape, 0, 0))) * 2) / SIDE;
  const n = Math.max(0, Math.min(pyramid.levels.length - 1, Math.round(Math.log2(spacing))));
  const level = pyramid.levels[n];
  if (!level || !Number.isFinite(spacing)) return [];
  const spread = prepareWanted(target.reference.patch);
  const reach = prepareOffsets(shape, 1 / (1 << n), level.width);
  const places = correlateAll(level, reach, spread);
  const found: Matrix3[] = [];
  for (const place of places) {
    const x = (place.x + 0.5) * (1 << n) - 0.5;
    const y = (place.y + 0.5) * (1 << n) - 0.5;
    const dx = x - shape[2];
    const dy = y - shape[5];
    const warp = normalise([
      shape[0] + dx * shape[6],
      shape[1] + dx * shape[7],
      x,
      shape[3] + dy * shape[6],
      shape[4] + dy * shape[7],
      y,
      shape[6],
      shape[7],
      1,
    ]);
    if (warp) found.push(warp);
  }
  return found;
}

/** Means of blocks of the patch, less their mean; answers the root of their sum of squares. */
function prepareWanted(patch: Uint8Array): number {
  const block = FINE / SIDE;
  wanted.fill(0);
  let mean = 0;
  for (let i = 0; i < patch.length; i += 1) {
    const at = Math.floor(i / FINE / block) * SIDE + Math.floor((i % FINE) / block);
    wanted[at] = (wanted[at] ?? 0) + (patch[i] ?? 0) / (block * block);
    mean += patch[i] ?? 0;
  }
  mean /= patch.length;
  let squares = 0;
  for (let i = 0; i < COUNT; i += 1) {
    wanted[i] = (wanted[i] ?? 0) - mean;
    squares += (wanted[i] ?? 0) ** 2;
  }
  return Math.sqrt(squares);
}

/** Where the samples lie on the level, from the middle of the patch; answers how far out the farthest is. */
function prepareOffsets(shape: Matrix3, scale: number, width: number): { x: number; y: number } {
  let reachX = 0;
  let reachY = 0;
  const cx = shape[2];
  const cy = shape[5];
  for (let i = 0; i < COUNT; i += 1) {
    const u = (((i % SIDE) + 0.5) * 2) / SIDE - 1;
    const v = ((Math.floor(i / SIDE) + 0.5) * 2) / SIDE - 1;
    const x = Math.round(((shape[0] - cx * shape[6]) * u + (shape[1] - cx * shape[7]) * v) * scale);
    const y = Math.round(((shape[3] - cy * shape[6]) * u + (shape[4] - cy * shape[7]) * v) * scale);
    offsets[i] = y * width + x;
    reachX = Math.max(reachX, Math.abs(x));
    reachY = Math.max(reachY, Math.abs(y));
  }
  return { x: reachX, y: reachY };
}

/** The best peaks of the correlation, no two of them within a patch's reach of each other. */
function correlateAll(level: Level, reach: { x: number; y: number }, spread: number): Place[] {
  const best: Place[] = [];
  for (let y = reach.y; y < level.height - reach.y; y += 1) {
    for (let x = reach.x; x < level.width - reach.x; x += 1) {
      const value = correlation(level.luma, y * level.width + x, spread);
      if (value < WORTH_A_LOOK) continue;
      const rival = best.findIndex((p) => Math.abs(p.x - x) <= reach.x && Math.abs(p.y - y) <= reach.y);
      if (rival >= 0 && (best[rival]?.value ?? 0) >= value) continue;
      if (rival >= 0) best.splice(rival, 1);
      best.push({ x, y, value });
      best.sort((a, b) => b.value - a.value);
      best.length = Math.min(best.length, MOST_PLACES);
    }
  }
  return best;
}

function correlation(luma: Uint8Array, at: number, spread: number): number {
  let sum = 0;
  let squares = 0;
  let product = 0;
  for (let i = 0; i < COUNT; i += 1) {
    const value = luma[at + (offsets[i] ?? 0)] ?? 0;
    sum += value;
    squares += value * value;
    product += value * (wanted[i] ?? 0);
  }
  const own = Math.max(0, squares - (sum * sum) / COUNT);
  // The last term keeps a plain place from looking like anything.
  return product / (spread * Math.sqrt(own) + 16 * COUNT);
}
