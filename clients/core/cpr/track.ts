/** Follows the motion of every block of the picture against the steadied scene, and remembers the last seconds of it. */

import { type Blocks, blockFlow, blocksOf, isFlash } from './flow.ts';
import { contrast, type GreyFrame, meanOf, type Pyramid, planeOf, pyramidOf } from './frames.ts';
import { cameraMotion, steadied } from './shake.ts';

/** The memory, in milliseconds. */
const KEPT_MS = 5000;
/** Positions return to rest with this time constant, which takes out drift and slow motion (below 1 Hz, softly). */
const REST_MS = 150;
/** Pictures further apart than this say nothing about motion between them. */
export const GAP_MS = 350;
/** Standard deviation of grey values below which there is nothing to see: a covered or very dark camera. */
const LEAST_CONTRAST = 5;
/** Share of pixels that must follow the camera's motion; below it is another scene. */
const LEAST_AGREED = 0.35;

/** What one picture brought. */
export interface Step {
  readonly timeMs: number;
  /** Shift of the camera since the picture before, in shares of the width. */
  readonly cameraX: number;
  readonly cameraY: number;
  /** The same scene as before, with something to see in it. */
  readonly sameScene: boolean;
}

export class MotionTrack {
  readonly times: number[] = [];
  /** Positions of all blocks at each time: x at `2 i`, y at `2 i + 1`, in pixels. */
  readonly positions: Float32Array[] = [];
  /** Mean grey value of each picture. */
  readonly light: number[] = [];
  #blocks: Blocks | undefined;
  #size = '';
  #last: { pyramid: Pyramid; timeMs: number } | undefined;

  get blocks(): number {
    return this.#blocks?.x.length ?? 0;
  }

  /** Undefined for a picture from which nothing follows: the first, one out of order, or one after a gap. */
  add(frame: GreyFrame): Step | undefined {
    const size = `${frame.width}x${frame.height}`;
    if (size !== this.#size) {
      this.#clear();
      this.#size = size;
      this.#blocks = blocksOf(frame.width, frame.height);
    }
    const before = this.#last;
    if (before && frame.timeMs <= before.timeMs) return undefined;
    const plane = planeOf(frame);
    const pyramid = pyramidOf(plane);
    this.#last = { pyramid, timeMs: frame.timeMs };
    const blocks = this.#blocks;
    const [first] = before?.pyramid ?? [];
    if (!before || !first || !blocks) return undefined;
    const ms = frame.timeMs - before.timeMs;
    if (ms > GAP_MS) {
      this.#clear();
      return undefined;
    }
    const motion = cameraMotion(before.pyramid, pyramid);
    const still = steadied(first, plane, motion);
    const flash = isFlash(blocks, first, plane);
    const flow = flash
      ? new Float32Array(blocks.x.length * 2)
      : blockFlow(blocks, before.pyramid, pyramidOf(still));
    this.#keep(frame.timeMs, ms, flow, meanOf(plane));
    return {
      timeMs: frame.timeMs,
      cameraX: motion.x / frame.width,
      cameraY: motion.y / frame.width,
      sameScene: motion.agreed >= LEAST_AGREED && contrast(plane) >= LEAST_CONTRAST,
    };
  }

  #keep(timeMs: number, ms: number, flow: Float32Array, light: number): void {
    const last = this.positions.at(-1);
    const decay = Math.exp(-ms / REST_MS);
    this.times.push(timeMs);
    this.light.push(light);
    this.positions.push(flow.map((shift, i) => (last?.[i] ?? 0) * decay + shift));
    while ((this.times[0] ?? timeMs) < timeMs - KEPT_MS) {
      this.times.shift();
      this.light.shift();
      this.positions.shift();
    }
  }

  #clear(): void {
    this.times.length = 0;
    this.light.length = 0;
    this.positions.length = 0;
  }
}
