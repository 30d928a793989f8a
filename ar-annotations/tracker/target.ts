import { type Layout, layoutOf } from './layout.ts';
import { COARSE, createPatch, FINE, normalisePatch, type Patch, placeOf, softenPatch } from './patch.ts';
import { decodeReference, type Reference } from './reference.ts';

/** One scale of what is looked for: the patch with its gradients and how much each sample counts for placing it. */
export interface Template {
  readonly side: number;
  /** Whether the samples lie so far apart that they are softened, here and in the frames. */
  readonly soft: boolean;
  readonly values: Float32Array;
  /** Change of the value for one unit of patch place. */
  readonly gradX: Float32Array;
  readonly gradY: Float32Array;
  readonly weight: Float32Array;
}

/** What a tracker looks for, made once of a reference. */
export interface Target {
  readonly reference: Reference;
  readonly layout: Layout;
  readonly fine: Template;
  readonly coarse: Template;
  /** Patch places that are easy to follow from frame to frame, x and y in turn. */
  readonly points: Float64Array;
}

/** The margin helps to place the patch, but less than what is under the mark. */
const MARGIN_WEIGHT = 0.35;
const MAX_POINTS = 14;
/** Pixels between two samples from which they are softened. */
const SOFT_SPACING = 3;

/** Undefined when the bytes are not a reference. */
export function targetOf(bytes: Uint8Array): Target | undefined {
  const reference = decodeReference(bytes);
  if (!reference) return undefined;
  const layout = layoutOf(reference.region, reference.width, reference.height);
  const fine = createPatch(FINE);
  fine.raw.set(reference.patch);
  fine.seen.fill(1);
  const points = choosePoints(fine);
  const coarse = createPatch(COARSE);
  coarse.seen.fill(1);
  for (let y = 0; y < COARSE; y += 1) {
    for (let x = 0; x < COARSE; x += 1) {
      const at = 2 * y * FINE + 2 * x;
      const sum =
        (fine.raw[at] ?? 0) +
        (fine.raw[at + 1] ?? 0) +
        (fine.raw[at + FINE] ?? 0) +
        (fine.raw[at + FINE + 1] ?? 0);
      coarse.raw[y * COARSE + x] = sum / 4;
    }
  }
  const soft = (layout.patch.width * reference.width) / FINE >= SOFT_SPACING;
  if (soft) softenPatch(fine);
  if (soft) softenPatch(coarse);
  normalisePatch(fine);
  normalisePatch(coarse);
  return {
    reference,
    layout,
    fine: templateOf(fine, layout, soft),
    coarse: templateOf(coarse, layout, soft),
    points,
  };
}

function templateOf(patch: Patch, layout: Layout, soft: boolean): Template {
  const { side, values } = patch;
  const core = layout.coreInPatch;
  const weight = new Float32Array(side * side);
  for (let y = 0, i = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1, i += 1) {
      const inside =
        placeOf(x, side) >= core.x &&
        placeOf(x, side) <= core.x + core.width &&
        placeOf(y, side) >= core.y &&
        placeOf(y, side) <= core.y + core.height;
      weight[i] = inside ? 1 : MARGIN_WEIGHT;
    }
  }
  const gradX = new Float32Array(side * side);
  const gradY = new Float32Array(side * side);
  gradients(values, side, gradX, gradY);
  return { side, soft, values: values.slice(), gradX, gradY, weight };
}

/** Central differences per unit of patch place; 0 on the outermost ring. */
export function gradients(
  values: Float32Array,
  side: number,
  gradX: Float32Array,
  gradY: Float32Array,
): void {
  const unit = side / 4;
  for (let y = 1; y < side - 1; y += 1) {
    for (let x = 1, i = y * side + 1; x < side - 1; x += 1, i += 1) {
      gradX[i] = ((values[i + 1] ?? 0) - (values[i - 1] ?? 0)) * unit;
      gradY[i] = ((values[i + side] ?? 0) - (values[i - side] ?? 0)) * unit;
    }
  }
}

/** The places of the patch with most structure in both directions (Shi and Tomasi 1994), apart from each other. */
function choosePoints(patch: Patch): Float64Array {
  const { side, raw } = patch;
  const found: { x: number; y: number; score: number }[] = [];
  for (let y = 4; y < side - 4; y += 2) {
    for (let x = 4; x < side - 4; x += 2) {
      const score = leastStructure(raw, side, x, y);
      if (score > 4) found.push({ x, y, score });
    }
  }
  found.sort((a, b) => b.score - a.score);
  const chosen: { x: number; y: number }[] = [];
  for (const candidate of found) {
    if (chosen.length >= MAX_POINTS) break;
    if (chosen.every((c) => Math.hypot(c.x - candidate.x, c.y - candidate.y) >= 6)) chosen.push(candidate);
  }
  return Float64Array.from(chosen.flatMap((c) => [placeOf(c.x, side), placeOf(c.y, side)]));
}

/** The smaller eigenvalue of the gradients in 7 × 7 samples, per sample. */
function leastStructure(raw: Float32Array, side: number, cx: number, cy: number): number {
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let y = cy - 3; y <= cy + 3; y += 1) {
    for (let x = cx - 3, i = y * side + x; x <= cx + 3; x += 1, i += 1) {
      const gx = ((raw[i + 1] ?? 0) - (raw[i - 1] ?? 0)) / 2;
      const gy = ((raw[i + side] ?? 0) - (raw[i - side] ?? 0)) / 2;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  }
  return (xx + yy - Math.sqrt((xx - yy) ** 2 + 4 * xy * xy)) / 2 / 49;
}
