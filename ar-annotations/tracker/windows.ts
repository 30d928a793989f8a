import type { Template } from './target.ts';

/** Samples on a side of a window. */
export const WINDOW = 8;

/** What one window of a template finds at its place in a frame. */
export interface WindowMatch {
  /** Normalised correlation, -1 to 1. */
  correlation: number;
  /** How much the template shows there: 0 for plain, 1 for full of contrast. */
  weight: number;
  /** How far away, in patch places, the window seems to fit better. */
  off: number;
}

/** Contrast (mean square of the values) below which a window holds nothing but noise, and from which it counts in full. */
const PLAIN = 0.06;
const FULL = 0.4;

/** Compares the window whose first sample is `start`; `values` is the frame's patch, as large as the template. */
export function compareWindows(
  template: Template,
  values: Float32Array,
  start: number,
  out: WindowMatch,
): void {
  const { side, values: known } = template;
  let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row += 1) {
    for (let i = start + row * side, end = i + WINDOW; i < end; i += 1) {
      const a = known[i] ?? 0;
      const b = values[i] ?? 0;
      sa += a;
      sb += b;
      aa += a * a;
      bb += b * b;
      ab += a * b;
    }
  }
  const n = WINDOW * WINDOW;
  const varA = aa / n - (sa / n) ** 2;
  const varB = bb / n - (sb / n) ** 2;
  const covariance = ab / n - (sa * sb) / (n * n);
  out.weight = Math.min(1, Math.max(0, (varA - PLAIN) / (FULL - PLAIN)));
  out.correlation = covariance / Math.sqrt(varA * varB + 1e-4);
  const gain = Math.min(2, Math.max(0.5, covariance / (varB + 1e-4)));
  out.off = out.weight > 0 ? offset(template, values, start, gain, sa / n - (gain * sb) / n) : 0;
}

/** One Lucas-Kanade step of the window alone; along an edge, where nothing can be told, it says 0. */
function offset(template: Template, values: Float32Array, start: number, gain: number, bias: number): number {
  const { side, values: known, gradX, gradY } = template;
  let [xx, xy, yy, ex, ey] = [0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row += 1) {
    for (let i = start + row * side, end = i + WINDOW; i < end; i += 1) {
      const gx = gradX[i] ?? 0;
      const gy = gradY[i] ?? 0;
      const d = (known[i] ?? 0) - gain * (values[i] ?? 0) - bias;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
      ex += gx * d;
      ey += gy * d;
    }
  }
  const ridge = 0.1 * (xx + yy) + 1e-6;
  const a = xx + ridge;
  const c = yy + ridge;
  const det = a * c - xy * xy;
  return Math.hypot(c * ex - xy * ey, a * ey - xy * ex) / det;
}
