import { factorise, substitute } from '../geometry/linear.ts';
import { compose, type Matrix3, normalise } from '../geometry/matrix.ts';
import { createPatch, FINE, normalisePatch, type Patch, placeOf, samplePatch, softenPatch } from './patch.ts';
import type { Pyramid } from './pyramid.ts';
import { gradients, type Template } from './target.ts';
import type { Region } from './types.ts';
import { deviationOf, SIZE } from './uncertainty.ts';

/**
 * Moves a warp until the frame under it looks like the template: efficient second-order minimisation (Benhimane and Malis 2004)
 * of the difference of contrast-normalised samples, samples that do not fit counting less. Frame after frame this is done against
 * the reference itself, so that errors do not add up.
 */
export interface Aligner {
  /** Undefined when the frame does not determine the place or the warp runs away. */
  align(template: Template, pyramid: Pyramid, warp: Matrix3, options: AlignOptions): Alignment | undefined;
}

export interface AlignOptions {
  /** Most steps taken. */
  readonly steps: number;
  /** Mutes samples: a factor for each sample of the fine patch. */
  readonly gate?: Float32Array;
  /** The box, in patch places, whose corners the uncertainty is asked for. */
  readonly box: Region;
}

export interface Alignment {
  readonly warp: Matrix3;
  /** Standard deviation of the corners of the box, in pixels; the largest of them. */
  readonly deviation: number;
}

/** A difference this many times the usual one counts a quarter. */
const TOLERANCE = 1.5;
const LEAST_TOLERANCE = 0.2;
/** Change of the value from sample to sample below which a sample says nothing about the place. */
const FLAT = 0.06;
/** What keeps the eight numbers from following noise, as shares of the information there is: shape less freely than place. */
const DAMPING = [0.01, 0.01, 1e-4, 0.01, 0.01, 1e-4, 0.05, 0.05];
/** When a part is muted, what is left must not bend the covered rest: the shape stays nearer to the guess. */
const GATED_DAMPING = [0.3, 0.3, 1e-4, 0.3, 0.3, 1e-4, 4, 4];

export function createAligner(): Aligner {
  const rooms = new Map<number, Room>();
  return {
    align(template, pyramid, start, { steps, gate, box }) {
      const room = rooms.get(template.side) ?? createRoom(template.side);
      rooms.set(template.side, room);
      prepare(room, template, gate);
      let warp = start;
      for (let step = 0; step < steps; step += 1) {
        if (samplePatch(pyramid, warp, room.patch) < 0.3) return undefined;
        if (template.soft) softenPatch(room.patch);
        normalisePatch(room.patch);
        if (!improve(template, room, gate ? GATED_DAMPING : DAMPING)) return undefined;
        const next = normalise(compose(warp, increment(room.delta)));
        if (!next) return undefined;
        warp = next;
        if (largestMove(room.delta) < 0.15 / template.side) break;
      }
      return { warp, deviation: deviationOf(room.information, room.variance, warp, box) };
    },
  };
}

interface Room {
  readonly patch: Patch;
  readonly weight: Float32Array;
  readonly gradX: Float32Array;
  readonly gradY: Float32Array;
  readonly difference: Float32Array;
  /** The sums of the last step, and their damped factor. */
  readonly information: Float64Array;
  readonly factor: Float64Array;
  readonly delta: Float64Array;
  readonly row: Float64Array;
  /** Variance of a sample, in the units of the values. */
  variance: number;
}

function createRoom(side: number): Room {
  const map = (): Float32Array => new Float32Array(side * side);
  return {
    patch: createPatch(side),
    weight: map(),
    gradX: map(),
    gradY: map(),
    difference: map(),
    information: new Float64Array(SIZE * SIZE),
    factor: new Float64Array(SIZE * SIZE),
    delta: new Float64Array(SIZE),
    row: new Float64Array(SIZE),
    variance: 0,
  };
}

/** The weights of this alignment. */
function prepare(room: Room, template: Template, gate: Float32Array | undefined): void {
  room.weight.set(template.weight);
  if (!gate) return;
  const ratio = FINE / template.side;
  for (let y = 0, i = 0; y < template.side; y += 1) {
    for (let x = 0; x < template.side; x += 1, i += 1) {
      room.weight[i] = (room.weight[i] ?? 0) * (gate[y * ratio * FINE + x * ratio] ?? 0);
    }
  }
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

/** One step: `delta` receives the eight numbers of the increment. False if they are undetermined. */
function improve(template: Template, room: Room, damping: readonly number[]): boolean {
  const tolerance = Math.max(LEAST_TOLERANCE, TOLERANCE * spreadOf(template, room));
  gradients(room.patch.values, template.side, room.gradX, room.gradY);
  accumulate(template, room, tolerance);
  const { information, factor, delta } = room;
  for (let i = 0; i < SIZE; i += 1) {
    for (let j = 0; j < i; j += 1) information[i * SIZE + j] = information[j * SIZE + i] ?? 0;
  }
  factor.set(information);
  for (let i = 0; i < SIZE; i += 1) {
    factor[i * SIZE + i] = (factor[i * SIZE + i] ?? 0) * (1 + (damping[i] ?? 0)) + 1e-6;
  }
  return factorise(factor, SIZE) && substitute(factor, delta, SIZE);
}

/** Fills `difference` and answers its mean size. */
function spreadOf(template: Template, room: Room): number {
  const { values } = template;
  const { difference, patch, weight } = room;
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
  const { side } = template;
  const { patch, weight, difference, information, delta, row } = room;
  const soft = 1 / (tolerance * tolerance);
  const flat = (FLAT * side) ** 2 / 4;
  let squares = 0;
  let share = 0;
  information.fill(0);
  delta.fill(0);
  for (let v = 1; v < side - 1; v += 1) {
    const y = placeOf(v, side);
    for (let u = 1, i = v * side + 1; u < side - 1; u += 1, i += 1) {
      const d = difference[i] ?? 0;
      const damp = 1 / (1 + d * d * soft);
      const w = (weight[i] ?? 0) * damp * damp;
      if (patch.seen[i] === 0 || w < 1e-3) continue;
      squares += w * d * d;
      share += w;
      const gx = ((template.gradX[i] ?? 0) + (room.gradX[i] ?? 0)) / 2;
      const gy = ((template.gradY[i] ?? 0) + (room.gradY[i] ?? 0)) / 2;
      if (gx * gx + gy * gy < flat) continue;
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
        for (let b = a; b < SIZE; b += 1) {
          information[a * SIZE + b] = (information[a * SIZE + b] ?? 0) + wa * (row[b] ?? 0);
        }
      }
    }
  }
  room.variance = share > 0 ? squares / share : 0;
}
