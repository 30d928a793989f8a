/** Small dense linear algebra on flat arrays, in place where that saves garbage in every frame. */

/**
 * Solves the symmetric positive system `a · x = b` by Cholesky; `a` (n × n, row-major) is overwritten by its factor and `b` by the answer.
 * Answers false, with both in an unknown state, when the matrix is not clearly positive.
 */
export function solveSymmetric(a: Float64Array, b: Float64Array, n: number): boolean {
  return factorise(a, n) && substitute(a, b, n);
}

/** Turns a symmetric positive matrix into its lower Cholesky factor; false when it has none. */
export function factorise(a: Float64Array, n: number): boolean {
  for (let column = 0; column < n; column += 1) {
    const original = a[column * n + column] ?? 0;
    let pivot = original;
    for (let k = 0; k < column; k += 1) pivot -= (a[column * n + k] ?? 0) ** 2;
    if (!(pivot > 1e-12 * original) || !(original > 0)) return false;
    const root = Math.sqrt(pivot);
    a[column * n + column] = root;
    for (let row = column + 1; row < n; row += 1) {
      let sum = a[row * n + column] ?? 0;
      for (let k = 0; k < column; k += 1) sum -= (a[row * n + k] ?? 0) * (a[column * n + k] ?? 0);
      a[row * n + column] = sum / root;
    }
  }
  return true;
}

/** Puts the answer of the factorised system into `b`. False if it is not finite. */
export function substitute(factor: Float64Array, b: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row += 1) {
    let sum = b[row] ?? 0;
    for (let k = 0; k < row; k += 1) sum -= (factor[row * n + k] ?? 0) * (b[k] ?? 0);
    b[row] = sum / (factor[row * n + row] ?? 1);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    let sum = b[row] ?? 0;
    for (let k = row + 1; k < n; k += 1) sum -= (factor[k * n + row] ?? 0) * (b[k] ?? 0);
    b[row] = sum / (factor[row * n + row] ?? 1);
    if (!Number.isFinite(b[row])) return false;
  }
  return true;
}

/** The eigenvectors (columns, row-major) and eigenvalues of a symmetric matrix. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Cyclic Jacobi: slow and exact, which suits a 9 × 9 a few times in a second. `a` is overwritten. */
export function eigenSymmetric(a: Float64Array, n: number): Eigen {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 30; sweep += 1) {
    let off = 0;
    let on = 0;
    for (let p = 0; p < n; p += 1) {
      on += (a[p * n + p] ?? 0) ** 2;
      for (let q = p + 1; q < n; q += 1) off += (a[p * n + q] ?? 0) ** 2;
    }
    if (off <= 1e-26 * on) break;
    for (let p = 0; p < n - 1; p += 1) {
      for (let q = p + 1; q < n; q += 1) rotate(a, vectors, n, p, q);
    }
  }
  const values = new Float64Array(n);
  for (let i = 0; i < n; i += 1) values[i] = a[i * n + i] ?? 0;
  return { values, vectors };
}

/** One Jacobi rotation that makes `a[p][q]` zero. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q] ?? 0;
  if (apq === 0) return;
  const theta = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k += 1) {
    const kp = a[k * n + p] ?? 0;
    const kq = a[k * n + q] ?? 0;
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k += 1) {
    const pk = a[p * n + k] ?? 0;
    const qk = a[q * n + k] ?? 0;
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const vp = vectors[k * n + p] ?? 0;
    const vq = vectors[k * n + q] ?? 0;
    vectors[k * n + p] = c * vp - s * vq;
    vectors[k * n + q] = s * vp + c * vq;
  }
}
