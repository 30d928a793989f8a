/** The shapes that two ends of a pen's way make. Pure. */
import { measureLength, type Scale } from '../../../ar-annotations/scene/measure.ts';
import type { Point, Shape } from '../../../ar-annotations/scene/types.ts';
import type { Contact, ToolContext, ToolState } from './tools.ts';

/** Width of an image that was placed by a tap, in parts of the picture's width. */
const IMAGE_WIDTH = 0.3;

export function place({ x, y }: Contact): Point {
  return { x, y };
}

/** The shape that a pen has drawn so far; a stroke is sent point by point instead. */
export function shapeOf(
  { kind, start, last, scale }: Extract<ToolState, { is: 'drawing' }>,
  { aspect, image }: ToolContext,
): Shape | undefined {
  const [from, to] = [place(start), place(last)];
  switch (kind) {
    case 'pointer':
      return { kind: 'pointer', at: to };
    case 'arrow':
      return { kind: 'arrow', from, to };
    case 'ellipse':
      return ellipseIn(from, to, aspect);
    case 'measure':
      return scale === undefined ? undefined : measureIn(from, to, scale, aspect);
    case 'image':
      return image === undefined ? undefined : imageIn(from, to, image, aspect);
    default:
      return undefined;
  }
}

/** The length between two ends, with its uncertainty; none while the known length is too short to measure by. */
function measureIn(from: Point, to: Point, scale: Scale, aspect: number): Shape | undefined {
  const length = measureLength(from, to, scale, aspect);
  return length === undefined ? undefined : { kind: 'measure', from, to, scale, ...length };
}

/** Distance in parts of the width. */
export function distance(a: Point, b: Point, aspect: number): number {
  return Math.hypot(a.x - b.x, (a.y - b.y) / aspect);
}

/** The ellipse that fills the rectangle between two corners. */
function ellipseIn(from: Point, to: Point, aspect: number): Shape {
  const centre = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const rx = Math.max(0.002, Math.abs(to.x - from.x) / 2);
  const ry = Math.max(0.002, Math.abs(to.y - from.y) / 2 / aspect);
  return { kind: 'ellipse', centre, rx, ry, rotation: 0 };
}

/** An image dragged open between two corners, or of a usual size around a tap; it keeps its own form. */
function imageIn(
  from: Point,
  to: Point,
  image: { readonly imageId: string; readonly aspect: number },
  aspect: number,
): Extract<Shape, { kind: 'image' }> {
  const isTap = distance(from, to, aspect) < 0.03;
  const width = isTap ? IMAGE_WIDTH : Math.max(0.03, Math.abs(to.x - from.x));
  const height = (width / image.aspect) * aspect;
  const left = isTap ? from.x - width / 2 : Math.min(from.x, to.x);
  const top = isTap ? from.y - height / 2 : Math.min(from.y, to.y);
  return {
    kind: 'image',
    imageId: image.imageId,
    corners: [
      { x: left, y: top },
      { x: left + width, y: top },
      { x: left + width, y: top + height },
      { x: left, y: top + height },
    ],
  };
}
