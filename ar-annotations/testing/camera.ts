/** A camera that a head moves over a painted world, as small grey frames, and the same frames as a viewer gets them. */

import { toBase64url } from '../frames/base64url.ts';
import { printOf } from '../frames/print.ts';
import type { PoseMessage } from '../scene/types.ts';
import type { GreyFrame } from '../tracker/types.ts';

export interface Look {
  readonly x: number;
  readonly y: number;
}

/** Noise that is the same each time, 0 to 1. */
export function noise(n: number): number {
  const value = Math.sin(n * 12.9898 + 78.233) * 43_758.5453;
  return value - Math.floor(value);
}

function worldAt(x: number, y: number): number {
  const coarse = Math.sin(x * 5.1 + 1) * Math.cos(y * 4.3) + Math.sin(x * 2.3 - y * 7.7);
  const fine = Math.sin(x * 23 + y * 17) * 0.5 + Math.cos(x * 31 - y * 13) * 0.4;
  return 128 + 34 * coarse + 22 * fine;
}

/** What is seen at a look. `worn`: as a viewer gets it: another size, other light, coding noise. */
export function frameAt(look: Look, worn?: { readonly seed: number }): GreyFrame {
  const [width, height] = worn ? [240, 136] : [160, 90];
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const value = worldAt(x / width + look.x, (y / height) * 0.5625 + look.y);
      const index = y * width + x;
      luma[index] = worn ? value * 0.85 + 12 + 10 * (noise(index + worn.seed * 7919) - 0.5) : value;
    }
  return { width, height, luma };
}

/** A head that turns now and then, and rests between. */
export function headAt(ms: number): Look {
  const turn = Math.sin(ms / 700) + 0.6 * Math.sin(ms / 310 + 1);
  return { x: 0.25 * turn, y: 0.12 * Math.sin(ms / 450) };
}

/** The message of the device for the frame that it took then; the mark stood at the middle when the head looked at 0, 0. */
export function poseMessage(mediaMs: number, look: Look, held = true): PoseMessage {
  const h = [1, 0, -look.x, 0, 1, -look.y / 0.5625, 0, 0, 1];
  return {
    v: 1,
    producerId: 'camera',
    mediaMs,
    print: toBase64url(printOf(frameAt(look))),
    poses: [
      held
        ? { markId: 'm', state: 'held', confidence: 0.9, h, by: 'picture' }
        : { markId: 'm', state: 'lost', confidence: 0, by: 'picture' },
    ],
  };
}
