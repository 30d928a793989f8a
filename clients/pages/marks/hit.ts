/** Which mark lies under the pen: for the eraser, for names at a mark, and for choosing one by touch. Pure. */
import { distanceToSegment } from '../../../ar-annotations/scene/stroke.ts';
import type { Point, Shape } from '../../../ar-annotations/scene/types.ts';
import type { ShownMark } from '../../core/marks/types.ts';
import { mapped } from './geometry.ts';

/** Points along an outline, so that every shape is a chain of short lines. */
const ROUND = 32;

/** The lines that a shape is made of, in the frame it was drawn on. */
export function outline(shape: Shape, aspect: number): readonly Point[] {
  switch (shape.kind) {
    case 'pointer':
    case 'text':
    case 'stamp':
      return [shape.at];
    case 'stroke':
      return shape.points.map(([x, y]) => ({ x, y }));
    case 'arrow':
    case 'measure':
      return [shape.from, shape.to];
    case 'ellipse':
      return Array.from({ length: ROUND + 1 }, (_, index) => {
        const angle = (index / ROUND) * 2 * Math.PI;
        const [u, v] = [shape.rx * Math.cos(angle), shape.ry * Math.sin(angle)];
        const [cos, sin] = [Math.cos(shape.rotation), Math.sin(shape.rotation)];
        return { x: shape.centre.x + u * cos - v * sin, y: shape.centre.y + (u * sin + v * cos) * aspect };
      });
    case 'image': {
      const [a, b, c, d] = shape.corners;
      return [a, b, c, d, a];
    }
  }
}

/** Distance of a place from a mark as it is shown now, in parts of the width. */
export function distanceToMark(at: Point, { mark, homography }: ShownMark, aspect: number): number {
  const places = outline(mark.shape, mark.aspect).map((place) => mapped(place, homography));
  const [first, ...rest] = places;
  if (first === undefined) return Number.POSITIVE_INFINITY;
  let nearest = distanceToSegment(at, first, first, aspect);
  let before = first;
  for (const place of rest) {
    nearest = Math.min(nearest, distanceToSegment(at, before, place, aspect));
    before = place;
  }
  return nearest;
}

/**
 * The topmost finished mark within reach of a place.
 * @param reach in parts of the width of the picture
 */
export function markAt(
  at: Point,
  shown: readonly ShownMark[],
  aspect: number,
  reach: number,
): ShownMark | undefined {
  return shown.findLast(
    (each) => !each.isDraft && each.opacity > 0 && distanceToMark(at, each, aspect) <= reach,
  );
}
