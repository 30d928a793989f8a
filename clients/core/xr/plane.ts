/**
 * Where a plane of the world lies in a picture. A device that tracks the world knows its own pose and, by a hit test, the plane
 * under a mark; from both follows the map from the picture the mark was drawn on to the picture of now. Pure; matrices are
 * column-major and metres, as WebXR gives them (https://www.w3.org/TR/webxr/#matrices).
 */
import { fitHomography } from '../../../ar-annotations/geometry/fit.ts';
import type { Homography } from '../../../ar-annotations/tracker/types.ts';

export type Vector = readonly [x: number, y: number, z: number];

/** One view of the world: a rigid pose and the projection of its picture. */
export interface View {
  /** View → world, 16 numbers (`XRView.transform.matrix`). */
  readonly pose: ArrayLike<number>;
  /** View → clip space, 16 numbers (`XRView.projectionMatrix`). */
  readonly projection: ArrayLike<number>;
}

export interface Plane {
  readonly point: Vector;
  readonly normal: Vector;
}

/** A plane seen flatter than this, as the cosine to its normal, tells nothing of what lies on it. */
const FLAT = 0.1;
/** Nearer than this, in metres, a place is in the lens or behind it. */
const NEAR = 0.02;

const at = (m: ArrayLike<number>, index: number): number => m[index] ?? 0;
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export function eyeOf({ pose }: View): Vector {
  return [at(pose, 12), at(pose, 13), at(pose, 14)];
}

/** The ray from the eye through a place of the picture (0..1 from the top left), in the world; its direction has no unit length. */
export function rayThrough(view: View, x: number, y: number): { origin: Vector; direction: Vector } {
  const { pose, projection } = view;
  const across = (2 * x - 1 + at(projection, 8)) / at(projection, 0);
  const up = (1 - 2 * y + at(projection, 9)) / at(projection, 5);
  const turned = (row: number) => at(pose, row) * across + at(pose, row + 4) * up - at(pose, row + 8);
  return { origin: eyeOf(view), direction: [turned(0), turned(1), turned(2)] };
}

/** Where a place of the world is in the picture; undefined behind the lens. */
export function project({ pose, projection }: View, place: Vector): { x: number; y: number } | undefined {
  const from = minus(place, [at(pose, 12), at(pose, 13), at(pose, 14)]);
  const axis = (column: number): Vector => [at(pose, column), at(pose, column + 1), at(pose, column + 2)];
  const depth = -dot(from, axis(8));
  if (depth < NEAR) return undefined;
  const across = (dot(from, axis(0)) * at(projection, 0)) / depth - at(projection, 8);
  const up = (dot(from, axis(4)) * at(projection, 5)) / depth - at(projection, 9);
  return { x: (across + 1) / 2, y: (1 - up) / 2 };
}

/** Where the ray meets the plane; undefined behind the eye, or where the plane is seen too flat. */
export function meet(
  { origin, direction }: { origin: Vector; direction: Vector },
  { point, normal }: Plane,
): Vector | undefined {
  const length = Math.hypot(...direction);
  const slope = dot(direction, normal) / length;
  if (!(Math.abs(slope) > FLAT)) return undefined;
  const distance = dot(minus(point, origin), normal) / slope;
  if (!(distance > NEAR)) return undefined;
  const step = distance / length;
  return [origin[0] + direction[0] * step, origin[1] + direction[1] * step, origin[2] + direction[2] * step];
}

/**
 * Maps places of the reference picture that lie on the plane to their places in the present one. Answers undefined where either
 * picture sees the plane from behind, too flat, or not at all.
 * @param corners at least four places of the reference picture around the mark, 0..1
 */
export function acrossPlane(
  reference: View,
  now: View,
  plane: Plane,
  corners: readonly (readonly [number, number])[],
): Homography | undefined {
  const from = new Float64Array(corners.length * 2);
  const to = new Float64Array(corners.length * 2);
  const sideThen = Math.sign(dot(minus(eyeOf(reference), plane.point), plane.normal));
  const sideNow = Math.sign(dot(minus(eyeOf(now), plane.point), plane.normal));
  if (sideThen !== sideNow) return undefined;
  for (const [index, [x, y]] of corners.entries()) {
    const place = meet(rayThrough(reference, x, y), plane);
    const seen = place && project(now, place);
    if (!place || !seen) return undefined;
    if (!meet(rayThrough(now, seen.x, seen.y), plane)) return undefined;
    from.set([x, y], index * 2);
    to.set([seen.x, seen.y], index * 2);
  }
  return fitHomography({ from, to }, [...corners.keys()], corners.length);
}
