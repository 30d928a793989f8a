/** What follows marks: the project's tracker, a known implementation, or nothing at all, behind one interface. */
import { IDENTITY, type Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import { createTracker } from '../../ar-annotations/tracker/create.ts';
import { describeFrame } from '../../ar-annotations/tracker/describe.ts';
import type { GreyFrame, Region } from '../../ar-annotations/tracker/types.ts';

export interface Follower {
  /** As `Tracker.add`, with the frame itself in place of its description. */
  add(id: string, reference: GreyFrame, region: Region, recent: readonly GreyFrame[]): void;
  /** For each mark in the order they were added: the reference's frame → this frame, or nothing while it must not be shown. */
  track(frame: GreyFrame, atMs: number): (Matrix3 | undefined)[];
  close(): void;
}

export function ours(): Follower {
  const tracker = createTracker();
  return {
    add(id, reference, region, recent) {
      if (!tracker.add(id, describeFrame(reference, region), recent)) {
        throw new Error(`the tracker refused mark ${id}`);
      }
    },
    track: (frame, atMs) =>
      tracker.track(frame, atMs).map(({ state, homography }) => (state === 'held' ? homography : undefined)),
    close: () => undefined,
  };
}

/** An overlay that stays where it was drawn on the screen. */
export function naive(): Follower {
  let count = 0;
  return {
    add: () => {
      count += 1;
    },
    track: () => Array.from({ length: count }, () => IDENTITY),
    close: () => undefined,
  };
}
