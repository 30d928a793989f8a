import { eigenSymmetric, solveSymmetric } from './linear.ts';
import { compose, invert, type Matrix3, normalise } from './matrix.ts';

/**
 * Least-squares maps from pairs of places. Pairs lie in flat arrays, x and y in turn; `picks` names the pairs to use (all of the
 * first `count` numbers of it). Every fit first moves both sides to mean 0 and mean distance √2 (Hartley 1997, "In defense of the
 * eight-point algorithm"), without which the sums lose their digits.
 */
export interface Pairs {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** A fit: undefined where the places do not determine the map. */
export type Fit = (pairs: Pairs, picks: ArrayLike<number>, count: number) => Matrix3 | undefined;

/** The move and scale that bring the picked places to mean 0 and mean distance √2; undefined if they are all one place. */
function conditioner(places: Float64Array, picks: ArrayLike<number>, count: number): Matrix3 | undefined {
  let mx = 0;
  let my = 0;
  for (let k = 0; k < count; k += 1) {
    const i = 2 * (picks[k] ?? 0);
    mx += places[i] ?? 0;
    my += places[i + 1] ?? 0;
  }
  mx /= count;
  my /= count;
  let distance = 0;
  for (let k = 0; k < count; k += 1) {
    const i = 2 * (picks[k] ?? 0);
    distance += Math.hypot((places[i] ?? 0) - mx, (places[i + 1] ?? 0) - my);
  }
  distance /= count;
  if (!(distance > 1e-9)) return undefined;
  const s = Math.SQRT2 / distance;
  return [s, 0, -s * mx, 0, s, -s * my, 0, 0, 1];
}

/** Adds `row · rowᵀ` to the n × n matrix. */
function addOuter(matrix: Float64Array, row: Float64Array, n: number): void {
  for (let i = 0; i < n; i += 1) {
    const ri = row[i] ?? 0;
    if (ri === 0) continue;
    for (let j = 0; j < n; j += 1) matrix[i * n + j] = (matrix[i * n + j] ?? 0) + ri * (row[j] ?? 0);
  }
}

/** Homography of at least 4 pairs by the normalised direct linear transform; undefined for places in a line and the like. */
export const fitHomography: Fit = (pairs, picks, count) => {
  if (count < 4) return undefined;
  const a = conditioner(pairs.from, picks, count);
  const b = conditioner(pairs.to, picks, count);
  const back = b && invert(b);
  if (!a || !b || !back) return undefined;
  const normal = new Float64Array(81);
  const row = new Float64Array(9);
  for (let k = 0; k < count; k += 1) {
    const i = 2 * (picks[k] ?? 0);
    const x = a[0] * (pairs.from[i] ?? 0) + a[2];
    const y = a[4] * (pairs.from[i + 1] ?? 0) + a[5];
    const u = b[0] * (pairs.to[i] ?? 0) + b[2];
    const v = b[4] * (pairs.to[i + 1] ?? 0) + b[5];
    row.set([x, y, 1, 0, 0, 0, -u * x, -u * y, -u]);
    addOuter(normal, row, 9);
    row.set([0, 0, 0, x, y, 1, -v * x, -v * y, -v]);
    addOuter(normal, row, 9);
  }
  const { values, vectors } = eigenSymmetric(normal, 9);
  const order = [...values.keys()].sort((p, q) => (values[p] ?? 0) - (values[q] ?? 0));
  const least = order[0] ?? 0;
  // A second direction without error means that many homographies fit: the places do not determine it.
  if (!((values[order[1] ?? 0] ?? 0) > 1e-7 * (values[order[8] ?? 0] ?? 0))) return undefined;
  const at = (i: number): number => vectors[i * 9 + least] ?? 0;
  const inner: Matrix3 = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8)];
  const result = normalise(compose(back, compose(inner, a)));
  return result && invert(result) ? result : undefined;
};

/** Affine map of at least 3 pairs. */
export const fitAffine: Fit = (pairs, picks, count) => {
  if (count < 3) return undefined;
  const a = conditioner(pairs.from, picks, count);
  if (!a) return undefined;
  const moments = new Float64Array(9);
  const xs = new Float64Array(3);
  const ys = new Float64Array(3);
  const row = new Float64Array(3);
  for (let k = 0; k < count; k += 1) {
    const i = 2 * (picks[k] ?? 0);
    row[0] = a[0] * (pairs.from[i] ?? 0) + a[2];
    row[1] = a[4] * (pairs.from[i + 1] ?? 0) + a[5];
    row[2] = 1;
    addOuter(moments, row, 3);
    for (let j = 0; j < 3; j += 1) {
      xs[j] = (xs[j] ?? 0) + (row[j] ?? 0) * (pairs.to[i] ?? 0);
      ys[j] = (ys[j] ?? 0) + (row[j] ?? 0) * (pairs.to[i + 1] ?? 0);
    }
  }
  // Places in a line leave one direction open. 1e-4 is a strip a hundred times as long as it is wide.
  const spread = (moments[0] ?? 0) * (moments[4] ?? 0) - (moments[1] ?? 0) ** 2;
  if (!(spread > 1e-4 * ((moments[0] ?? 0) + (moments[4] ?? 0)) ** 2)) return undefined;
  const copy = moments.slice();
  if (!solveSymmetric(moments, xs, 3) || !solveSymmetric(copy, ys, 3)) return undefined;
  const inner: Matrix3 = [xs[0] ?? 0, xs[1] ?? 0, xs[2] ?? 0, ys[0] ?? 0, ys[1] ?? 0, ys[2] ?? 0, 0, 0, 1];
  const result = compose(inner, a);
  return invert(result) ? result : undefined;
};

/** Turn, even scale and move of at least 2 pairs; never mirrors (Umeyama 1991 in the plane). */
export const fitSimilarity: Fit = (pairs, picks, count) => {
  if (count < 2) return undefined;
  const a = conditioner(pairs.from, picks, count);
  if (!a) return undefined;
  let [c, s, mu, mv, norm] = [0, 0, 0, 0, 0];
  for (let k = 0; k < count; k += 1) {
    const i = 2 * (picks[k] ?? 0);
    const x = a[0] * (pairs.from[i] ?? 0) + a[2];
    const y = a[4] * (pairs.from[i + 1] ?? 0) + a[5];
    const u = pairs.to[i] ?? 0;
    const v = pairs.to[i + 1] ?? 0;
    c += x * u + y * v;
    s += x * v - y * u;
    mu += u;
    mv += v;
    norm += x * x + y * y;
  }
  if (!(norm > 1e-9) || Math.hypot(c, s) < 1e-9 * norm) return undefined;
  c /= norm;
  s /= norm;
  return compose([c, -s, mu / count, s, c, mv / count, 0, 0, 1], a);
};
