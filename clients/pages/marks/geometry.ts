/**
 * Where a picture lies in the box that shows it, letterboxed, zoomed and moved; and the way between a place on the screen and
 * a place in the picture. Pure. Lengths in CSS pixels from the top left corner of the box; places in the picture in 0..1 from
 * its top left corner. Nothing is ever mirrored.
 */
import type { Point } from '../../../ar-annotations/scene/types.ts';
import { fitted, type Size, type Zoom } from '../consult/zoom.ts';

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The rectangle of the whole picture; parts of it may lie outside the box when it is zoomed. */
export function pictureRect(box: Size, picture: Size, zoom: Zoom): Rect {
  const fit = fitted(box, picture);
  const width = fit.width * zoom.scale;
  const height = fit.height * zoom.scale;
  return {
    left: (box.width - width) / 2 + zoom.x,
    top: (box.height - height) / 2 + zoom.y,
    width,
    height,
  };
}

/** The place in the picture under a point of the box; outside 0..1 beside the picture. */
export function toPicture(point: Point, rect: Rect): Point {
  if (rect.width <= 0 || rect.height <= 0) return { x: 0, y: 0 };
  return { x: (point.x - rect.left) / rect.width, y: (point.y - rect.top) / rect.height };
}

/** The point of the box over a place in the picture. */
export function toBox(place: Point, rect: Rect): Point {
  return { x: rect.left + place.x * rect.width, y: rect.top + place.y * rect.height };
}

export function isInside({ x, y }: Point): boolean {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

/** A pen that leaves the picture goes on at its edge: what nobody sees must not be drawn on. */
export function clampInside({ x, y }: Point): Point {
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}
