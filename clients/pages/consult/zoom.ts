/** Zooming and panning into a picture: the arithmetic. Pure; lengths in CSS pixels, points from the centre of the box. */

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** `scale` 1 fits the whole picture into the box; `x` and `y` move its centre. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const UNZOOMED: Zoom = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 8;
export const ZOOM_STEP = 1.4;
export const PAN_STEP = 80;

/** Size of the picture when it is fitted into the box whole. */
export function fitted(box: Size, picture: Size): Size {
  if (picture.width <= 0 || picture.height <= 0 || box.width <= 0 || box.height <= 0) return box;
  const factor = Math.min(box.width / picture.width, box.height / picture.height);
  return { width: picture.width * factor, height: picture.height * factor };
}

function clamp(value: number, most: number): number {
  // Adding 0 turns -0 into 0, which compares and prints as people expect.
  return Math.min(most, Math.max(-most, value)) + 0;
}

/** Keeps the picture in the box: no emptiness beside it that a smaller pan would fill. */
export function keepInside(zoom: Zoom, box: Size, picture: Size): Zoom {
  const scale = Math.min(MAX_SCALE, Math.max(1, zoom.scale));
  const fit = fitted(box, picture);
  const mostX = Math.max(0, (fit.width * scale - box.width) / 2);
  const mostY = Math.max(0, (fit.height * scale - box.height) / 2);
  return { scale, x: clamp(zoom.x, mostX), y: clamp(zoom.y, mostY) };
}

/** Zooms by a factor so that what is under `point` stays under it. */
export function zoomAt(zoom: Zoom, factor: number, point: Point, box: Size, picture: Size): Zoom {
  const scale = Math.min(MAX_SCALE, Math.max(1, zoom.scale * factor));
  const change = scale / zoom.scale;
  return keepInside(
    { scale, x: point.x - (point.x - zoom.x) * change, y: point.y - (point.y - zoom.y) * change },
    box,
    picture,
  );
}

export function panBy(zoom: Zoom, by: Point, box: Size, picture: Size): Zoom {
  return keepInside({ scale: zoom.scale, x: zoom.x + by.x, y: zoom.y + by.y }, box, picture);
}

/** Factor of one wheel event; trackpads send many small deltas, mice few large ones, some in lines. */
export function wheelFactor(deltaY: number, deltaMode: number): number {
  const pixels = deltaMode === 1 ? deltaY * 16 : deltaY;
  return Math.exp(-Math.max(-240, Math.min(240, pixels)) / 400);
}

/** What a key does to the zoom; undefined for keys that are not for it. */
export function zoomByKey(key: string, zoom: Zoom, box: Size, picture: Size): Zoom | undefined {
  const centre = { x: 0, y: 0 };
  switch (key) {
    case '+':
    case '=':
      return zoomAt(zoom, ZOOM_STEP, centre, box, picture);
    case '-':
      return zoomAt(zoom, 1 / ZOOM_STEP, centre, box, picture);
    case '0':
      return UNZOOMED;
    default:
      break;
  }
  if (zoom.scale === 1) return undefined;
  switch (key) {
    case 'ArrowLeft':
      return panBy(zoom, { x: PAN_STEP, y: 0 }, box, picture);
    case 'ArrowRight':
      return panBy(zoom, { x: -PAN_STEP, y: 0 }, box, picture);
    case 'ArrowUp':
      return panBy(zoom, { x: 0, y: PAN_STEP }, box, picture);
    case 'ArrowDown':
      return panBy(zoom, { x: 0, y: -PAN_STEP }, box, picture);
    default:
      return undefined;
  }
}
