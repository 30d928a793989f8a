/** The lines that a shape consists of, in places of its frame: what is drawn, what is hit by a finger, what a mark covers. */
import { apply } from '../geometry/matrix.ts';
import type { Homography, Region } from '../tracker/types.ts';
import { distanceToSegment } from './stroke.ts';
import type { Mark, Point, SceneState, Shape } from './types.ts';

const ELLIPSE_POINTS = 48;
/** Half the size of what stands at a point (pointer, stamp, text), in parts of the width. */
export const SPOT = 0.02;
/** Room around a shape in its anchor's region, and the smallest region that a tracker can hold to. */
const MARGIN = 0.03;
const LEAST_REGION = 0.12;

/** At least one line of at least one point each; closed ones repeat their first point. */
export function outlineOf(shape: Shape, aspect: number): Point[][] {
  switch (shape.kind) {
    case 'pointer':
    case 'text':
    case 'stamp':
      return [[shape.at]];
    case 'stroke':
      return [shape.points.map(([x, y]) => ({ x, y }))];
    case 'arrow':
      return [[shape.from, shape.to]];
    case 'ellipse':
      return [ellipse(shape, aspect)];
    case 'image':
      return [[...shape.corners, shape.corners[0]]];
    case 'measure':
      return [
        [shape.from, shape.to],
        [shape.scale.from, shape.scale.to],
      ];
  }
}

function ellipse({ centre, rx, ry, rotation }: Extract<Shape, { kind: 'ellipse' }>, aspect: number): Point[] {
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  return Array.from({ length: ELLIPSE_POINTS + 1 }, (_, index) => {
    const turn = (2 * Math.PI * index) / ELLIPSE_POINTS;
    const [along, across] = [rx * Math.cos(turn), ry * Math.sin(turn)];
    return {
      x: centre.x + along * cos - across * sin,
      y: centre.y + (along * sin + across * cos) * aspect,
    };
  });
}

/** The part of the frame that a shape covers, with room around it, inside the frame: what its anchor looks at. */
export function regionOf(shape: Shape, aspect: number): Region {
  const points = outlineOf(shape, aspect).flat();
  const isSpot = shape.kind === 'pointer' || shape.kind === 'text' || shape.kind === 'stamp';
  const margin = MARGIN + (isSpot ? SPOT : 0);
  const across = span(
    points.map(({ x }) => x),
    margin,
    LEAST_REGION,
  );
  const down = span(
    points.map(({ y }) => y),
    margin * aspect,
    Math.min(1, LEAST_REGION * aspect),
  );
  return { x: across.from, y: down.from, width: across.size, height: down.size };
}

function span(values: readonly number[], margin: number, least: number) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0.5, 0.5];
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2 + margin, least / 2);
  // A shape outside of the frame is looked for at its edge.
  const from = Math.min(Math.max(0, middle - half), 1 - least);
  const to = Math.max(Math.min(1, middle + half), from + least);
  return { from, size: Math.min(to, 1) - from };
}

export interface Hittable {
  readonly mark: Pick<Mark, 'markId' | 'shape' | 'aspect'>;
  /** Where the shape's places are now; absent: where they were drawn. */
  readonly homography?: Homography | undefined;
}

/**
 * The id of the mark under a point, the topmost (last) one first; undefined where there is none.
 * @param within parts of the width that a finger may miss by
 */
export function hitTest(marks: readonly Hittable[], point: Point, within = 0.015): string | undefined {
  return marks.findLast((each) => distanceTo(each, point) <= within)?.mark.markId;
}

function distanceTo({ mark: { shape, aspect }, homography }: Hittable, point: Point): number {
  const reach = shape.kind === 'pointer' || shape.kind === 'text' || shape.kind === 'stamp' ? SPOT : 0;
  const distances = outlineOf(shape, aspect).map((line) => {
    const points = homography ? line.map(({ x, y }) => apply(homography, x, y)) : line;
    if (shape.kind === 'image' && contains(points, point)) return 0;
    const first = points[0];
    if (first && points.length === 1) return distanceToSegment(point, first, first, aspect);
    const parts = points
      .slice(1)
      .map((end, index) => distanceToSegment(point, points[index] ?? end, end, aspect));
    // A place behind the viewer is not a number, and hit by nobody.
    return Math.min(...parts.map((part) => (Number.isNaN(part) ? Number.POSITIVE_INFINITY : part)));
  });
  return Math.min(...distances) - reach;
}

function contains(corners: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  for (const [index, a] of corners.entries()) {
    const b = corners[(index + 1) % corners.length];
    if (b === undefined || a.y > y === b.y > y) continue;
    if (x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

/** The number of the next stamp: one more than the highest that is seen, else the lowest free one up to 99. */
export function nextStamp(scene: SceneState): number {
  const used = new Set(
    Object.values(scene.marks).flatMap(({ shape, erased }) =>
      shape.kind === 'stamp' && !erased ? [shape.number] : [],
    ),
  );
  const next = Math.max(0, ...used) + 1;
  if (next <= 99) return next;
  for (let number = 1; number <= 99; number += 1) if (!used.has(number)) return number;
  return 99;
}
