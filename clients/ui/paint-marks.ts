/** Paints what `ar-annotations/draw` draws onto a canvas whose units are pixels of the picture. */
import type { DrawItem } from '../../ar-annotations/draw/draw.ts';
import type { Point } from '../../ar-annotations/scene/types.ts';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
type PictureOf = (imageId: string) => CanvasImageSource | undefined;

/** @param pictureOf an image that is pinned, once it is loaded; a place without it stays an empty frame */
export function paintMarks(context: Context, items: readonly DrawItem[], pictureOf: PictureOf): void {
  for (const item of items) {
    context.save();
    context.globalAlpha = item.opacity;
    paint(context, item, pictureOf);
    context.restore();
  }
}

function paint(context: Context, item: DrawItem, pictureOf: PictureOf): void {
  switch (item.kind) {
    case 'line':
      paintLine(context, item);
      return;
    case 'area':
      path(context, item.points);
      context.closePath();
      context.fillStyle = item.colour;
      context.fill();
      return;
    case 'text':
      paintText(context, item);
      return;
    case 'image': {
      const picture = pictureOf(item.imageId);
      if (picture) paintImage(context, picture, item.corners);
      return;
    }
  }
}

function path(context: Context, points: readonly Point[]): void {
  context.beginPath();
  for (const [index, { x, y }] of points.entries())
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
}

function paintLine(
  context: Context,
  { points, widths, colour, dash }: Extract<DrawItem, { kind: 'line' }>,
): void {
  context.strokeStyle = colour;
  context.lineCap = dash.length > 0 ? 'butt' : 'round';
  context.lineJoin = 'round';
  context.setLineDash([...dash]);
  const [first] = points;
  if (first && points.length === 1) {
    context.beginPath();
    context.arc(first.x, first.y, (widths[0] ?? 1) / 2, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    return;
  }
  if (new Set(widths).size <= 1) {
    context.lineWidth = widths[0] ?? 1;
    path(context, points);
    context.stroke();
    return;
  }
  let drawn = 0;
  for (const [index, end] of points.slice(1).entries()) {
    const start = points[index] ?? end;
    context.lineWidth = widths[index] ?? 1;
    // The pattern goes on through all parts of the line.
    context.lineDashOffset = drawn;
    path(context, [start, end]);
    context.stroke();
    drawn += Math.hypot(end.x - start.x, end.y - start.y);
  }
}

function paintText(
  context: Context,
  { at, text, size, colour, edge }: Extract<DrawItem, { kind: 'text' }>,
): void {
  context.font = `600 ${size}px system-ui, 'Noto Sans CJK SC', sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  if (edge !== undefined) {
    context.strokeStyle = edge;
    context.lineWidth = size / 5;
    context.lineJoin = 'round';
    context.strokeText(text, at.x, at.y);
  }
  context.fillStyle = colour;
  context.fillText(text, at.x, at.y);
}

/** A canvas maps triangles only: the image is cut into a grid of them, fine enough that no bend is seen. */
const GRID = 8;

function paintImage(
  context: Context,
  picture: CanvasImageSource,
  corners: readonly [Point, Point, Point, Point],
): void {
  const size = sizeOf(picture);
  const [a, b, c, d] = corners;
  const at = (u: number, v: number): Point => ({
    x: (a.x * (1 - u) + b.x * u) * (1 - v) + (d.x * (1 - u) + c.x * u) * v,
    y: (a.y * (1 - u) + b.y * u) * (1 - v) + (d.y * (1 - u) + c.y * u) * v,
  });
  for (let row = 0; row < GRID; row += 1)
    for (let column = 0; column < GRID; column += 1) {
      const [u, v, w, z] = [column / GRID, row / GRID, (column + 1) / GRID, (row + 1) / GRID];
      triangle(context, picture, size, [u, v], [w, v], [u, z], at);
      triangle(context, picture, size, [w, z], [u, z], [w, v], at);
    }
}

type Place = readonly [u: number, v: number];

/** Paints the triangle p, q, r of the picture; q and r lie along the axes from p. */
function triangle(
  context: Context,
  picture: CanvasImageSource,
  { width, height }: { readonly width: number; readonly height: number },
  p: Place,
  q: Place,
  r: Place,
  at: (u: number, v: number) => Point,
): void {
  const [from, along, down] = [at(...p), at(...q), at(...r)];
  const [qu, rv] = [(q[0] - p[0]) * width, (r[1] - p[1]) * height];
  context.save();
  path(context, grown([from, along, down]));
  context.closePath();
  context.clip();
  context.transform(
    (along.x - from.x) / qu,
    (along.y - from.y) / qu,
    (down.x - from.x) / rv,
    (down.y - from.y) / rv,
    from.x - ((along.x - from.x) / qu) * p[0] * width - ((down.x - from.x) / rv) * p[1] * height,
    from.y - ((along.y - from.y) / qu) * p[0] * width - ((down.y - from.y) / rv) * p[1] * height,
  );
  context.drawImage(picture, 0, 0, width, height);
  context.restore();
}

/** Neighbours overlap by a pixel, so that no seam shows. */
function grown(points: readonly Point[]): Point[] {
  const middle = {
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  };
  return points.map(({ x, y }) => {
    const away = Math.hypot(x - middle.x, y - middle.y) || 1;
    return { x: x + (x - middle.x) / away, y: y + (y - middle.y) / away };
  });
}

function sizeOf(picture: CanvasImageSource): { readonly width: number; readonly height: number } {
  if (picture instanceof HTMLImageElement)
    return { width: picture.naturalWidth, height: picture.naturalHeight };
  if (picture instanceof HTMLVideoElement) return { width: picture.videoWidth, height: picture.videoHeight };
  if (picture instanceof VideoFrame) return { width: picture.displayWidth, height: picture.displayHeight };
  if (picture instanceof SVGImageElement)
    return { width: picture.width.baseVal.value, height: picture.height.baseVal.value };
  return { width: picture.width, height: picture.height };
}
