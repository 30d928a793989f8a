/**
 * Lines drawn by hand: smoothed while they are drawn, simplified when they are finished, and shown again point by point. Points keep
 * the times at which they were drawn.
 */
import { POINTS_MAX, type Point, type Shape, type StrokePoint } from './types.ts';

/** Greatest error of a simplified line, in parts of the width. */
export const SIMPLIFY_ERROR = 0.001;
/** A change of pressure by 1 counts as much as this distance. */
const PRESSURE_WEIGHT = 0.005;

/**
 * Cut-off of a resting pen in hertz, and how much it grows with speed (hertz per width a second): a resting hand
 * trembles, a moving one must not lag. At half a width a second the line is 0.2 % of the width behind.
 */
const REST_HZ = 4;
const SPEED_HZ = 60;
const SPEED_CUTOFF_HZ = 4;

/**
 * The 1 € filter (Casiez, Roussel, Vogel 2012, https://doi.org/10.1145/2207676.2208639) over the points of one stroke, given in
 * order. The last point of a stroke is taken as it is (`last`), so that the line ends under the pen.
 * @param aspect width over height of what is drawn on
 */
export function createSmoother(aspect: number): (point: StrokePoint, last?: boolean) => StrokePoint {
  let before: StrokePoint | undefined;
  let speed: Point = { x: 0, y: 0 };
  return (point, last = false) => {
    const [x, y, pressure, ms] = point;
    if (before === undefined || last) {
      before = point;
      return point;
    }
    const seconds = Math.max(ms - before[3], 1) / 1000;
    const part = share(SPEED_CUTOFF_HZ, seconds);
    speed = {
      x: mix(speed.x, (x - before[0]) / seconds, part),
      y: mix(speed.y, (y - before[1]) / seconds, part),
    };
    const follow = share(REST_HZ + SPEED_HZ * Math.hypot(speed.x, speed.y / aspect), seconds);
    const smooth: StrokePoint = [
      mix(before[0], x, follow),
      mix(before[1], y, follow),
      mix(before[2], pressure, share(REST_HZ, seconds)),
      Math.max(ms, before[3]),
    ];
    before = smooth;
    return smooth;
  };
}

/** Weight of a new value in a low-pass filter of first order. */
function share(cutoffHz: number, seconds: number): number {
  const r = 2 * Math.PI * cutoffHz * seconds;
  return r / (r + 1);
}

function mix(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}

/**
 * The fewest points that say the same: between two kept points, a point that is left out lies where a pen that moved evenly
 * would have been at its time, within `SIMPLIFY_ERROR` (Meratnia and de By 2004: synchronised distance). A stroke that
 * would still have more than `POINTS_MAX` points gives up the accuracy of its times first, then that of its places.
 */
export function simplifyStroke(points: readonly StrokePoint[], aspect: number): StrokePoint[] {
  const timed = reduced(points, (a, b, p) => timedError(a, b, p, aspect));
  if (timed.isWithin) return timed.points;
  return reduced(points, (a, b, p) => placeError(a, b, p, aspect)).points;
}

type ErrorOf = (a: StrokePoint, b: StrokePoint, p: StrokePoint) => number;

/** A part of a stroke, and the point in it that is farthest from where it would be without it. */
interface Part {
  readonly first: number;
  readonly end: number;
  readonly at: number;
  readonly error: number;
}

/**
 * Douglas and Peucker's way, the worst part first: when the points that may be kept are used up, what is left is the best that they
 * can say, and no input takes longer than `POINTS_MAX` passes.
 */
function reduced(points: readonly StrokePoint[], errorOf: ErrorOf) {
  if (points.length <= 2) return { points: [...points], isWithin: true };
  const kept = new Set([0, points.length - 1]);
  const open = [worstOf(points, 0, points.length - 1, errorOf)];
  while (kept.size < POINTS_MAX) {
    const index = open.reduce((worst, part, at) => (part.error > (open[worst]?.error ?? 0) ? at : worst), 0);
    const [part] = open.splice(index, 1);
    if (part === undefined || part.error <= SIMPLIFY_ERROR)
      return { points: chosen(points, kept), isWithin: true };
    kept.add(part.at);
    open.push(worstOf(points, part.first, part.at, errorOf), worstOf(points, part.at, part.end, errorOf));
  }
  const isWithin = open.every(({ error }) => error <= SIMPLIFY_ERROR);
  return { points: chosen(points, kept), isWithin };
}

function chosen(points: readonly StrokePoint[], kept: ReadonlySet<number>): StrokePoint[] {
  return points.filter((_, index) => kept.has(index));
}

function worstOf(points: readonly StrokePoint[], first: number, end: number, errorOf: ErrorOf): Part {
  const [a, b] = [points[first], points[end]];
  let worst: Part = { first, end, at: first, error: 0 };
  if (a === undefined || b === undefined) return worst;
  for (let at = first + 1; at < end; at += 1) {
    const point = points[at];
    const error = point ? errorOf(a, b, point) : 0;
    if (error > worst.error) worst = { first, end, at, error };
  }
  return worst;
}

function timedError(a: StrokePoint, b: StrokePoint, p: StrokePoint, aspect: number): number {
  const span = b[3] - a[3];
  const part = span > 0 ? Math.min(1, Math.max(0, (p[3] - a[3]) / span)) : 0;
  const away = Math.hypot(p[0] - mix(a[0], b[0], part), (p[1] - mix(a[1], b[1], part)) / aspect);
  return Math.max(away, Math.abs(p[2] - mix(a[2], b[2], part)) * PRESSURE_WEIGHT);
}

function placeError(a: StrokePoint, b: StrokePoint, p: StrokePoint, aspect: number): number {
  return distanceToSegment({ x: p[0], y: p[1] }, { x: a[0], y: a[1] }, { x: b[0], y: b[1] }, aspect);
}

/** Distance in parts of the width. */
export function distanceToSegment(p: Point, a: Point, b: Point, aspect: number): number {
  const [px, py] = [p.x - a.x, (p.y - a.y) / aspect];
  const [bx, by] = [b.x - a.x, (b.y - a.y) / aspect];
  const square = bx * bx + by * by;
  const part = square > 0 ? Math.min(1, Math.max(0, (px * bx + py * by) / square)) : 0;
  return Math.hypot(px - bx * part, py - by * part);
}

/** The shape as it was so many milliseconds after it was begun; undefined before its first point. Other kinds keep no times. */
export function shapeUpTo(shape: Shape, ms: number): Shape | undefined {
  if (shape.kind !== 'stroke') return shape;
  const points = shape.points.filter((point) => point[3] <= ms);
  return points.length > 0 ? { ...shape, points } : undefined;
}

/** Milliseconds from the beginning of a shape to its last point; 0 for kinds that keep no times. */
export function drawnMs(shape: Shape): number {
  return shape.kind === 'stroke' ? shape.points.reduce((most, point) => Math.max(most, point[3]), 0) : 0;
}
