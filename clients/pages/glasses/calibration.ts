/**
 * From the camera's picture to the display that the wearer looks through. The wearer covers one thing in the world with crosses
 * on the display; the tracker tells where the camera saw it each time. The map is fitted to some crosses and checked at
 * others, so that its error is measured at the eye and not at the points it was made from. Pure.
 */
import { fitHomography } from '../../../ar-annotations/geometry/fit.ts';
import { apply, type Matrix3 } from '../../../ar-annotations/geometry/matrix.ts';
import type { Point } from '../../../ar-annotations/scene/types.ts';

/** Crosses in parts of the display: the first nine are fitted, the last four checked. */
export const CROSSES: readonly Point[] = [
  ...[0.2, 0.5, 0.8].flatMap((y) => [0.2, 0.5, 0.8].map((x) => ({ x, y }))),
  { x: 0.35, y: 0.35 },
  { x: 0.65, y: 0.65 },
  { x: 0.65, y: 0.35 },
  { x: 0.35, y: 0.65 },
];
export const FITTED = 9;

/** The worst error at a checked cross, in parts of the display's width, with which marks may lie on the world itself. */
export const MOST_ERROR = 0.02;
/** Straps slip: a calibration is believed for one shift. */
export const VALID_MS = 12 * 3_600_000;

/** One thing seen at the same moment by the camera and, under a cross, by the eye. */
export interface Sighting {
  readonly camera: Point;
  readonly display: Point;
}

export interface Calibration {
  /** Places of the camera's picture → places of the display, both 0..1. */
  readonly map: Matrix3;
  /** Worst error at the checked crosses, in parts of the display's width. */
  readonly error: number;
  readonly checkedUtc: number;
}

function place(map: Matrix3, { x, y }: Point): Point {
  return apply(map, x, y);
}

/**
 * Fits and checks. Answers undefined where the sightings determine no map: too few, in a line, or mirrored.
 * @param aspect width over height of the display
 */
export function calibrate(
  sightings: readonly Sighting[],
  aspect: number,
  nowUtc: number,
): Calibration | undefined {
  const fitted = sightings.slice(0, FITTED);
  const checked = sightings.slice(FITTED);
  if (fitted.length < FITTED || checked.length === 0) return undefined;
  const flat = (side: 'camera' | 'display') =>
    Float64Array.from(fitted.flatMap((each) => [each[side].x, each[side].y]));
  const picks = fitted.map((_, index) => index);
  const map = fitHomography({ from: flat('camera'), to: flat('display') }, picks, picks.length);
  if (!map) return undefined;
  const errors = checked.map(({ camera, display }) => {
    const found = place(map, camera);
    return Math.hypot(found.x - display.x, (found.y - display.y) / aspect);
  });
  return { map, error: Math.max(...errors), checkedUtc: nowUtc };
}

/** Whether marks may be drawn on the world through it now. */
export function isUsable(calibration: Calibration | undefined, nowUtc: number): calibration is Calibration {
  if (!calibration) return false;
  const age = nowUtc - calibration.checkedUtc;
  return calibration.error <= MOST_ERROR && age >= 0 && age <= VALID_MS;
}

/** What was kept on this device; undefined for anything that is no calibration. */
export function parseCalibration(text: string | undefined): Calibration | undefined {
  if (text === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null) return undefined;
    const numbers: unknown = Reflect.get(kept, 'map');
    const error: unknown = Reflect.get(kept, 'error');
    const checkedUtc: unknown = Reflect.get(kept, 'checkedUtc');
    if (!isMatrix(numbers) || typeof error !== 'number' || typeof checkedUtc !== 'number') return undefined;
    return { map: numbers, error, checkedUtc };
  } catch {
    // Cut off while it was written: it is calibrated anew.
    return undefined;
  }
}

function isMatrix(value: unknown): value is Matrix3 {
  return Array.isArray(value) && value.length === 9 && value.every(Number.isFinite);
}
