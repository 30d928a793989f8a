/**
 * Motion of blocks between two steadied pictures: pyramidal Lucas-Kanade (Bouguet's form), each block by itself, the
 * difference of mean brightness taken out so that a flash of light is no motion.
 */
import { type Plane, type Pyramid, sample } from './frames.ts';

/** Centres of the blocks, in pixels of the finest level. */
export interface Blocks {
  readonly columns: number;
  readonly rows: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const STRIDE = 10;
/** Half the window at each level, in pixels of that level. */
const HALF = [6, 4, 3];
const ITERATIONS = 2;
/** What noise adds to the gradients of one pixel: blocks without texture move this much less. */
const REGULAR = 5;
/** A block whose mean grey value is still this far off was lit or covered: that is no motion. */
const FLASH = 14;

export function blocksOf(width: number, height: number): Blocks {
  const columns = Math.max(1, Math.floor((width - 4) / STRIDE));
  const rows = Math.max(1, Math.floor((height - 4) / STRIDE));
  const x = new Float32Array(columns * rows);
  const y = new Float32Array(columns * rows);
  for (let i = 0; i < columns * rows; i += 1) {
    x[i] = ((i % columns) + 0.5) * (width / columns);
    y[i] = (Math.floor(i / columns) + 0.5) * (height / rows);
  }
  return { columns, rows, x, y };
}

/** From this change of a block's mean grey value on it counts as lit, and from this share of blocks it is a flash. */
const LIT = 7;
const FLASH_SHARE = 0.22;

/**
 * Whether a light went on or off between the pictures: many blocks change their mean grey value, and nearly all of them in
 * the same direction. Flashing lights of vehicles beat as fast as hands do.
 */
export function isFlash(blocks: Blocks, first: Plane, second: Plane): boolean {
  const changes = Float32Array.from(blocks.x, (x, i) =>
    meanChange(first, second, Math.round(x), Math.round(blocks.y[i] ?? 0)),
  );
  // Exposure and flicker change everything alike; a flash leaves a part as it is.
  const usual = changes.slice().sort()[changes.length >> 1] ?? 0;
  const brighter = changes.filter((change) => change > usual + LIT).length;
  const darker = changes.filter((change) => change < usual - LIT).length;
  return (
    Math.max(brighter, darker) > changes.length * FLASH_SHARE &&
    Math.max(brighter, darker) > 6 * Math.min(brighter, darker)
  );
}

function meanChange(first: Plane, second: Plane, cx: number, cy: number): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, cy - 4); y <= Math.min(first.height - 1, cy + 4); y += 2) {
    for (let x = Math.max(0, cx - 4); x <= Math.min(first.width - 1, cx + 4); x += 2) {
      const i = y * first.width + x;
      sum += (second.data[i] ?? 0) - (first.data[i] ?? 0);
      count += 1;
    }
  }
  return sum / (count || 1);
}

/** Shift of each block from the first to the second picture: x at `2 i`, y at `2 i + 1`, in pixels of the finest level. */
export function blockFlow(blocks: Blocks, first: Pyramid, second: Pyramid): Float32Array {
  const flow = new Float32Array(blocks.x.length * 2);
  for (let i = 0; i < blocks.x.length; i += 1) {
    let shift: Shift = { x: 0, y: 0 };
    for (let level = first.length - 1; level >= 0; level -= 1) {
      const a = first[level];
      const b = second[level];
      if (!a || !b) continue;
      shift = { x: shift.x * 2, y: shift.y * 2 };
      const scale = 1 / 2 ** level;
      const x = Math.round((blocks.x[i] ?? 0) * scale);
      const y = Math.round((blocks.y[i] ?? 0) * scale);
      shift = follow(a, b, x, y, HALF[level] ?? 3, shift);
    }
    flow[2 * i] = shift.x;
    flow[2 * i + 1] = shift.y;
  }
  return flow;
}

interface Shift {
  x: number;
  y: number;
}

function follow(a: Plane, b: Plane, cx: number, cy: number, half: number, start: Shift): Shift {
  const left = Math.max(1, cx - half);
  const right = Math.min(a.width - 2, cx + half);
  const top = Math.max(1, cy - half);
  const bottom = Math.min(a.height - 2, cy + half);
  const count = (right - left + 1) * (bottom - top + 1);
  if (right < left || bottom < top) return start;
  let { x: sx, y: sy } = start;
  const { data, width } = a;
  for (let n = 0; n < ITERATIONS; n += 1) {
    let xx = 0;
    let xy = 0;
    let yy = 0;
    let xe = 0;
    let ye = 0;
    let mx = 0;
    let my = 0;
    let me = 0;
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) {
        const i = y * width + x;
        const gx = ((data[i + 1] ?? 0) - (data[i - 1] ?? 0)) / 2;
        const gy = ((data[i + width] ?? 0) - (data[i - width] ?? 0)) / 2;
        const error = sample(b, x + sx, y + sy) - (data[i] ?? 0);
        xx += gx * gx;
        xy += gx * gy;
        yy += gy * gy;
        xe += gx * error;
        ye += gy * error;
        mx += gx;
        my += gy;
        me += error;
      }
    }
    if (n === 1 && Math.abs(me / count) > FLASH) return start;
    xe -= (mx * me) / count;
    ye -= (my * me) / count;
    xx += REGULAR * count;
    yy += REGULAR * count;
    const determinant = xx * yy - xy * xy;
    const dx = (yy * xe - xy * ye) / determinant;
    const dy = (xx * ye - xy * xe) / determinant;
    sx -= Math.max(-half, Math.min(half, dx));
    sy -= Math.max(-half, Math.min(half, dy));
  }
  return { x: sx, y: sy };
}
