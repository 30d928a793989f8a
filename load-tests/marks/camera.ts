/**
 * A camera over flat layers. One unit of the world is the width that the camera sees of the nearest plane from its usual
 * distance; frames are in parts, 0..1 from their top left corner.
 */
import { compose, invert, type Matrix3, normalise } from '../../ar-annotations/geometry/matrix.ts';

export interface CameraPose {
  /** Where it is; the plane of the patient is z = 0, the camera before it at negative z. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Turns in radians: to the right, down, clockwise. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/** In widths of the frame: sees about 45 degrees. */
export const FOCAL = 1.2;
export const USUAL: CameraPose = { x: 0, y: 0, z: -FOCAL, yaw: 0, pitch: 0, roll: 0 };

function rotation({ yaw, pitch, roll }: CameraPose): Matrix3 {
  const turn: Matrix3 = [Math.cos(yaw), 0, -Math.sin(yaw), 0, 1, 0, Math.sin(yaw), 0, Math.cos(yaw)];
  const nod: Matrix3 = [1, 0, 0, 0, Math.cos(pitch), -Math.sin(pitch), 0, Math.sin(pitch), Math.cos(pitch)];
  const tilt: Matrix3 = [Math.cos(roll), Math.sin(roll), 0, -Math.sin(roll), Math.cos(roll), 0, 0, 0, 1];
  return compose(tilt, compose(nod, turn));
}

/** Places of the plane at `depth` (behind the patient where positive) → places of the frame. `aspect`: width over height. */
export function planeToFrame(pose: CameraPose, depth: number, aspect: number): Matrix3 {
  const r = rotation(pose);
  const [tx, ty, tz] = [-pose.x, -pose.y, depth - pose.z];
  const view: Matrix3 = [
    r[0],
    r[1],
    r[0] * tx + r[1] * ty + r[2] * tz,
    r[3],
    r[4],
    r[3] * tx + r[4] * ty + r[5] * tz,
    r[6],
    r[7],
    r[6] * tx + r[7] * ty + r[8] * tz,
  ];
  return compose([FOCAL, 0, 0.5, 0, FOCAL * aspect, 0.5, 0, 0, 1], view);
}

/** The inverse; throws where there is none, which no camera of these sequences reaches. */
export function inverse(matrix: Matrix3): Matrix3 {
  const found = invert(matrix);
  if (!found) throw new Error('the camera looks along the plane');
  return found;
}

/** The map from one frame to another by way of the same plane. */
export function frameToFrame(earlier: Matrix3, later: Matrix3): Matrix3 {
  const found = normalise(compose(later, inverse(earlier)));
  if (!found) throw new Error('the place went behind the camera');
  return found;
}

/** Distance in parts of the width between two places of a frame. */
export function distance(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
  aspect: number,
): number {
  return Math.hypot(a.x - b.x, (a.y - b.y) / aspect);
}
