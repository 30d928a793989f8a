import { createRandom } from '../geometry/random.ts';
import type { Corners } from './corners.ts';
import type { Level, Pyramid } from './pyramid.ts';

/**
 * ORB-like features (Rublee et al. 2011): FAST corners of several scales, turned by their intensity centroid, described by 256
 * comparisons of smoothed samples. Descriptors are 8 words each, in one flat array.
 */
export interface Features {
  /** Pixels of the full frame. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly level: Uint8Array;
  readonly score: Int32Array;
  readonly words: Uint32Array;
  count: number;
}

export const WORDS = 8;
const PATTERN_RADIUS = 12;
/** Pixels of a level that a feature needs on each side: the pattern, and one for rounding. */
export const FEATURE_BORDER = PATTERN_RADIUS + 2;
const TURNS = 32;
const MOMENT_RADIUS = 8;

export function createFeatures(capacity: number): Features {
  return {
    x: new Float32Array(capacity),
    y: new Float32Array(capacity),
    level: new Uint8Array(capacity),
    score: new Int32Array(capacity),
    words: new Uint32Array(capacity * WORDS),
    count: 0,
  };
}

/** For each of 32 turns, 256 pairs of offsets (x1, y1, x2, y2). */
const PATTERN = buildPattern();

function buildPattern(): Int8Array {
  const random = createRandom(20110612);
  const spread = (): number => (random() + random() + random() - 1.5) * 1.4 * PATTERN_RADIUS;
  const base: number[] = [];
  while (base.length < 1024) {
    const [x1, y1, x2, y2] = [spread(), spread(), spread(), spread()];
    const inside = Math.hypot(x1, y1) <= PATTERN_RADIUS && Math.hypot(x2, y2) <= PATTERN_RADIUS;
    // Comparing a sample with its neighbour compares noise.
    if (inside && Math.hypot(x1 - x2, y1 - y2) >= 4) base.push(x1, y1, x2, y2);
  }
  const pattern = new Int8Array(TURNS * 1024);
  for (let turn = 0; turn < TURNS; turn += 1) {
    const c = Math.cos((turn * 2 * Math.PI) / TURNS);
    const s = Math.sin((turn * 2 * Math.PI) / TURNS);
    for (let i = 0; i < 1024; i += 2) {
      const x = base[i] ?? 0;
      const y = base[i + 1] ?? 0;
      pattern[turn * 1024 + i] = Math.round(c * x - s * y);
      pattern[turn * 1024 + i + 1] = Math.round(s * x + c * y);
    }
  }
  return pattern;
}

/** Adds the corners of one level to the features, as far as there is room. `smooth` is the level's smoothed luma. */
export function describeCorners(
  pyramid: Pyramid,
  n: number,
  corners: Corners,
  smooth: Uint8Array,
  features: Features,
): void {
  const level = pyramid.levels[n];
  if (!level) return;
  for (let i = 0; i < corners.count && features.count < features.x.length; i += 1) {
    const x = corners.x[i] ?? 0;
    const y = corners.y[i] ?? 0;
    const at = y * level.width + x;
    const turn = turnOf(level, at);
    const index = features.count;
    features.x[index] = (x + 0.5) * (1 << n) - 0.5;
    features.y[index] = (y + 0.5) * (1 << n) - 0.5;
    features.level[index] = n;
    features.score[index] = corners.score[i] ?? 0;
    writeDescriptor(smooth, level.width, at, turn, features.words, index * WORDS);
    features.count += 1;
  }
}

/** In which of the 32 directions the neighbourhood is lighter. */
function turnOf(level: Level, at: number): number {
  const { luma, width } = level;
  let mx = 0;
  let my = 0;
  for (let dy = -MOMENT_RADIUS; dy <= MOMENT_RADIUS; dy += 1) {
    const reach = Math.floor(Math.sqrt(MOMENT_RADIUS * MOMENT_RADIUS - dy * dy));
    const row = at + dy * width;
    for (let dx = -reach; dx <= reach; dx += 1) {
      const value = luma[row + dx] ?? 0;
      mx += dx * value;
      my += dy * value;
    }
  }
  const turn = Math.round((Math.atan2(my, mx) * TURNS) / (2 * Math.PI));
  return (turn + TURNS) % TURNS;
}

function writeDescriptor(
  smooth: Uint8Array,
  width: number,
  at: number,
  turn: number,
  words: Uint32Array,
  offset: number,
): void {
  let p = turn * 1024;
  for (let word = 0; word < WORDS; word += 1) {
    let bits = 0;
    for (let bit = 0; bit < 32; bit += 1, p += 4) {
      const first = smooth[at + (PATTERN[p + 1] ?? 0) * width + (PATTERN[p] ?? 0)] ?? 0;
      const second = smooth[at + (PATTERN[p + 3] ?? 0) * width + (PATTERN[p + 2] ?? 0)] ?? 0;
      if (first < second) bits |= 1 << bit;
    }
    words[offset + word] = bits >>> 0;
  }
}

/** Bits in which two descriptors differ, 0 to 256. */
export function distance(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  let total = 0;
  for (let word = 0; word < WORDS; word += 1) {
    let v = (a[i + word] ?? 0) ^ (b[j + word] ?? 0);
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    total += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return total;
}

/** Means of 5 × 5 samples, by two running sums; the border of two samples is copied. `row` is room for the width of the level. */
export function smoothLevel(level: Level, out: Uint8Array, columns: Int32Array): void {
  const { width, height, luma } = level;
  out.set(luma);
  columns.fill(0, 0, width);
  for (let y = 0; y < Math.min(4, height); y += 1) {
    for (let x = 0; x < width; x += 1) columns[x] = (columns[x] ?? 0) + (luma[y * width + x] ?? 0);
  }
  for (let y = 2; y < height - 2; y += 1) {
    for (let x = 0, i = (y + 2) * width; x < width; x += 1, i += 1) {
      columns[x] = (columns[x] ?? 0) + (luma[i] ?? 0);
    }
    let sum = (columns[0] ?? 0) + (columns[1] ?? 0) + (columns[2] ?? 0) + (columns[3] ?? 0);
    for (let x = 2, o = y * width + 2; x < width - 2; x += 1, o += 1) {
      sum += columns[x + 2] ?? 0;
      // 2622 / 65536 is a twenty-fifth.
      out[o] = (sum * 2622 + 32768) >> 16;
      sum -= columns[x - 2] ?? 0;
    }
    for (let x = 0, i = (y - 2) * width; x < width; x += 1, i += 1) {
      columns[x] = (columns[x] ?? 0) - (luma[i] ?? 0);
    }
  }
}
