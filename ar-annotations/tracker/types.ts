/**
 * What goes into the tracker and what comes out of it. Places are in parts of the frame, 0..1 from its top left
 * corner, so that no size of a picture has to be agreed on. Angles and distances are computed in pixels inside.
 */

/** One grey picture: luma 0 to 255, row by row, without padding. About 320 pixels wide. */
export interface GreyFrame {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

/** A box in parts of the frame. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Row-major 3 × 3 matrix that maps places of the reference frame to places of the present frame, both in 0..1; last number 1. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/**
 * `held`: the mark may be shown there. `searching`: looked for since it was given, never found yet. `lost`: was held, and
 * the patch under it does not agree any more: it must not be shown.
 */
export type PoseState = 'held' | 'searching' | 'lost';

/** Where one anchor is in one frame. */
export interface AnchorPose {
  readonly anchorId: string;
  readonly state: PoseState;
  /** 0 to 1: how sure the tracker is that the place is right; meaningless unless held. */
  readonly confidence: number;
  /** The last known place; present while held. */
  readonly homography?: Homography;
}

/** Longest encoded reference, in bytes. */
export const REFERENCE_BYTES = 4096;
/** Anchors one tracker follows at once; more are refused. */
export const MAX_ANCHORS = 24;

/** Follows anchors through the frames of one camera. Not thread-safe: one per camera, in a worker. */
export interface Tracker {
  /**
   * Follows what the reference shows. `recent`, oldest first, are kept frames from the one the mark was drawn on (or near it) up to now:
   * the pose is carried through them, so that a mark on a picture that is 0.5 s old begins at the right place. Answers
   * false when the reference cannot be read or there are too many anchors.
   */
  add(anchorId: string, reference: Uint8Array, recent?: readonly GreyFrame[]): boolean;
  remove(anchorId: string): void;
  /** Poses of every anchor in this frame, in the order they were added. `at`: milliseconds of any steady clock. */
  track(frame: GreyFrame, at: number): AnchorPose[];
}
