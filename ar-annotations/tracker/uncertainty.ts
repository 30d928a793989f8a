import { factorise, substitute } from '../geometry/linear.ts';
import type { Matrix3 } from '../geometry/matrix.ts';
import type { Region } from './types.ts';

/** How well an alignment is determined by what took part in it. */

/** The numbers of an increment of an alignment: see `increment` in align.ts. */
export const SIZE = 8;
/** Neighbouring samples err together: so many of them are worth one. */
const CORRELATED = 6;
/** The little that is always known about shape (not about place), in units of information per variance: nobody's head jumps that much. */
const PRIOR = [1, 1, 0, 1, 1, 0, 1, 1];
const PRIOR_WEIGHT = 25;

const factor = new Float64Array(SIZE * SIZE);
const row = new Float64Array(SIZE);
const solution = new Float64Array(SIZE);

/**
 * The largest standard deviation, in pixels, of the middle and the corners of a box (patch places). `information` is the undamped
 * 8 × 8 sum of the alignment, `variance` that of one sample. Infinite when something is not determined at all.
 */
export function deviationOf(information: Float64Array, variance: number, warp: Matrix3, box: Region): number {
  const noise = (variance + 1e-3) * CORRELATED;
  factor.set(information);
  for (let i = 0; i < SIZE; i += 1) {
    const at = i * SIZE + i;
    factor[at] = (factor[at] ?? 0) * (1 + 1e-6) + (PRIOR[i] ?? 0) * PRIOR_WEIGHT * noise;
  }
  if (!factorise(factor, SIZE)) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [along, down] of PROBES) {
    const x = box.x + along * box.width;
    const y = box.y + down * box.height;
    const w = warp[6] * x + warp[7] * y + warp[8];
    const px = (warp[0] * x + warp[1] * y + warp[2]) / w;
    const py = (warp[3] * x + warp[4] * y + warp[5]) / w;
    const alongX = spread(x, y, (warp[0] - px * warp[6]) / w, (warp[1] - px * warp[7]) / w);
    const alongY = spread(x, y, (warp[3] - py * warp[6]) / w, (warp[4] - py * warp[7]) / w);
    worst = Math.max(worst, alongX + alongY);
  }
  return Math.sqrt(worst * noise);
}

const PROBES: readonly (readonly [number, number])[] = [
  [0.5, 0.5],
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
];

/** Variance, for a sample variance of 1, of `cx · δx + cy · δy` where (δx, δy) is how far the patch place (x, y) moves. */
function spread(x: number, y: number, cx: number, cy: number): number {
  const along = cx * x + cy * y;
  row.set([cx * x, cx * y, cx, cy * x, cy * y, cy, -x * along, -y * along]);
  solution.set(row);
  if (!substitute(factor, solution, SIZE)) return Number.POSITIVE_INFINITY;
  let total = 0;
  for (let i = 0; i < SIZE; i += 1) total += (row[i] ?? 0) * (solution[i] ?? 0);
  return total;
}
