/**
 * Row-major 3 × 3 matrices acting on places of the plane (homogeneous coordinates). Small immutable tuples: there are only some tens of
 * them in a frame, and what is in them never changes behind anyone's back.
 */

/** Row-major 3 × 3 matrix. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** A place, in whatever unit both sides of a matrix agree on. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** The map that does `right` first and then `left`. */
export function compose(left: Matrix3, right: Matrix3): Matrix3 {
  const [a, b, c, d, e, f, g, h, i] = left;
  const [j, k, l, m, n, o, p, q, r] = right;
  return [
    a * j + b * m + c * p,
    a * k + b * n + c * q,
    a * l + b * o + c * r,
    d * j + e * m + f * p,
    d * k + e * n + f * q,
    d * l + e * o + f * r,
    g * j + h * m + i * p,
    g * k + h * n + i * q,
    g * l + h * o + i * r,
  ];
}

export function determinant(m: Matrix3): number {
  const [a, b, c, d, e, f, g, h, i] = m;
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** The way back, or undefined where there is none (the determinant is nothing beside the size of the numbers). */
export function invert(m: Matrix3): Matrix3 | undefined {
  const [a, b, c, d, e, f, g, h, i] = m;
  const det = determinant(m);
  const size = Math.hypot(...m);
  if (!Number.isFinite(det) || size === 0 || Math.abs(det) < 1e-14 * size ** 3) return undefined;
  const s = 1 / det;
  return [
    (e * i - f * h) * s,
    (c * h - b * i) * s,
    (b * f - c * e) * s,
    (f * g - d * i) * s,
    (a * i - c * g) * s,
    (c * d - a * f) * s,
    (d * h - e * g) * s,
    (b * g - a * h) * s,
    (a * e - b * d) * s,
  ];
}

/** The same map with a last number of 1, or undefined if that number is 0 or anything is not finite. */
export function normalise(m: Matrix3): Matrix3 | undefined {
  const last = m[8];
  if (Math.abs(last) < 1e-12) return undefined;
  const s = 1 / last;
  const result: Matrix3 = [m[0] * s, m[1] * s, m[2] * s, m[3] * s, m[4] * s, m[5] * s, m[6] * s, m[7] * s, 1];
  return result.every(Number.isFinite) ? result : undefined;
}

/** Where the map puts a place. A place that the map sends to infinity or behind the viewer comes back as NaN. */
export function apply(m: Matrix3, x: number, y: number): Point {
  const w = m[6] * x + m[7] * y + m[8];
  if (w < 1e-9) return { x: Number.NaN, y: Number.NaN };
  return { x: (m[0] * x + m[1] * y + m[2]) / w, y: (m[3] * x + m[4] * y + m[5]) / w };
}

/** Stretches by `sx`, `sy`, then moves by `tx`, `ty`. */
export function scaling(sx: number, sy: number, tx = 0, ty = 0): Matrix3 {
  return [sx, 0, tx, 0, sy, ty, 0, 0, 1];
}

/** How much the map enlarges an area at a place; negative where it mirrors. */
export function areaScale(m: Matrix3, x: number, y: number): number {
  const w = m[6] * x + m[7] * y + m[8];
  return determinant(m) / (w * w * w);
}
