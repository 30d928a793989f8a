/** Colours and strokes of the drawings, and how parts of a figure are laid over one another. */
import type { Drawing, Shape } from '../types.ts';

/** Few and far apart in lightness, so that the drawings are read in grey as well. */
export const INK = '#14222d';
export const SKIN = '#f3cda9';
/** Who helps. */
export const BLUE = '#2a68a6';
export const SLATE = '#5a7083';
/** Who is helped. */
export const PALE = '#e9eef2';
export const GREY = '#bccad4';
/** Where to act, and which way. */
export const RED = '#c62f24';
export const WHITE = '#ffffff';
const GROUND = '#f6f9fb';
const FLOOR = '#d8e1e7';

const OUTLINE = 4.4;

export function path(d: string, fill: string): Shape {
  return { tag: 'path', attributes: { d, fill } };
}

/** Lines of a drawing: folds, fingers, waves. */
export function line(d: string, width = 2.4, stroke = INK): Shape {
  return {
    tag: 'path',
    attributes: {
      d,
      fill: 'none',
      stroke,
      'stroke-width': width,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    },
  };
}

/** What is drawn as one body: the outline goes round all of it, and none runs through it. */
export function body(...pieces: readonly (readonly [fill: string, d: string])[]): Shape[] {
  const outline: Shape = {
    tag: 'path',
    attributes: {
      d: pieces.map(([, d]) => d).join(''),
      fill: INK,
      stroke: INK,
      'stroke-width': OUTLINE,
      'stroke-linejoin': 'round',
    },
  };
  return [outline, ...pieces.map(([fill, d]) => path(d, fill))];
}

export function group(shapes: readonly Shape[], attributes: Readonly<Record<string, string>> = {}): Shape {
  return { tag: 'g', attributes, children: shapes };
}

export interface Placing {
  readonly x?: number;
  readonly y?: number;
  /** Degrees, clockwise. */
  readonly turn?: number;
  readonly scale?: number;
  /** Left and right, or top and bottom, changed over before turning. */
  readonly mirrored?: boolean;
  readonly flipped?: boolean;
}

export function placed(shapes: readonly Shape[], where: Placing): Shape {
  const { x = 0, y = 0, turn = 0, scale = 1, mirrored = false, flipped = false } = where;
  const size = `${mirrored ? -scale : scale} ${flipped ? -scale : scale}`;
  const transform = `translate(${x} ${y}) rotate(${turn}) scale(${size})`;
  return group(shapes, { transform });
}

/** Digits and units that are read alike everywhere. */
export function figures(text: string, x: number, y: number, size = 26, fill = INK): Shape {
  return {
    tag: 'text',
    attributes: {
      x,
      y,
      fill,
      'font-size': size,
      'font-weight': 700,
      'font-family': 'Arial, Helvetica, sans-serif',
      'text-anchor': 'middle',
    },
    text,
  };
}

/** A drawing on its own light ground, so that a dark page changes nothing in it; `floor` is the height of the floor. */
export function drawing(shapes: readonly Shape[], floor?: number): Drawing {
  const ground: Shape = {
    tag: 'rect',
    attributes: { x: 0, y: 0, width: 320, height: 240, rx: 12, fill: GROUND },
  };
  const below: Shape[] =
    floor === undefined
      ? []
      : [path(`M0 ${floor}H320V228a12 12 0 0 1 -12 12H12a12 12 0 0 1 -12 -12z`, FLOOR)];
  return { width: 320, height: 240, shapes: [ground, ...below, ...shapes] };
}
