import { factorise, substitute } from '../geometry/linear.ts';
import { compose, type Matrix3, normalise } from '../geometry/matrix.ts';
import { createPatch, normalisePatch, placeOf, samplePatch } from './patch.ts';
import type { Pyramid } from './pyramid.ts';
import { gradients, type Template } from './target.ts';

/**
 * Moves a warp until the frame under it looks like the template: efficient second-order minimisation (Benhimane and Malis 2004)
 * of the difference of contrast-normalised samples, samples that do not fit counting less. Frame after frame this is done against
 * the reference itself, so that errors do not add up.
 */
export interface Aligner {
  /** At most `steps` steps. Undefined when the frame does not determine the place or the warp runs away. */
  align(template: Template, pyramid: Pyramid, warp: Matrix3, steps: number): Alignment | undefined;
}

export interface Alignment {
  readonly warp: Matrix3;
  /** Standard deviation of where the corners of the core lie, in pixels, from what is left unexplained; the largest of them. */
  readonly deviation: number;
}

const SIZE = 8;
/** A difference this many times the usual one counts half. */
const TOLERANCE = 1.5;
const LEAST_TOLERANCE = 0.2;
/** What keeps the eight numbers from following noise, as shares of the information there is: shape less freely than place. */
const DAMPING = [0.01, 0.01, 1e-4, 0.01, 0.01, 1e-4, 0.05, 0.05];
/** Neighbouring samples err together: so many of them are worth one. */
const CORRELATED = 6;

export function createAligner(): Aligner {
  const patches = new Map<number, Room>();
  const roomOf = (side: number): Room => {
    const room = patches.get(side) ?? createRoom(side);
    patches.set(side, room);
    return room;
  };
  return {
    align(template, pyramid, start, steps) {
      const room = roomOf(template.side);
      let warp = start;
      for (let step = 0; step < steps; step += 1) {
        if (samplePatch(pyramid, warp, room.patch) < 0.3) return undefined;
        normalisePatch(room.patch);
        if (!improve(template, room)) return undefined;
        const next = normalise(compose(warp, increment(room.delta)));
        if (!next) return undefined;
        warp = next;
        if (largestMove(room.delta) < 0.15 / template.side) break;
      }
      return { warp, deviation: deviationOf(room, warp) };
    },
  };
}

interface Room {
  readonly patch: ReturnType<typeof createPatch>;
  readonly gradX: Float32Array;
  readonly gradY: Float32Array;
  readonly difference: Float32Array;
  readonly normal: Float64Array;
  readonly delta: Float64Array;
  /** Variance of a sample, in the units of the values. */
  variance: number;
}

function createRoom(side: number): Room {
  return {
    patch: createPatch(side),
    gradX: new Float32Array(side * side),
    gradY: new Float32Array(side * side),
    difference: new Float32Array(side * side),
    normal: new Float64Array(SIZE * SIZE),
    delta: new Float64Array(SIZE),
    variance: 0,
  };
}

function increment(d: Float64Array): Matrix3 {
  const [a = 0, b = 0, c = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = d;
  return [1 + a, b, c, e, 1 + f, g, h, i, 1];
}

/** How far the step moves a corner of the patch at most, about. */
function largestMove(d: Float64Array): number {
  let total = 0;
  for (let i = 0; i < SIZE; i += 1) total += Math.abs(d[i] ?? 0);
  return total;
}

/** One step: `delta` receives the eight numbers of the increment, `normal` the Cholesky factor. False if undetermined. */
function improve(template: Template, room: Room): boolean {
  const tolerance = Math.max(LEAST_TOLERANCE, TOLERANCE * spreadOf(template, room));
  gradients(room.patch.values, template.side, room.gradX, room.gradY);
  room.normal.fill(0);
  room.delta.fill(0);
  accumulate(template, room, tolerance);
  const { normal, delta } = room;
  for (let i = 0; i < SIZE; i += 1) {
    for (let j = 0; j < i; j += 1) normal[i * SIZE + j] = normal[j * SIZE + i] ?? 0;
    normal[i * SIZE + i] = (normal[i * SIZE + i] ?? 0) * (1 + (DAMPING[i] ?? 0)) + 1e-6;
  }
  return factorise(normal, SIZE) && substitute(normal, delta, SIZE);
}

/** Fills `difference` and answers its mean size. */
function spreadOf(template: Template, room: Room): number {
  const { values, weight } = template;
  const { difference, patch } = room;
  let total = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const d = (values[i] ?? 0) - (patch.values[i] ?? 0);
    difference[i] = d;
    if (patch.seen[i] === 0) continue;
    const w = weight[i] ?? 0;
    total += w * Math.abs(d);
    count += w;
  }
  return count > 0 ? total / count : 0;
}

/** Sums the normal equations over the samples. */
function accumulate(template: Template, room: Room, tolerance: number): void {
  const { side, weight } = template;
  const { patch, difference, normal, delta } = room;
  const row = jacobian;
  const soft = 1 / (tolerance * tolerance);
  let squares = 0;
  let share = 0;
  for (let v = 1; v < side - 1; v += 1) {
    const y = placeOf(v, side);
    for (let u = 1, i = v * side + 1; u < side - 1; u += 1, i += 1) {
      if (patch.seen[i] === 0) continue;
      const gx = ((template.gradX[i] ?? 0) + (room.gradX[i] ?? 0)) / 2;
      const gy = ((template.gradY[i] ?? 0) + (room.gradY[i] ?? 0)) / 2;
      const d = difference[i] ?? 0;
      const damp = 1 / (1 + d * d * soft);
      const w = (weight[i] ?? 0) * damp * damp;
      squares += w * d * d;
      share += w;
      const x = placeOf(u, side);
      const along = gx * x + gy * y;
      row[0] = gx * x;
      row[1] = gx * y;
      row[2] = gx;
      row[3] = gy * x;
      row[4] = gy * y;
      row[5] = gy;
      row[6] = -x * along;
      row[7] = -y * along;
      for (let a = 0; a < SIZE; a += 1) {
        const wa = w * (row[a] ?? 0);
        delta[a] = (delta[a] ?? 0) + wa * d;
        for (let b = a; b < SIZE; b += 1)
          normal[a * SIZE + b] = (normal[a * SIZE + b] ?? 0) + wa * (row[b] ?? 0);
      }
    }
  }
  room.variance = share > 0 ? squares / share : 0;
}

const jacobian = new Float64Array(SIZE);
const solution = new Float64Array(SIZE);
/** Where the uncertainty is asked for, in patch places: the middle and near the corners of the core. */
const PROBES = [0, 0, -0.6, -0.6, 0.6, -0.6, -0.6, 0.6, 0.6, 0.6];

/** The largest standard deviation, in pixels of the frame, of the probes. */
function deviationOf(room: Room, warp: Matrix3): number {
  let worst = 0;
  for (let k = 0; k < PROBES.length; k += 2) {
    const x = PROBES[k] ?? 0;
    const y = PROBES[k + 1] ?? 0;
    const w = warp[6] * x + warp[7] * y + warp[8];
    const px = (warp[0] * x + warp[1] * y + warp[2]) / w;
    const py = (warp[3] * x + warp[4] * y + warp[5]) / w;
    const alongX = spread(room, x, y, (warp[0] - px * warp[6]) / w, (warp[1] - px * warp[7]) / w);
    const alongY = spread(room, x, y, (warp[3] - py * warp[6]) / w, (warp[4] - py * warp[7]) / w);
    worst = Math.max(worst, alongX + alongY);
  }
  return Math.sqrt(worst * room.variance * CORRELATED);
}

/** Variance, for a sample variance of 1, of `cx · δx + cy · δy` where (δx, δy) is how far the patch place (x, y) moves. */
function spread(room: Room, x: number, y: number, cx: number, cy: number): number {
  const along = cx * x + cy * y;
  jacobian.set([cx * x, cx * y, cx, cy * x, cy * y, cy, -x * along, -y * along]);
  solution.set(jacobian);
  if (!substitute(room.normal, solution, SIZE)) return Number.POSITIVE_INFINITY;
  let total = 0;
  for (let i = 0; i < SIZE; i += 1) total += (jacobian[i] ?? 0) * (solution[i] ?? 0);
  return total;
}
