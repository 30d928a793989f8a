/** Where a picture lies in its tile, and how parts of it are blanked. Frames are planar YUV 4:2:0, so places are even. */
import type { Blanking } from './types.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the picture lies; without a size it is not known before it is decoded. */
export interface Placement {
  readonly width?: number;
  readonly height?: number;
  readonly x: number;
  readonly y: number;
}

export function frameBytes({ width, height }: Size): number {
  return (width * height * 3) / 2;
}

const even = (value: number) => Math.floor(value / 2) * 2;

/** The largest place with the picture's own shape, in the middle of the tile. */
export function placementOf({ width, height }: Partial<Size>, tile: Size): Placement {
  if (!width || !height) return { x: 0, y: 0 };
  const scale = Math.min(tile.width / width, tile.height / height);
  const size = { width: Math.max(2, even(width * scale)), height: Math.max(2, even(height * scale)) };
  return { ...size, x: even((tile.width - size.width) / 2), y: even((tile.height - size.height) / 2) };
}

/**
 * Blanks a rectangle (0..1 of the picture) with plain grey, rounded outwards. All of the tile where no area is named, and where
 * nobody knows where the picture lies in it.
 */
export function blankArea(frame: Uint8Array, tile: Size, placement: Placement, area: Blanking['area']): void {
  const { width, height } = placement;
  const isKnown = area !== undefined && width !== undefined && height !== undefined;
  const edges = isKnown
    ? {
        left: placement.x + area.x * width - 1,
        top: placement.y + area.y * height - 1,
        right: placement.x + (area.x + area.width) * width + 3,
        bottom: placement.y + (area.y + area.height) * height + 3,
      }
    : { left: 0, top: 0, right: tile.width, bottom: tile.height };
  fill(frame, tile, {
    left: clamp(even(edges.left), tile.width),
    top: clamp(even(edges.top), tile.height),
    right: clamp(even(edges.right), tile.width),
    bottom: clamp(even(edges.bottom), tile.height),
  });
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function fill(frame: Uint8Array, { width, height }: Size, { left, top, right, bottom }: Edges): void {
  for (let row = top; row < bottom; row += 1) frame.fill(0x50, row * width + left, row * width + right);
  for (const plane of [width * height, (width * height * 5) / 4])
    for (let row = top / 2; row < bottom / 2; row += 1) {
      const start = plane + (row * width) / 2;
      frame.fill(0x80, start + left / 2, start + right / 2);
    }
}
