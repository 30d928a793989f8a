/**
 * Motion of the camera between two pictures: shift, turn, zoom and a change of exposure, found on the whole picture by
 * Gauss-Newton with weights that leave out what moves by itself (Tukey). The second picture is then brought onto the first.
 */
import { contrast, type Plane, type Pyramid, sample } from './frames.ts';

/** From the first picture to the second, about the middle, in pixels of the finest level. */
export interface CameraMotion {
  readonly x: number;
  readonly y: number;
  /** Zoom less 1, and turn in radians. */
  readonly zoom: number;
  readonly turn: number;
  /** Second = first × (1 + gain) + offset. */
  readonly gain: number;
  readonly offset: number;
  /** Share of the pixels that follow it, 0 to 1: low means another scene. */
  readonly agreed: number;
}

const PARAMETERS = 6;
const ITERATIONS = 4;
const LEAST_SCALE = 2;
/** A pixel follows the motion when what is left of its difference is less than this share of the contrast, or just noise. */
const FOLLOWS_SHARE = 0.3;
const FOLLOWS_GREY = 3;

export function cameraMotion(first: Pyramid, second: Pyramid): CameraMotion {
  // zoom, turn, x, y, gain, offset, in pixels of the level at hand.
  let found = [0, 0, 0, 0, 0, 0];
  let agreed = 0;
  for (const level of [2, 1]) {
    const a = first[level];
    const b = second[level];
    if (!a || !b) continue;
    const step = level === 1 ? 2 : 1;
    const follows = Math.max(FOLLOWS_GREY, FOLLOWS_SHARE * contrast(a));
    for (let i = 0; i < ITERATIONS; i += 1) ({ found, agreed } = refine(a, b, found, { step, follows }));
    const [zoom = 0, turn = 0, x = 0, y = 0, gain = 0, offset = 0] = found;
    found = [zoom, turn, x * 2, y * 2, gain, offset];
  }
  const [zoom = 0, turn = 0, x = 0, y = 0, gain = 0, offset = 0] = found;
  return { zoom, turn, x, y, gain, offset, agreed };
}

function refine(
  a: Plane,
  b: Plane,
  now: number[],
  { step, follows }: { readonly step: number; readonly follows: number },
): { found: number[]; agreed: number } {
  const scale = Math.max(LEAST_SCALE, 1.5 * meanDifference(a, b, now, step));
  const normal = new Float64Array(PARAMETERS * (PARAMETERS + 1));
  const [zoom = 0, turn = 0, tx = 0, ty = 0, gain = 0, offset = 0] = now;
  const row = new Float64Array(PARAMETERS);
  const { width: w, height: h, data } = a;
  let all = 0;
  let inside = 0;
  for (let y = 1; y < h - 1; y += step) {
    for (let x = 1; x < w - 1; x += step) {
      const dx = x - w / 2;
      const dy = y - h / 2;
      const toX = x + tx + zoom * dx - turn * dy;
      const toY = y + ty + turn * dx + zoom * dy;
      if (toX < 0 || toY < 0 || toX > w - 1 || toY > h - 1) continue;
      const i = y * w + x;
      const value = data[i] ?? 0;
      const error = sample(b, toX, toY) - value * (1 + gain) - offset;
      all += 1;
      if (Math.abs(error) < follows) inside += 1;
      const ratio = error / (2.5 * scale);
      if (Math.abs(ratio) >= 1) continue;
      const gx = ((data[i + 1] ?? 0) - (data[i - 1] ?? 0)) / 2;
      const gy = ((data[i + w] ?? 0) - (data[i - w] ?? 0)) / 2;
      row[0] = gx * dx + gy * dy;
      row[1] = gy * dx - gx * dy;
      row[2] = gx;
      row[3] = gy;
      row[4] = -value;
      row[5] = -1;
      add(normal, row, error, (1 - ratio * ratio) ** 2);
    }
  }
  const change = solve(normal);
  return { found: now.map((value, i) => value - (change[i] ?? 0)), agreed: all === 0 ? 0 : inside / all };
}

function meanDifference(a: Plane, b: Plane, now: number[], step: number): number {
  const [zoom = 0, turn = 0, tx = 0, ty = 0, gain = 0, offset = 0] = now;
  let sum = 0;
  let count = 1;
  for (let y = 1; y < a.height - 1; y += step * 2) {
    for (let x = 1; x < a.width - 1; x += step * 2) {
      const dx = x - a.width / 2;
      const dy = y - a.height / 2;
      const value = sample(b, x + tx + zoom * dx - turn * dy, y + ty + turn * dx + zoom * dy);
      sum += Math.abs(value - (a.data[y * a.width + x] ?? 0) * (1 + gain) - offset);
      count += 1;
    }
  }
  return sum / count;
}

/** Adds one weighted row to the normal equations, kept as rows of seven: matrix and right side. */
function add(normal: Float64Array, row: Float64Array, error: number, weight: number): void {
  for (let i = 0; i < PARAMETERS; i += 1) {
    const left = (row[i] ?? 0) * weight;
    const base = i * (PARAMETERS + 1);
    for (let j = i; j < PARAMETERS; j += 1) normal[base + j] = (normal[base + j] ?? 0) + left * (row[j] ?? 0);
    normal[base + PARAMETERS] = (normal[base + PARAMETERS] ?? 0) + left * error;
  }
}

/** Solves the symmetric system by elimination; a little is added to the diagonal, so that an empty picture gives no motion. */
function solve(normal: Float64Array): number[] {
  const n = PARAMETERS;
  const m = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n + 1 }, (_, j) => normal[(j < i ? j : i) * (n + 1) + (j < i ? i : j)] ?? 0),
  );
  for (const [i, row] of m.entries()) row[i] = (row[i] ?? 0) * 1.0001 + 1e-3;
  for (const [i, pivot] of m.entries()) {
    for (const row of m.slice(i + 1)) {
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      for (let j = i; j <= n; j += 1) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i -= 1) {
    let sum = m[i]?.[n] ?? 0;
    for (let j = i + 1; j < n; j += 1) sum -= (m[i]?.[j] ?? 0) * (solution[j] ?? 0);
    solution[i] = sum / (m[i]?.[i] ?? 1);
  }
  return solution;
}

/** The second picture as the first camera would have seen it; outside of it, the first picture itself. */
export function steadied(first: Plane, second: Plane, motion: CameraMotion): Plane {
  const { width: w, height: h } = first;
  const { zoom, turn, gain, offset } = motion;
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y += 1) {
    const dy = y - h / 2;
    for (let x = 0; x < w; x += 1) {
      const dx = x - w / 2;
      const toX = x + motion.x + zoom * dx - turn * dy;
      const toY = y + motion.y + turn * dx + zoom * dy;
      const outside = toX < 0 || toY < 0 || toX > w - 1 || toY > h - 1;
      const i = y * w + x;
      out[i] = outside ? (first.data[i] ?? 0) : (sample(second, toX, toY) - offset) / (1 + gain);
    }
  }
  return { width: w, height: h, data: out };
}
