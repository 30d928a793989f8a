/**
 * Lengths in a picture, by a known length in view. What is printed is a length with its 95 % uncertainty; never a bare number.
 *
 * L = mm · d / s, with d and s the drawn lengths in parts of the width. Standard uncertainties are combined as independent ones and
 * doubled (JCGM 100:2008, 5.1.2 and 6.2: k = 2, about 95 %):
 * - each of the four ends is set with an error of `END_ERROR` (one standard deviation, per end, along the line);
 * - the known length has a tolerance: half-widths as rectangular distributions (JCGM 100:2008, 4.3.7: half-width / √3);
 * - nobody knows how far the line and the scale lean away from the camera: up to `TILT` degrees each, which shortens what is
 *   seen by up to 1 − cos;
 * - the scale may lie nearer or farther than what is measured, by up to `DEPTH` of the distance.
 */
import type { Point, Shape } from './types.ts';

type Measure = Extract<Shape, { kind: 'measure' }>;
export type Scale = Measure['scale'];

/** Parts of the width: 2 pixels of a picture 1000 pixels wide. */
export const END_ERROR = 0.002;
const TILT = (20 * Math.PI) / 180;
const DEPTH = 0.05;
/** A scale shorter than this is too short to be drawn well: 3 % of the width. */
export const LEAST_SCALE = 0.03;

/** Long side of an ID-1 card: ISO/IEC 7810:2019, 5.1: 85.60 mm; unused cards 85.47 to 85.72, returned ones up to 85.90. */
export const CARD_MM = 85.6;
const CARD_TOLERANCE_MM = 0.3;
/** Adhesive electrodes differ by maker; the size is typed, this is a usual one. */
export const ELECTRODE_MM = 50;
/** What a person typed or read off a ruler, relative. */
const TYPED_TOLERANCE = 0.03;
const ELECTRODE_TOLERANCE = 0.05;

export interface Measured {
  readonly lengthMm: number;
  /** Half the width of the 95 % interval; always above 0. */
  readonly uncertaintyMm: number;
}

/** Undefined where the scale is too short, or anything is not a number: nothing can be said then. */
export function measureLength(from: Point, to: Point, scale: Scale, aspect: number): Measured | undefined {
  const length = distance(from, to, aspect);
  const known = distance(scale.from, scale.to, aspect);
  if (!(known >= LEAST_SCALE) || !Number.isFinite(length) || !(scale.mm > 0) || !(aspect > 0))
    return undefined;
  const mmPerPart = scale.mm / known;
  const lengthMm = length * mmPerPart;
  const ends = mmPerPart * END_ERROR * Math.SQRT2;
  const relative = [
    (END_ERROR * Math.SQRT2) / known,
    toleranceOf(scale) / Math.sqrt(3),
    (1 - Math.cos(TILT)) / Math.sqrt(3),
    (1 - Math.cos(TILT)) / Math.sqrt(3),
    DEPTH / Math.sqrt(3),
  ];
  const uncertaintyMm = 2 * Math.hypot(ends, ...relative.map((each) => each * lengthMm));
  return Number.isFinite(uncertaintyMm) ? { lengthMm, uncertaintyMm } : undefined;
}

/** Half-width of what the known length may be off by, relative to it. */
function toleranceOf({ kind, mm }: Scale): number {
  if (kind === 'card') return CARD_TOLERANCE_MM / mm;
  return kind === 'electrode' ? ELECTRODE_TOLERANCE : TYPED_TOLERANCE;
}

function distance(a: Point, b: Point, aspect: number): number {
  return Math.hypot(b.x - a.x, (b.y - a.y) / aspect);
}

/**
 * `42 ± 5 mm`: the uncertainty with one or two digits, rounded up; the length to the same place. Never `± 0`.
 */
export function measureText({ lengthMm, uncertaintyMm }: Measured): string {
  const step = uncertaintyMm < 1 ? 0.1 : uncertaintyMm < 25 ? 1 : uncertaintyMm < 250 ? 5 : 50;
  const digits = step < 1 ? 1 : 0;
  const uncertainty = Math.max(step, Math.ceil(uncertaintyMm / step - 1e-9) * step);
  return `${(Math.round(lengthMm / step) * step).toFixed(digits)} ± ${uncertainty.toFixed(digits)} mm`;
}
