/** Grey pictures that layers of a scene are covered with, and their values between the pixels without aliasing. */

interface TextureLevel {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** A picture and ever smaller halves of it. */
export interface Texture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly levels: readonly TextureLevel[];
}

const SMALLEST = 16;

/** `grey`: 0 to 255, row by row. */
export function textureFrom(name: string, width: number, height: number, grey: Uint8Array): Texture {
  const levels: TextureLevel[] = [{ width, height, grey }];
  for (let last = levels[0]; last && Math.min(last.width, last.height) >= 2 * SMALLEST; ) {
    last = half(last);
    levels.push(last);
  }
  return { name, width, height, levels };
}

function half({ width, height, grey }: TextureLevel): TextureLevel {
  const w = width >> 1;
  const h = height >> 1;
  const out = new Uint8Array(w * h);
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const i = 2 * y * width + 2 * x;
      const sum = (grey[i] ?? 0) + (grey[i + 1] ?? 0) + (grey[i + width] ?? 0) + (grey[i + width + 1] ?? 0);
      out[y * w + x] = (sum + 2) >> 2;
    }
  }
  return { width: w, height: h, grey: out };
}

/** Folds a coordinate back into 0..size as if mirrors stood at the edges. */
function fold(value: number, size: number): number {
  const period = 2 * size;
  const v = value - Math.floor(value / period) * period;
  return v < size ? v : period - v;
}

/**
 * The grey value at a place in pixels of the full texture, seen so that `texels` of its pixels fall into one of the picture:
 * between two levels, each bilinear.
 */
export function sample(texture: Texture, u: number, v: number, texels: number): number {
  const x = fold(u, texture.width);
  const y = fold(v, texture.height);
  const fine = texels <= 1 ? 0 : Math.log2(texels);
  const most = texture.levels.length - 1;
  const level = Math.min(Math.floor(fine), most);
  const near = bilinear(texture.levels[level], x, y, 1 << level);
  const part = fine - level;
  if (part < 0.02 || level === most) return near;
  return near + (bilinear(texture.levels[level + 1], x, y, 2 << level) - near) * part;
}

function bilinear(level: TextureLevel | undefined, x: number, y: number, scale: number): number {
  if (!level) return 0;
  const { width, height, grey } = level;
  const fx = Math.max(0, Math.min(width - 1.001, x / scale - 0.5));
  const fy = Math.max(0, Math.min(height - 1.001, y / scale - 0.5));
  const ix = fx | 0;
  const iy = fy | 0;
  const i = iy * width + ix;
  const a = fx - ix;
  const b = fy - iy;
  const top = (grey[i] ?? 0) * (1 - a) + (grey[i + 1] ?? 0) * a;
  const bottom = (grey[i + width] ?? 0) * (1 - a) + (grey[i + width + 1] ?? 0) * a;
  return top * (1 - b) + bottom * b;
}
