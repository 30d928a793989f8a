/** Small grey pictures, their pyramids, and sampling between pixels. */

/** One picture of the video. `data` holds width × height grey values, row by row. */
export interface GreyFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Time of capture or presentation in milliseconds, on any clock that does not jump. */
  readonly timeMs: number;
}

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Half, quarter … of the first plane. */
export type Pyramid = readonly Plane[];

const LEVELS = 3;

/** The picture as numbers, softened a little because LK needs gradients wider than a pixel. */
export function planeOf({ width, height, data }: GreyFrame): Plane {
  const plane = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    for (let x = 0; x < width; x += 1) {
      const left = data[row + (x > 0 ? x - 1 : x)] ?? 0;
      const right = data[row + (x < width - 1 ? x + 1 : x)] ?? 0;
      plane[row + x] = ((data[row + x] ?? 0) * 2 + left + right) / 4;
    }
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const above = (y > 0 ? y - 1 : y) * width;
    const below = (y < height - 1 ? y + 1 : y) * width;
    for (let x = 0; x < width; x += 1) {
      out[y * width + x] =
        ((plane[y * width + x] ?? 0) * 2 + (plane[above + x] ?? 0) + (plane[below + x] ?? 0)) / 4;
    }
  }
  return { width, height, data: out };
}

export function pyramidOf(plane: Plane): Pyramid {
  const planes = [plane];
  let last = plane;
  while (planes.length < LEVELS) {
    last = halved(last);
    planes.push(last);
  }
  return planes;
}

function halved({ width, height, data }: Plane): Plane {
  const w = width >> 1;
  const h = height >> 1;
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const i = 2 * y * width + 2 * x;
      out[y * w + x] =
        ((data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + width] ?? 0) + (data[i + width + 1] ?? 0)) / 4;
    }
  }
  return { width: w, height: h, data: out };
}

/** The value between pixels; the edge goes on outside. */
export function sample({ width, height, data }: Plane, x: number, y: number): number {
  const cx = x < 0 ? 0 : x > width - 1.001 ? width - 1.001 : x;
  const cy = y < 0 ? 0 : y > height - 1.001 ? height - 1.001 : y;
  const ix = cx | 0;
  const iy = cy | 0;
  const fx = cx - ix;
  const fy = cy - iy;
  const i = iy * width + ix;
  const top = (data[i] ?? 0) * (1 - fx) + (data[i + 1] ?? 0) * fx;
  const bottom = (data[i + width] ?? 0) * (1 - fx) + (data[i + width + 1] ?? 0) * fx;
  return top * (1 - fy) + bottom * fy;
}

/** Standard deviation of the values: how much there is to see. */
export function contrast({ data }: Plane): number {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return Math.sqrt(Math.max(0, squares / data.length - mean * mean));
}

export function meanOf({ data }: Plane): number {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length;
}
