/** What stands before the camera, and the pictures it takes: layers, exposure, light and noise. */

import { apply, compose, type Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';
import { normal, randomOf } from '../cpr/random.ts';
import { type CameraPose, inverse, planeToFrame } from './camera.ts';
import { sample, type Texture } from './texture.ts';

export interface Layer {
  readonly texture: Texture;
  /** Pixels of the texture on one unit; its middle lies at the layer's own 0, 0. */
  readonly texelsPerUnit: number;
  /** Behind the patient's plane where positive. */
  readonly depth: number;
  /** The layer's own places → the world's, at a time in seconds. */
  readonly place?: (seconds: number) => Matrix3;
  /** How much of the layer covers what is behind it, 0 to 1, at one of its own places; everything where absent. */
  readonly cover?: (u: number, v: number) => number;
}

export interface Light {
  readonly gain: number;
  readonly offset: number;
  /** Further gain from the left edge to the right one, and from top to bottom. */
  readonly across: number;
  readonly down: number;
}

export interface Scene {
  readonly seed: number;
  /** Back to front. */
  readonly layers: readonly Layer[];
  readonly camera: (seconds: number) => CameraPose;
  readonly light: (seconds: number) => Light;
  /** Seconds that the shutter is open. */
  readonly exposure: number;
  /** Deviation of one pixel, in grey values. */
  readonly noise: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MOST_PARTS = 7;
const NOISES = 1 << 16;
const noises = new Map<number, Float32Array>();

/** The map from a layer's own places to the frame (0..1) at a time. */
export function layerToFrame(scene: Scene, layer: Layer, seconds: number, aspect: number): Matrix3 {
  const plane = planeToFrame(scene.camera(seconds), layer.depth, aspect);
  return layer.place ? compose(plane, layer.place(seconds)) : plane;
}

/** The picture whose exposure is in its middle at this time. Deterministic. */
export function takePicture(scene: Scene, seconds: number, size: Size): GreyFrame {
  const { width, height } = size;
  const sum = new Float32Array(width * height);
  const parts = partsOf(scene, seconds, size);
  const part = new Float32Array(width * height);
  for (let i = 0; i < parts; i += 1) {
    const at = seconds + ((i + 0.5) / parts - 0.5) * scene.exposure;
    for (const layer of scene.layers) drawLayer(part, scene, layer, at, size);
    for (let p = 0; p < sum.length; p += 1) sum[p] = (sum[p] ?? 0) + (part[p] ?? 0);
  }
  return developed(sum, parts, scene, seconds, size);
}

/** How many pictures a blurred one is made of: one for each pixel and a half that something moves. */
function partsOf(scene: Scene, seconds: number, { width, height }: Size): number {
  const aspect = width / height;
  const moved = scene.layers.map((layer) => {
    const [before = seconds, after = seconds] = [-0.5, 0.5].map((part) => seconds + part * scene.exposure);
    const back = inverse(layerToFrame(scene, layer, before, aspect));
    const forth = layerToFrame(scene, layer, after, aspect);
    const shifts = [0.1, 0.9].map((x) => {
      const own = apply(back, x, 0.5);
      const now = apply(forth, own.x, own.y);
      return Math.hypot((now.x - x) * width, (now.y - 0.5) * height);
    });
    return Math.max(...shifts);
  });
  return Math.max(1, Math.min(MOST_PARTS, Math.ceil(Math.max(...moved) / 1.5)));
}

function drawLayer(out: Float32Array, scene: Scene, layer: Layer, seconds: number, size: Size): void {
  const { width, height } = size;
  const { texture, texelsPerUnit, cover } = layer;
  const [a, b, c, d, e, f, g, h, i] = inverse(layerToFrame(scene, layer, seconds, width / height));
  const middle = apply([a, b, c, d, e, f, g, h, i], 0.5, 0.5);
  const beside = apply([a, b, c, d, e, f, g, h, i], 0.5 + 1 / width, 0.5);
  const texels = texelsPerUnit * Math.hypot(beside.x - middle.x, beside.y - middle.y);
  for (let py = 0; py < height; py += 1) {
    const y = (py + 0.5) / height;
    for (let px = 0; px < width; px += 1) {
      const x = (px + 0.5) / width;
      const w = 1 / (g * x + h * y + i);
      const u = (a * x + b * y + c) * w;
      const v = (d * x + e * y + f) * w;
      const share = cover ? cover(u, v) : 1;
      if (share <= 0) continue;
      const p = py * width + px;
      const grey = sample(
        texture,
        u * texelsPerUnit + texture.width / 2,
        v * texelsPerUnit + texture.height / 2,
        texels,
      );
      out[p] = share >= 1 ? grey : (out[p] ?? 0) * (1 - share) + grey * share;
    }
  }
}

function developed(sum: Float32Array, parts: number, scene: Scene, seconds: number, size: Size): GreyFrame {
  const { width, height } = size;
  const light = scene.light(seconds);
  const luma = new Uint8Array(width * height);
  const table = noiseOf(scene.seed);
  const start = randomOf(scene.seed + Math.round(seconds * 1e6));
  for (let y = 0; y < height; y += 1) {
    let n = Math.floor(start() * NOISES);
    const rowGain = light.gain + light.down * (y / height - 0.5);
    for (let x = 0; x < width; x += 1) {
      const p = y * width + x;
      const gain = rowGain + light.across * (x / width - 0.5);
      n = (n + 1) & (NOISES - 1);
      const value = ((sum[p] ?? 0) / parts) * gain + light.offset + (table[n] ?? 0) * scene.noise;
      luma[p] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
  return { width, height, luma };
}

/** Noise is drawn once for a seed: a normal number for every pixel of every picture would cost more than the picture. */
function noiseOf(seed: number): Float32Array {
  let table = noises.get(seed);
  if (!table) {
    if (noises.size > 8) noises.clear();
    const random = randomOf(seed + 77);
    table = Float32Array.from({ length: NOISES }, () => normal(random));
    noises.set(seed, table);
  }
  return table;
}
