/** Random numbers that are the same for the same seed, and smooth noise made of them. */

export type Random = () => number;

/** Numbers from 0 to 1 (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const between = (random: Random, least: number, most: number): number =>
  least + random() * (most - least);

/** About normal, mean 0, deviation 1. */
export const normal = (random: Random): number =>
  (random() + random() + random() + random() + random() + random() - 3) * Math.SQRT2;

/** A function of time (seconds) that wanders smoothly about 0 with about the given deviation, up to `hz`. */
export function wander(random: Random, deviation: number, hz: number): (seconds: number) => number {
  const waves = Array.from({ length: 7 }, () => ({
    f: hz * (0.05 + random() * 0.95),
    phase: random() * 2 * Math.PI,
    a: deviation * Math.sqrt(2 / 7) * (0.6 + 0.8 * random()),
  }));
  return (seconds) =>
    waves.reduce((sum, { f, phase, a }) => sum + a * Math.sin(2 * Math.PI * f * seconds + phase), 0);
}

/** A texture of value noise in several sizes, 256 × 256, grey 0 to 255, that repeats at its edges. */
export function textureOf(random: Random, contrast: number, mean: number): Float32Array {
  const size = 256;
  const out = new Float32Array(size * size).fill(mean);
  for (const cell of [64, 24, 10, 5]) {
    const n = Math.ceil(size / cell);
    const grid = Array.from({ length: n * n }, () => random() - 0.5);
    const at = (x: number, y: number) => grid[(y % n) * n + (x % n)] ?? 0;
    for (let i = 0; i < out.length; i += 1) {
      const x = (i % size) / cell;
      const y = Math.floor(i / size) / cell;
      const fx = x % 1;
      const fy = y % 1;
      const ix = Math.floor(x);
      const iy = Math.floor(y);
      const top = at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx;
      const bottom = at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx;
      out[i] = (out[i] ?? 0) + (top * (1 - fy) + bottom * fy) * contrast;
    }
  }
  return out;
}

/** The texture at a place, between its points. */
export function textureAt(texture: Float32Array, x: number, y: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const row = (iy & 255) << 8;
  const below = ((iy + 1) & 255) << 8;
  const left = ix & 255;
  const right = (ix + 1) & 255;
  const top = (texture[row + left] ?? 0) * (1 - fx) + (texture[row + right] ?? 0) * fx;
  const bottom = (texture[below + left] ?? 0) * (1 - fx) + (texture[below + right] ?? 0) * fx;
  return top * (1 - fy) + bottom * fy;
}
