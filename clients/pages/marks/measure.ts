/**
 * Lengths from a known length in the same plane of the same picture, with what they may be wrong by. Pure. A length without its
 * uncertainty is not shown anywhere; the formula is written out so that a site can check it against a ruler.
 */
import type { Point, SCALE_KINDS, Shape } from '../../../ar-annotations/scene/types.ts';

export type ScaleKind = (typeof SCALE_KINDS)[number];
export type Measure = Extract<Shape, { kind: 'measure' }>;
export type Scale = Measure['scale'];

/** The long side of an ISO/IEC 7810 ID-1 card, and the diameter of a usual adhesive electrode of adults, in millimetres. */
export const SCALE_MM = { card: 85.6, electrode: 50 } as const;

/** How well the known length itself is known, as a part of it (95 %): cards are cut to 0.3 %, electrodes differ by their makers. */
const SCALE_ERROR = { card: 0.003, electrode: 0.1, drawn: 0.02 } as const;
/** How well an end is set by hand (95 %), in parts of the width of the picture: about two pixels of a screen. */
const END_ERROR = 0.002;
/**
 * Foreshortening: card and length seldom lie in exactly the same plane. Ten degrees between them and a view that is twenty
 * degrees off make 7 %, and no picture tells.
 */
const TILT_ERROR = 0.07;
/** A scale shorter than this, in parts of the width, would make any length a guess. */
export const SHORTEST_SCALE = 0.02;

/** Distance in parts of the width. */
export function distance(a: Point, b: Point, aspect: number): number {
  return Math.hypot(a.x - b.x, (a.y - b.y) / aspect);
}

/**
 * @param aspect width over height of the picture
 * @returns undefined while the scale is too short to measure by
 */
export function measured(from: Point, to: Point, scale: Scale, aspect: number): Measure | undefined {
  const known = distance(scale.from, scale.to, aspect);
  if (known < SHORTEST_SCALE || scale.mm <= 0) return undefined;
  const length = distance(from, to, aspect);
  const lengthMm = (length / known) * scale.mm;
  const endMm = (END_ERROR * Math.SQRT2 * scale.mm) / known;
  const scaleMm =
    lengthMm * Math.hypot((END_ERROR * Math.SQRT2) / known, SCALE_ERROR[scale.kind], TILT_ERROR);
  const uncertaintyMm = Math.hypot(endMm, scaleMm);
  return { kind: 'measure', from, to, scale, lengthMm, uncertaintyMm };
}

/** `42 ± 4 mm`: never finer than its uncertainty allows. */
export function lengthText({ lengthMm, uncertaintyMm }: Pick<Measure, 'lengthMm' | 'uncertaintyMm'>): string {
  const fine = uncertaintyMm < 1;
  const rounded = (value: number, up: boolean) =>
    fine
      ? (up ? Math.ceil(value * 10) / 10 : Math.round(value * 10) / 10).toFixed(1)
      : String(up ? Math.ceil(value) : Math.round(value));
  return `${rounded(lengthMm, false)} ± ${rounded(uncertaintyMm, true)} mm`;
}
