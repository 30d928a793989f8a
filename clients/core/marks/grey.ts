/** Small grey pictures for the tracker and for prints, made from whatever shows a frame: in a page or in a worker. */
import type { GreyFrame } from '../../../ar-annotations/tracker/types.ts';

/** Pixels of the longer side. Upright pictures get a little more, so that their width is not too coarse. */
const LONG_SIDE = 320;
const LONG_SIDE_UPRIGHT = 400;

/** The size a frame is looked at in; undefined for a frame without pixels. */
export function greySize(width: number, height: number): { width: number; height: number } | undefined {
  if (!(width > 0) || !(height > 0)) return undefined;
  const scale = width >= height ? LONG_SIDE / width : LONG_SIDE_UPRIGHT / height;
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return size.width < 32 || size.height < 32 ? undefined : size;
}

/** Luma of canvas pixels (ITU-R BT.709). */
export function greyOfPixels(rgba: Uint8ClampedArray, width: number, height: number): GreyFrame {
  const luma = new Uint8Array(width * height);
  for (let index = 0, at = 0; index < luma.length; index += 1, at += 4) {
    luma[index] = (54 * (rgba[at] ?? 0) + 183 * (rgba[at + 1] ?? 0) + 19 * (rgba[at + 2] ?? 0) + 128) >> 8;
  }
  return { width, height, luma };
}

/** The luma plane of a video frame as it lies in memory. */
export interface LumaPlane {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** False: 16 to 235 stand for black to white, as in most video. */
  readonly fullRange: boolean;
}

/** Samples taken of each small pixel, in each direction: more would only cost. */
const SAMPLES = 4;

/** Means of samples spread over each field: a 4K plane is reduced in about 2 ms, where drawing it would take ten times that. */
export function greyOfPlane(plane: LumaPlane, width: number, height: number): GreyFrame {
  const columns = spread(plane.width, width);
  const rows = spread(plane.height, height);
  const luma = new Uint8Array(width * height);
  const range = stretched(plane.fullRange);
  const { bytes, offset, stride } = plane;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let j = 0; j < SAMPLES; j += 1) {
        const row = offset + (rows[y * SAMPLES + j] ?? 0) * stride;
        for (let i = 0; i < SAMPLES; i += 1) sum += bytes[row + (columns[x * SAMPLES + i] ?? 0)] ?? 0;
      }
      luma[y * width + x] = range[Math.round(sum / (SAMPLES * SAMPLES))] ?? 0;
    }
  }
  return { width, height, luma };
}

function spread(from: number, to: number): Int32Array {
  const places = new Int32Array(to * SAMPLES);
  const step = from / places.length;
  for (let index = 0; index < places.length; index += 1) {
    places[index] = Math.min(from - 1, Math.floor((index + 0.5) * step));
  }
  return places;
}

function stretched(fullRange: boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) =>
    fullRange ? value : Math.max(0, Math.min(255, Math.round(((value - 16) * 255) / 219))),
  );
}

/** A canvas that is drawn on again and again, since making one costs more than drawing. */
export class GreyCanvas {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor() {
    this.#canvas = new OffscreenCanvas(LONG_SIDE, LONG_SIDE);
    const context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('This browser draws nothing off screen.');
    this.#context = context;
  }

  /**
   * The frame that an element, a bitmap or a video frame shows now.
   * @param width of the picture itself, with `height`; undefined where it has no pixels
   */
  grey(image: CanvasImageSource, width: number, height: number): GreyFrame | undefined {
    const size = greySize(width, height);
    if (!size) return undefined;
    if (this.#canvas.width !== size.width) this.#canvas.width = size.width;
    if (this.#canvas.height !== size.height) this.#canvas.height = size.height;
    this.#context.imageSmoothingQuality = 'medium';
    this.#context.drawImage(image, 0, 0, size.width, size.height);
    const { data } = this.#context.getImageData(0, 0, size.width, size.height);
    return greyOfPixels(data, size.width, size.height);
  }
}
