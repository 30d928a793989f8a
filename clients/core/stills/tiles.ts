/** How a frame is cut into pieces, and in which order they are sent. Pure. */
import type { Rect } from './framing.ts';

/** JPEG codes blocks of 16 pixels: tiles that begin on one have no seams but those of their quality. */
const ALIGN = 16;
const TILE_WIDTH = 640;
const TILE_HEIGHT = 544;
/** Lines of the coarse picture: sharp enough to see what the pen is on, and small enough for half a second. */
const COARSE_EDGE = 800;

export interface Cut {
  /** Tiles at full size, nearest to the point first. */
  readonly tiles: readonly Rect[];
  /** How many of them, from the first on, make up the area under the pen. */
  readonly area: number;
}

/** Covers the frame with tiles without overlap; those that a window of one tile's size around the point touches come first. */
export function cutFrame(width: number, height: number, point: { x: number; y: number }): Cut {
  const columns = edges(width, TILE_WIDTH);
  const rows = edges(height, TILE_HEIGHT);
  const px = Math.min(1, Math.max(0, point.x)) * width;
  const py = Math.min(1, Math.max(0, point.y)) * height;
  const window = windowAround(px, py, width, height);
  const tiles = rows
    .flatMap((row) =>
      columns.map((column) => ({ x: column.at, y: row.at, width: column.size, height: row.size })),
    )
    .map((rect) => ({ rect, isArea: overlaps(rect, window), far: distance(rect, px, py) }))
    .sort((a, b) => Number(b.isArea) - Number(a.isArea) || a.far - b.far);
  return { tiles: tiles.map(({ rect }) => rect), area: tiles.filter(({ isArea }) => isArea).length };
}

/** Size of the coarse picture of a frame. */
export function coarseSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, COARSE_EDGE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function edges(length: number, wanted: number): { at: number; size: number }[] {
  const count = Math.max(1, Math.round(length / wanted));
  const size = Math.ceil(length / count / ALIGN) * ALIGN;
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => {
    const at = index * size;
    return { at, size: Math.min(size, length - at) };
  });
}

/** As large as a tile, moved so that it lies within the frame. */
function windowAround(px: number, py: number, width: number, height: number): Rect {
  const w = Math.min(TILE_WIDTH, width);
  const h = Math.min(TILE_HEIGHT, height);
  return {
    x: Math.min(width - w, Math.max(0, px - w / 2)),
    y: Math.min(height - h, Math.max(0, py - h / 2)),
    width: w,
    height: h,
  };
}

function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Squared, from the middle of the tile. */
function distance({ x, y, width, height }: Rect, px: number, py: number): number {
  return (x + width / 2 - px) ** 2 + (y + height / 2 - py) ** 2;
}
