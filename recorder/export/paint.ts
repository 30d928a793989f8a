/** Paints marks onto raw frames (planar YUV 4:2:0), inside the place of the picture in its tile. */
import type { DrawItem } from '../../ar-annotations/draw/draw.ts';
import type { Point } from '../../ar-annotations/scene/types.ts';
import type { Letters } from './letters.ts';
import type { Size } from './raster.ts';

/** Where the picture lies in the tile, whole pixels. */
export interface Place extends Size {
  readonly x: number;
  readonly y: number;
}

type Line = Extract<DrawItem, { kind: 'line' }>;
/** 0 to 1: how much of a pixel is covered, by its middle in pixels of the picture. */
type Coverage = (x: number, y: number) => number;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export class FramePainter {
  readonly #frame: Uint8Array;
  readonly #tile: Size;
  readonly #place: Place;

  /** @param frame is changed */
  constructor(frame: Uint8Array, tile: Size, place: Place) {
    this.#frame = frame;
    this.#tile = tile;
    this.#place = place;
  }

  /** @param lettersOf of a text, where there is a font. Pinned images are shown by their frame alone. */
  paint(item: DrawItem, lettersOf: (text: string, size: number) => Letters | undefined): void {
    switch (item.kind) {
      case 'line':
        this.#line(item);
        return;
      case 'area':
        this.#fill(boxOf(item.points, 1), item.colour, (x, y) => (contains(item.points, x, y) ? 1 : 0));
        return;
      case 'text': {
        const letters = lettersOf(item.text, item.size);
        if (!letters) return;
        if (item.edge !== undefined) this.#letters(letters, letters.edge, item.at, item.edge);
        this.#letters(letters, letters.ink, item.at, item.colour);
        return;
      }
      case 'image':
        return;
    }
  }

  #line({ points, widths, colour, dash }: Line): void {
    for (const { a, b, width } of partsOf(points, widths, dash)) {
      const reach = width / 2;
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const square = dx * dx + dy * dy;
      this.#fill(boxOf([a, b], reach + 1), colour, (x, y) => {
        const part = square > 0 ? Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / square)) : 0;
        const away = Math.hypot(x - a.x - dx * part, y - a.y - dy * part);
        return Math.min(1, Math.max(0, reach + 0.5 - away));
      });
    }
  }

  #letters({ width, height }: Letters, mask: Uint8Array, at: Point, colour: string): void {
    const [left, top] = [Math.round(at.x - width / 2), Math.round(at.y - height / 2)];
    const box = { left, top, right: left + width, bottom: top + height };
    this.#fill(box, colour, (x, y) => {
      const [column, row] = [Math.floor(x - left), Math.floor(y - top)];
      if (column < 0 || row < 0 || column >= width || row >= height) return 0;
      return (mask[row * width + column] ?? 0) / 255;
    });
  }

  #fill(box: Box, colour: string, coverage: Coverage): void {
    const { width, height } = this.#tile;
    const [luma, blue, red] = yuvOf(colour);
    this.#plane({ box, start: 0, stride: width, step: 1, value: luma, coverage });
    const chroma = { box, stride: width / 2, step: 2 as const, coverage };
    this.#plane({ ...chroma, start: width * height, value: blue });
    this.#plane({ ...chroma, start: (width * height * 5) / 4, value: red });
  }

  #plane(to: {
    readonly box: Box;
    readonly start: number;
    readonly stride: number;
    readonly step: 1 | 2;
    readonly value: number;
    readonly coverage: Coverage;
  }): void {
    const { box, start, stride, step, value, coverage } = to;
    const place = this.#place;
    const [left, right] = [Math.max(0, box.left), Math.min(place.width, box.right)];
    const [top, bottom] = [Math.max(0, box.top), Math.min(place.height, box.bottom)];
    for (let row = Math.floor(top / step); row < bottom / step; row += 1)
      for (let column = Math.floor(left / step); column < right / step; column += 1) {
        const part = coverage((column + 0.5) * step, (row + 0.5) * step);
        if (part <= 0) continue;
        const index = start + (row + place.y / step) * stride + column + place.x / step;
        const before = this.#frame[index] ?? 0;
        this.#frame[index] = Math.round(before + (value - before) * part);
      }
  }
}

function boxOf(points: readonly Point[], margin: number): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    left: Math.floor(Math.min(...xs) - margin),
    top: Math.floor(Math.min(...ys) - margin),
    right: Math.ceil(Math.max(...xs) + margin),
    bottom: Math.ceil(Math.max(...ys) + margin),
  };
}

/** Straight pieces of a line with its gaps taken out. */
function* partsOf(
  points: readonly Point[],
  widths: readonly number[],
  dash: readonly number[],
): Generator<{ a: Point; b: Point; width: number }> {
  const [first] = points;
  if (first && points.length === 1) yield { a: first, b: first, width: widths[0] ?? 1 };
  const period = dash.reduce((sum, part) => sum + part, 0);
  let drawn = 0;
  for (const [index, b] of points.slice(1).entries()) {
    const a = points[index] ?? b;
    const width = widths[index] ?? widths[0] ?? 1;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (!(period > 1)) {
      yield { a, b, width };
      continue;
    }
    const at = (distance: number) => {
      const part = length > 0 ? distance / length : 0;
      return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
    };
    for (const [from, to] of dashes(drawn, drawn + length, dash, period))
      yield { a: at(from - drawn), b: at(to - drawn), width };
    drawn += length;
  }
}

/** The drawn stretches between two distances along a line. */
function* dashes(
  from: number,
  to: number,
  dash: readonly number[],
  period: number,
): Generator<[number, number]> {
  for (let start = Math.floor(from / period) * period; start < to; start += period) {
    let at = start;
    for (const [index, part] of dash.entries()) {
      const [begin, end] = [Math.max(from, at), Math.min(to, at + part)];
      if (index % 2 === 0 && end > begin) yield [begin, end];
      at += part;
    }
  }
}

function contains(corners: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (const [index, a] of corners.entries()) {
    const b = corners[(index + 1) % corners.length];
    if (b === undefined || a.y > y === b.y > y) continue;
    if (x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

/** `#rrggbb` in limited range (ITU-R BT.709). */
function yuvOf(colour: string): readonly [number, number, number] {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(
    (from) => Number.parseInt(colour.slice(from, from + 2), 16) / 255,
  );
  const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [16 + 219 * luma, 128 + (224 * (b - luma)) / 1.8556, 128 + (224 * (r - luma)) / 1.5748];
}
