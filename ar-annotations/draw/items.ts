/** What a mark looks like, as plain shapes in pixels of the picture: any canvas can paint them in this order. */
import type { Point } from '../scene/types.ts';

export type DrawItem =
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      /** One for each part between two points, or one for all; a line of one point is a dot. Round ends and corners. */
      readonly widths: readonly number[];
      /** `#rrggbb` */
      readonly colour: string;
      readonly opacity: number;
      /** Lengths of line and space in pixels; empty: unbroken. */
      readonly dash: readonly number[];
    }
  | {
      readonly kind: 'area';
      readonly points: readonly Point[];
      readonly colour: string;
      readonly opacity: number;
    }
  /** Upright, its middle at `at`. */
  | {
      readonly kind: 'text';
      readonly at: Point;
      readonly text: string;
      /** Height of the letters' line. */
      readonly size: number;
      readonly colour: string;
      /** Colour of the edge around each letter; absent: none. */
      readonly edge?: string;
      readonly opacity: number;
    }
  /** Corners clockwise from the image's top left. */
  | {
      readonly kind: 'image';
      readonly imageId: string;
      readonly corners: readonly [Point, Point, Point, Point];
      readonly opacity: number;
    };

export interface Size {
  readonly width: number;
  readonly height: number;
}

const DARK = '#000000';
const LIGHT = '#ffffff';

/** A line that is seen on any picture: dark outside, light inside that, then its colour. */
export function outlined(
  points: readonly Point[],
  widths: readonly number[],
  look: { readonly colour: string; readonly opacity: number; readonly dash: readonly number[] },
): DrawItem[] {
  const thickest = Math.max(...widths);
  const edge = Math.max(1, thickest * 0.3);
  const line = (colour: string, more: number, dash: readonly number[]): DrawItem => ({
    kind: 'line',
    points,
    widths: widths.map((width) => width + more),
    colour,
    opacity: look.opacity,
    dash: dash.map((part) => part * thickest),
  });
  return [line(DARK, edge * 4, []), line(LIGHT, edge * 2, []), line(look.colour, 0, look.dash)];
}

/** A disc with a letter or number. */
export function badge(
  at: Point,
  radius: number,
  text: string,
  { colour, ink, opacity }: { readonly colour: string; readonly ink: string; readonly opacity: number },
): DrawItem[] {
  const disc = Array.from({ length: 24 }, (_, index) => {
    const turn = (2 * Math.PI * index) / 24;
    return { x: at.x + radius * Math.cos(turn), y: at.y + radius * Math.sin(turn) };
  });
  const [first] = disc;
  const rim = first ? [...disc, first] : disc;
  const width = Math.max(1, radius * 0.14);
  return [
    { kind: 'line', points: rim, widths: [width * 3], colour: DARK, opacity, dash: [] },
    { kind: 'area', points: disc, colour, opacity },
    { kind: 'line', points: rim, widths: [width], colour: LIGHT, opacity, dash: [] },
    { kind: 'text', at, text, size: radius * 1.4, colour: ink, opacity },
  ];
}
