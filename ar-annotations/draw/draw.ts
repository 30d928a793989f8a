/**
 * Draws marks as lists of plain shapes. Lines keep their width whatever the homography does, words stay upright, and what would be mirrored
 * or lies behind the viewer is not drawn at all.
 */
import { apply, areaScale } from '../geometry/matrix.ts';
import { measureText } from '../scene/measure.ts';
import { outlineOf, SPOT } from '../scene/outline.ts';
import type { Anchor, Mark, Point, Shape } from '../scene/types.ts';
import type { Homography } from '../tracker/types.ts';
import { badge, type DrawItem, outlined, type Size } from './items.ts';
import { type AuthorStyle, authorStyle } from './palette.ts';

export type { DrawItem, Size } from './items.ts';

/** `ShownMark` of the SDK is one. */
export interface Drawable {
  readonly mark: Pick<Mark, 'shape' | 'aspect' | 'anchor'>;
  readonly colour: number;
  /** 0 to 1. */
  readonly opacity: number;
  /** Reference frame → shown frame; absent: identity. */
  readonly homography?: Homography | undefined;
}

/** Parts of the picture's width: a line at full pressure, an arrow's head, letters, the author's badge. */
const LINE = 0.007;
const HEAD = 0.035;
const LETTERS = 0.032;
const BADGE = 0.011;
/** Between a corner mark and the edges. */
const EDGE = 0.02;

interface Pencil {
  readonly size: Size;
  readonly style: AuthorStyle;
  readonly opacity: number;
  readonly aspect: number;
  /** From places of the mark to pixels. */
  place(at: Point): Point;
}

/** Shapes of a mark in the order they are painted; none where it may not be seen. @param size of the picture in pixels */
export function drawMark(drawable: Drawable, size: Size): DrawItem[] {
  const { mark, opacity } = drawable;
  if (!(opacity > 0) || !(size.width > 0) || !(size.height > 0)) return [];
  const place = placing(drawable, size);
  if (place === undefined) return [];
  const pencil = {
    ...{ size, place, aspect: mark.aspect },
    style: authorStyle(drawable.colour),
    opacity: Math.min(1, opacity),
  };
  const items = shapeItems(mark.shape, pencil);
  return items.every(isPlaced) ? items : [];
}

/** Undefined where the picture of the mark would be mirrored, or its places are nowhere. */
function placing({ mark, homography }: Drawable, size: Size): ((at: Point) => Point) | undefined {
  if (mark.anchor.kind === 'corner') return cornerPlacing(mark.shape, mark.aspect, mark.anchor, size);
  if (homography === undefined) return (at) => ({ x: at.x * size.width, y: at.y * size.height });
  const points = outlineOf(mark.shape, mark.aspect).flat();
  if (!points.every(({ x, y }) => areaScale(homography, x, y) > 0)) return undefined;
  return ({ x, y }) => {
    const at = apply(homography, x, y);
    return { x: at.x * size.width, y: at.y * size.height };
  };
}

/** Moves the box around a shape into a corner of the display. */
function cornerPlacing(
  shape: Shape,
  aspect: number,
  anchor: Extract<Anchor, { kind: 'corner' }>,
  size: Size,
) {
  const points = outlineOf(shape, aspect).flat();
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const isSpot = points.length === 1;
  const box = isSpot
    ? { x: Math.min(...xs) - 0.15, y: Math.min(...ys) - 0.04, width: 0.3, height: 0.08 }
    : {
        x: Math.min(...xs),
        y: Math.min(...ys),
        width: Math.max(...xs) - Math.min(...xs),
        height: Math.max(...ys) - Math.min(...ys),
      };
  const left = anchor.corner.endsWith('left') ? EDGE : 1 - EDGE - box.width;
  const top = anchor.corner.startsWith('top') ? EDGE : 1 - EDGE - box.height;
  return ({ x, y }: Point) => ({ x: (x - box.x + left) * size.width, y: (y - box.y + top) * size.height });
}

function shapeItems(shape: Shape, pencil: Pencil): DrawItem[] {
  switch (shape.kind) {
    case 'pointer':
      return pointer(shape.at, pencil);
    case 'stroke':
      return stroke(shape, pencil);
    case 'arrow':
      return arrow(shape, pencil);
    case 'ellipse': {
      const points = (outlineOf(shape, pencil.aspect)[0] ?? []).map(pencil.place);
      return [...line(points, pencil), ...signature(points[30] ?? points[0], pencil)];
    }
    case 'text':
      return text(shape, pencil);
    case 'stamp':
      return stamp(shape, pencil);
    case 'image':
      return image(shape, pencil);
    case 'measure':
      return measure(shape, pencil);
  }
}

function line(points: readonly Point[], { size, style, opacity }: Pencil, width = 1): DrawItem[] {
  return outlined(points, [LINE * size.width * width], { ...style, opacity });
}

/** The author's letter beside a mark. */
function signature(at: Point | undefined, { size, style, opacity }: Pencil): DrawItem[] {
  if (at === undefined) return [];
  const beside = { x: at.x - BADGE * 1.2 * size.width, y: at.y - BADGE * 1.6 * size.width };
  return badge(beside, BADGE * size.width, style.letter, { ...style, opacity });
}

function stroke({ points }: Extract<Shape, { kind: 'stroke' }>, pencil: Pencil): DrawItem[] {
  const { size, style, opacity } = pencil;
  const places = points.map(([x, y]) => pencil.place({ x, y }));
  const widths = points.slice(1).map(([, , pressure], index) => {
    const before = points[index]?.[2] ?? pressure;
    return LINE * size.width * (0.5 + (before + pressure) / 2);
  });
  const all = widths.length > 0 ? widths : [LINE * size.width];
  return [...outlined(places, all, { ...style, opacity }), ...signature(places[0], pencil)];
}

function arrow({ from, to }: Extract<Shape, { kind: 'arrow' }>, pencil: Pencil): DrawItem[] {
  const { aspect, place } = pencil;
  const [dx, dy] = [to.x - from.x, (to.y - from.y) / aspect];
  const length = Math.hypot(dx, dy) || 1;
  const head = Math.min(HEAD, length / 2);
  const barb = (turn: number) => {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const [x, y] = [(dx * cos - dy * sin) / length, (dx * sin + dy * cos) / length];
    return place({ x: to.x - head * x, y: to.y - head * y * aspect });
  };
  const tip = place(to);
  // The head has no gaps: it says where.
  const solid = { ...pencil, style: { ...pencil.style, dash: [] } };
  const shaft = line([place(from), tip], pencil);
  return [...shaft, ...line([barb(0.45), tip, barb(-0.45)], solid), ...signature(place(from), pencil)];
}

function pointer(at: Point, pencil: Pencil): DrawItem[] {
  const { size, place } = pencil;
  const middle = place(at);
  const radius = SPOT * size.width;
  const ring = Array.from({ length: 33 }, (_, index) => {
    const turn = (2 * Math.PI * index) / 32;
    return { x: middle.x + radius * Math.cos(turn), y: middle.y + radius * Math.sin(turn) };
  });
  const above = { x: middle.x - radius * 0.6, y: middle.y - radius * 0.6 };
  return [...line(ring, pencil), ...line([middle], pencil), ...signature(above, pencil)];
}

function text({ at, text: words }: Extract<Shape, { kind: 'text' }>, pencil: Pencil): DrawItem[] {
  const { size, style, opacity, place } = pencil;
  const middle = place(at);
  const high = LETTERS * size.width;
  const look = { size: high, colour: style.colour, edge: '#000000', opacity };
  const above = { x: middle.x, y: middle.y - high * 0.7 };
  return [{ kind: 'text', at: middle, text: words, ...look }, ...signature(above, pencil)];
}

function stamp({ at, number }: Extract<Shape, { kind: 'stamp' }>, pencil: Pencil): DrawItem[] {
  const { size, style, opacity, place } = pencil;
  const middle = place(at);
  const radius = SPOT * size.width;
  const disc = badge(middle, radius, String(number), { ...style, opacity });
  return [...disc, ...signature({ x: middle.x - radius * 0.6, y: middle.y - radius * 0.6 }, pencil)];
}

function image({ imageId, corners }: Extract<Shape, { kind: 'image' }>, pencil: Pencil): DrawItem[] {
  const [a, b, c, d] = corners;
  const places: [Point, Point, Point, Point] = [
    pencil.place(a),
    pencil.place(b),
    pencil.place(c),
    pencil.place(d),
  ];
  const frame = line([...places, places[0]], pencil, 0.5);
  return [
    { kind: 'image', imageId, corners: places, opacity: pencil.opacity },
    ...frame,
    ...signature(places[0], pencil),
  ];
}

function measure(shape: Extract<Shape, { kind: 'measure' }>, pencil: Pencil): DrawItem[] {
  const { size, style, opacity, place } = pencil;
  const [from, to] = [place(shape.from), place(shape.to)];
  const scale = [place(shape.scale.from), place(shape.scale.to)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const half = 0.012 * size.width;
  const end = (at: Point) => {
    const [x, y] = [(-dy / length) * half, (dx / length) * half];
    return line(
      [
        { x: at.x - x, y: at.y - y },
        { x: at.x + x, y: at.y + y },
      ],
      pencil,
      0.6,
    );
  };
  const high = LETTERS * size.width;
  const words = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - high };
  return [
    ...line(scale, pencil, 0.4),
    ...line([from, to], pencil, 0.6),
    ...end(from),
    ...end(to),
    {
      kind: 'text',
      at: words,
      text: measureText(shape),
      size: high,
      colour: style.colour,
      edge: '#000000',
      opacity,
    },
    ...signature(from, pencil),
  ];
}

/** A place far outside is where a homography breaks down; what is partly there is not drawn in part. */
function isPlaced(item: DrawItem): boolean {
  const points = item.kind === 'text' ? [item.at] : item.kind === 'image' ? item.corners : item.points;
  return points.every(
    ({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && Math.abs(x) + Math.abs(y) < 1e5,
  );
}
