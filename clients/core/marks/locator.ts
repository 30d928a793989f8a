/** What finds marks in the frames of this device's camera: the picture tracker, or the world tracking of a headset (WebXR). */
import type { AnchorPose } from '../../../ar-annotations/tracker/types.ts';
import type { Readable } from '../emitter.ts';
import type { SceneAnchor } from './room.ts';

export interface LocatedPose extends AnchorPose {
  readonly by: 'picture' | 'world';
}

/** Where everything is in one frame of the camera. */
export interface Located {
  /** The device's media clock. */
  readonly mediaMs: number;
  readonly print: Uint8Array;
  /** Width over height of the frame. */
  readonly aspect: number;
  /** `anchorId` is the mark's id. */
  readonly poses: readonly LocatedPose[];
  /** What finding them took, in milliseconds. */
  readonly tookMs: number;
}

export interface LocatorEvents {
  located: Located;
  /** What it knew is gone: nothing is shown until it is found again. */
  interrupted: undefined;
  warning: unknown;
}

export interface Locator extends Readable<LocatorEvents> {
  /** False where this device cannot follow anything. */
  readonly isAble: boolean;
  /** Follows a mark; the same id with another anchor is followed by that one as soon as it is found. */
  add(markId: string, anchor: SceneAnchor): void;
  remove(markId: string): void;
  /** Whether frames are kept although there is nothing to follow, since somebody may draw on one of them soon. */
  setKeeping(keeping: boolean): void;
  /** Idempotent. */
  close(): void;
}
