import type { Level, Pyramid } from './pyramid.ts';

/**
 * Pyramidal Lucas-Kanade (Bouguet 2001, "Pyramidal implementation of the Lucas Kanade feature tracker"): where a small window of
 * the earlier frame is in the later one. Places are in pixels of the full frame, x and y in turn.
 */

const RADIUS = 4;
const SIDE = 2 * RADIUS + 1;
const PADDED = SIDE + 2;
const STEPS = 7;
/** Smallest mean eigenvalue of the gradients (luma² per pixel²) that can be followed: below it is noise or a plain wall. */
const LEAST_STRUCTURE = 4;
/** Largest mean difference of luma, after the mean is taken away, of a window that is still the same. */
const MOST_RESIDUAL = 28;

const padded = new Float32Array(PADDED * PADDED);
const block = new Float32Array(SIDE * SIDE);
const gradX = new Float32Array(SIDE * SIDE);
const gradY = new Float32Array(SIDE * SIDE);
const found = new Float64Array(2);

/**
 * Follows `count` places from `earlier` to `later`. `to` holds the first guesses and receives the answers; `alive[i]` becomes 0
 * for a place that could not be followed (and places already 0 are skipped). Answers how many live on.
 */
export function followForward(
  earlier: Pyramid,
  later: Pyramid,
  from: Float64Array,
  to: Float64Array,
  alive: Uint8Array,
  count: number,
): number {
  let living = 0;
  for (let i = 0; i < count; i += 1) {
    if (alive[i] === 0) continue;
    const ok = followOne(
      earlier,
      later,
      from[2 * i] ?? 0,
      from[2 * i + 1] ?? 0,
      to[2 * i] ?? 0,
      to[2 * i + 1] ?? 0,
    );
    alive[i] = ok ? 1 : 0;
    if (!ok) continue;
    to[2 * i] = found[0] ?? 0;
    to[2 * i + 1] = found[1] ?? 0;
    living += 1;
  }
  return living;
}

/**
 * Drops the places that do not come back to where they started when followed in reverse (Kalal et al. 2010, "Forward-backward error").
 * `slack` is the largest distance in pixels. Answers how many live on.
 */
export function checkBackward(
  earlier: Pyramid,
  later: Pyramid,
  from: Float64Array,
  to: Float64Array,
  alive: Uint8Array,
  count: number,
  slack: number,
): number {
  let living = 0;
  for (let i = 0; i < count; i += 1) {
    if (alive[i] === 0) continue;
    const x = from[2 * i] ?? 0;
    const y = from[2 * i + 1] ?? 0;
    const ok = followOne(later, earlier, to[2 * i] ?? 0, to[2 * i + 1] ?? 0, x, y);
    alive[i] = ok && Math.hypot((found[0] ?? 0) - x, (found[1] ?? 0) - y) <= slack ? 1 : 0;
    living += alive[i] ?? 0;
  }
  return living;
}

/** Follows one place from the coarsest level down; the answer is in `found`. */
function followOne(
  earlier: Pyramid,
  later: Pyramid,
  x: number,
  y: number,
  guessX: number,
  guessY: number,
): boolean {
  let dx = guessX - x;
  let dy = guessY - y;
  let ok = false;
  for (let n = earlier.levels.length - 1; n >= 0; n -= 1) {
    const a = earlier.levels[n];
    const b = later.levels[n];
    if (!a || !b) continue;
    const scale = 1 / (1 << n);
    // The middle of pixel 0 of a level is ½ sample in: the same shift on the way down as in `halve`.
    const px = (x + 0.5) * scale - 0.5;
    const py = (y + 0.5) * scale - 0.5;
    found[0] = px + dx * scale;
    found[1] = py + dy * scale;
    ok = followOnLevel(a, b, px, py);
    if (!ok) continue;
    dx = ((found[0] ?? 0) - px) / scale;
    dy = ((found[1] ?? 0) - py) / scale;
  }
  found[0] = x + dx;
  found[1] = y + dy;
  return ok;
}

/** Moves `found` to where the window round (px, py) of `a` is in `b`; false if it cannot be told. */
function followOnLevel(a: Level, b: Level, px: number, py: number): boolean {
  if (!cut(a, px - RADIUS - 1, py - RADIUS - 1, PADDED, padded)) return false;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  let mean = 0;
  for (let row = 0, i = 0; row < SIDE; row += 1) {
    let p = (row + 1) * PADDED + 1;
    for (let column = 0; column < SIDE; column += 1, i += 1, p += 1) {
      const gx = ((padded[p + 1] ?? 0) - (padded[p - 1] ?? 0)) / 2;
      const gy = ((padded[p + PADDED] ?? 0) - (padded[p - PADDED] ?? 0)) / 2;
      gradX[i] = gx;
      gradY[i] = gy;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
      mean += padded[p] ?? 0;
      block[i] = padded[p] ?? 0;
    }
  }
  const least = (xx + yy - Math.sqrt((xx - yy) ** 2 + 4 * xy * xy)) / 2 / (SIDE * SIDE);
  if (least < LEAST_STRUCTURE) return false;
  mean /= SIDE * SIDE;
  for (let i = 0; i < SIDE * SIDE; i += 1) block[i] = (block[i] ?? 0) - mean;
  return iterate(b, xx, xy, yy);
}

/** The Gauss-Newton steps of one level. The mean of the window is left out, so that a change of light does not pull. */
function iterate(b: Level, xx: number, xy: number, yy: number): boolean {
  const inverse = 1 / (xx * yy - xy * xy);
  let fx = found[0] ?? 0;
  let fy = found[1] ?? 0;
  let residual = 0;
  for (let step = 0; step < STEPS; step += 1) {
    if (!cut(b, fx - RADIUS, fy - RADIUS, SIDE, padded)) return false;
    let mean = 0;
    for (let i = 0; i < SIDE * SIDE; i += 1) mean += padded[i] ?? 0;
    mean /= SIDE * SIDE;
    let ex = 0;
    let ey = 0;
    residual = 0;
    for (let i = 0; i < SIDE * SIDE; i += 1) {
      const difference = (block[i] ?? 0) - ((padded[i] ?? 0) - mean);
      ex += difference * (gradX[i] ?? 0);
      ey += difference * (gradY[i] ?? 0);
      residual += Math.abs(difference);
    }
    const mx = (yy * ex - xy * ey) * inverse;
    const my = (xx * ey - xy * ex) * inverse;
    fx += mx;
    fy += my;
    if (mx * mx + my * my < 0.0009) break;
  }
  found[0] = fx;
  found[1] = fy;
  return residual / (SIDE * SIDE) < MOST_RESIDUAL;
}

/** Copies a square whose first sample is at (x, y), between the pixels; false if it leaves the picture. */
function cut(level: Level, x: number, y: number, side: number, out: Float32Array): boolean {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  if (!(x0 >= 0 && y0 >= 0 && x0 + side < level.width && y0 + side < level.height)) return false;
  const fx = x - x0;
  const fy = y - y0;
  const a = (1 - fx) * (1 - fy);
  const b = fx * (1 - fy);
  const c = (1 - fx) * fy;
  const d = fx * fy;
  const { luma, width } = level;
  for (let row = 0, o = 0; row < side; row += 1) {
    let i = (y0 + row) * width + x0;
    for (let column = 0; column < side; column += 1, o += 1, i += 1) {
      out[o] =
        a * (luma[i] ?? 0) +
        b * (luma[i + 1] ?? 0) +
        c * (luma[i + width] ?? 0) +
        d * (luma[i + width + 1] ?? 0);
    }
  }
  return true;
}
