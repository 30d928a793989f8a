import { apply, invert, type Matrix3 } from '../../geometry/matrix.ts';
import { createRandom } from '../../geometry/random.ts';
import type { GreyFrame } from '../types.ts';

/**
 * Pictures with known motion for the tests of the tracker. The world is a plane; the reference frame sees its square 0..1 × 0..height
 * (in frame widths); a view is a map from places of the reference frame (0..1) to places of the frame to be drawn.
 */

/** A picture of the plane from (-1, -1) to (2, 2), in frame widths. */
export interface Texture {
  readonly side: number;
  readonly luma: Float32Array;
}

const SIDE = 960;
const SPAN = 3;

/** Paints a texture from a function of places (frame widths). */
export function paint(luma: (x: number, y: number) => number): Texture {
  const texture = { side: SIDE, luma: new Float32Array(SIDE * SIDE) };
  for (let v = 0, i = 0; v < SIDE; v += 1) {
    for (let u = 0; u < SIDE; u += 1, i += 1) {
      texture.luma[i] = luma((u / SIDE) * SPAN - 1, (v / SIDE) * SPAN - 1);
    }
  }
  return texture;
}

/** Smooth noise of one scale (`cell` in frame widths), 0 to 1. */
export function valueNoise(seed: number, cell: number): (x: number, y: number) => number {
  const random = createRandom(seed);
  const grid = Float32Array.from({ length: 256 * 256 }, random);
  const at = (i: number, j: number): number => grid[(j & 255) * 256 + (i & 255)] ?? 0;
  const ease = (t: number): number => t * t * (3 - 2 * t);
  return (x, y) => {
    const i = Math.floor(x / cell);
    const j = Math.floor(y / cell);
    const fx = ease(x / cell - i);
    const fy = ease(y / cell - j);
    const upper = at(i, j) + (at(i + 1, j) - at(i, j)) * fx;
    const lower = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * fx;
    return upper + (lower - upper) * fy;
  };
}

/** A busy scene: patches of several sizes with hard edges, fine grain in them. */
export function busyTexture(seed: number, contrast = 1): Texture {
  const coarse = valueNoise(seed, 0.13);
  const middle = valueNoise(seed + 1, 0.05);
  const fine = valueNoise(seed + 2, 0.017);
  return paint((x, y) => {
    const shape = middle(x, y) > 0.5 ? 1 : 0;
    const value = 60 * (coarse(x, y) - 0.5) + 70 * (shape - 0.5) + 60 * (fine(x, y) - 0.5);
    return 120 + contrast * value;
  });
}

/** How one frame is drawn. */
export interface View {
  /** From places of the reference frame to places of this one. */
  readonly map: Matrix3;
  /** Multiplies and shifts the luma. */
  readonly gain?: number;
  readonly bias?: number;
  /** Standard deviation of the noise of the sensor. */
  readonly noise?: number;
  /** Width of a horizontal blur, in pixels. */
  readonly blur?: number;
  /** Another plane in front, seen inside a shape: a hand, a moving object. */
  readonly front?: Front;
  readonly seed?: number;
}

export interface Front {
  readonly texture: Texture;
  readonly map: Matrix3;
  /** Whether a place of the front's plane (reference frame, 0..1) is covered. */
  readonly covers: (x: number, y: number) => boolean;
}

export function draw(texture: Texture, view: View, width = 320, height = 240): GreyFrame {
  const out = new Float32Array(width * height);
  const back = invert(view.map);
  const frontBack = view.front && invert(view.front.map);
  const tall = height / width;
  for (let v = 0, i = 0; v < height; v += 1) {
    for (let u = 0; u < width; u += 1, i += 1) {
      const px = (u + 0.5) / width;
      const py = (v + 0.5) / height;
      const near = view.front && frontBack && apply(frontBack, px, py);
      if (near && view.front?.covers(near.x, near.y)) {
        out[i] = sample(view.front.texture, near.x, near.y * tall);
      } else {
        const place = back ? apply(back, px, py) : { x: 0, y: 0 };
        out[i] = sample(texture, place.x, place.y * tall);
      }
    }
  }
  return develop(view.blur ? blurred(out, width, height, view.blur) : out, view, width, height);
}

function sample(texture: Texture, x: number, y: number): number {
  const limit = texture.side - 1.001;
  const px = Math.min(limit, Math.max(0, ((x + 1) / SPAN) * texture.side - 0.5)) || 0;
  const py = Math.min(limit, Math.max(0, ((y + 1) / SPAN) * texture.side - 0.5)) || 0;
  const i = Math.floor(px);
  const j = Math.floor(py);
  const at = j * texture.side + i;
  const { luma, side } = texture;
  const upper = (luma[at] ?? 0) + ((luma[at + 1] ?? 0) - (luma[at] ?? 0)) * (px - i);
  const lower = (luma[at + side] ?? 0) + ((luma[at + side + 1] ?? 0) - (luma[at + side] ?? 0)) * (px - i);
  return upper + (lower - upper) * (py - j);
}

function blurred(source: Float32Array, width: number, height: number, length: number): Float32Array {
  const out = new Float32Array(source.length);
  const reach = Math.floor(length / 2);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let k = -reach; k <= reach; k += 1) {
        sum += source[y * width + Math.min(width - 1, Math.max(0, x + k))] ?? 0;
      }
      out[y * width + x] = sum / (2 * reach + 1);
    }
  }
  return out;
}

/** Light, noise and rounding. */
function develop(source: Float32Array, view: View, width: number, height: number): GreyFrame {
  const random = createRandom(view.seed ?? 1);
  const { gain = 1, bias = 0, noise = 2 } = view;
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i += 1) {
    const grain = (random() + random() + random() + random() - 2) * Math.sqrt(3) * noise;
    luma[i] = Math.round(Math.min(255, Math.max(0, (source[i] ?? 0) * gain + bias + grain)));
  }
  return { width, height, luma };
}

/** A view turned by `angle` (radians), enlarged by `zoom` about the middle of the frame, then moved by (`dx`, `dy`) frame widths. */
export function turned(
  angle: number,
  zoom: number,
  dx: number,
  dy: number,
  width = 320,
  height = 240,
): Matrix3 {
  const tall = height / width;
  const c = Math.cos(angle) * zoom;
  const s = Math.sin(angle) * zoom;
  // In frame widths: p → R (p − m) + m + d; then y back into parts of the height.
  const mx = 0.5;
  const my = tall / 2;
  return [c, -s * tall, mx - c * mx + s * my + dx, s / tall, c, (my - s * mx - c * my + dy) / tall, 0, 0, 1];
}
