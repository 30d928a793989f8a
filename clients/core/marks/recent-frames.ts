/** The last two seconds of a camera, small and grey: the way from the frame a mark was drawn on to the present one. */
import { printDistance } from '../../../ar-annotations/frames/print.ts';
import type { GreyFrame } from '../../../ar-annotations/tracker/types.ts';
import type { WantedFrame } from './tracker-messages.ts';

const KEPT_MS = 2000;
/** A kept frame this near is the one that was named. */
const NEAR_MS = 120;
/** Highest difference of prints of one frame here and after it was encoded, sent and shown. */
const ALIKE = 1;
/** Frames a tracker is led through: each costs as much as one of the camera. */
const LED = 16;
/** Their least distance: what moves farther in this time is found again by its features. */
const STEP_MS = 60;

export interface RecentFrame {
  readonly mediaMs: number;
  readonly print: Uint8Array;
  readonly grey: GreyFrame;
}

export class RecentFrames {
  #frames: RecentFrame[] = [];

  add(frame: RecentFrame): void {
    const last = this.#frames.at(-1);
    if (last && frame.mediaMs <= last.mediaMs) this.#frames = [];
    this.#frames = [...this.#frames.filter(({ mediaMs }) => frame.mediaMs - mediaMs <= KEPT_MS), frame];
  }

  /** Frames from the one that was meant up to the newest, thinned; empty where that one is not kept. */
  since(wanted: WantedFrame): GreyFrame[] {
    const start = this.#find(wanted);
    if (start === undefined) return [];
    const frames = this.#frames.slice(start);
    const first = frames[0];
    const last = frames.at(-1);
    if (!first || !last) return [];
    const step = Math.max(STEP_MS, (last.mediaMs - first.mediaMs) / LED);
    const led: GreyFrame[] = [];
    let next = first.mediaMs;
    for (const { mediaMs, grey } of frames) {
      if (mediaMs < next && mediaMs !== last.mediaMs) continue;
      led.push(grey);
      next = mediaMs + step;
    }
    return led;
  }

  #find({ mediaMs, print }: WantedFrame): number | undefined {
    const byTime =
      mediaMs === undefined ? undefined : nearest(this.#frames, (frame) => Math.abs(frame.mediaMs - mediaMs));
    if (byTime && byTime.distance <= NEAR_MS) return byTime.index;
    if (print === undefined) return undefined;
    const byLooks = nearest(this.#frames, (frame) => printDistance(frame.print, print));
    return byLooks && byLooks.distance <= ALIKE ? byLooks.index : undefined;
  }
}

function nearest(frames: readonly RecentFrame[], distanceOf: (frame: RecentFrame) => number) {
  let best: { index: number; distance: number } | undefined;
  for (const [index, frame] of frames.entries()) {
    const distance = distanceOf(frame);
    // Of equals the newest: where the picture rests all are alike, and the shortest way is the surest.
    if (best === undefined || distance <= best.distance) best = { index, distance };
  }
  return best;
}
