/** What the page and the worker of one camera say to each other. */
import type { AnchorPose } from '../../../ar-annotations/tracker/types.ts';

/** The frame that a mark was drawn on, as its author named it. */
export interface WantedFrame {
  readonly mediaMs: number | undefined;
  readonly print: Uint8Array | undefined;
}

export type ToTracker =
  /** `at`: milliseconds of the page's steady clock. The worker closes the frame. */
  | { readonly kind: 'frame'; readonly frame: VideoFrame; readonly mediaMs: number }
  | {
      readonly kind: 'add';
      readonly markId: string;
      readonly reference: Uint8Array;
      readonly frame: WantedFrame;
    }
  | { readonly kind: 'remove'; readonly markId: string };

export interface Looked {
  readonly mediaMs: number;
  readonly print: Uint8Array;
  /** Of the frame itself. */
  readonly width: number;
  readonly height: number;
  readonly poses: readonly AnchorPose[];
  /** What reducing and following took. */
  readonly tookMs: number;
}

export type FromTracker =
  | ({ readonly kind: 'looked' } & Looked)
  /** The frame could not be read; the next one will. */
  | { readonly kind: 'unread'; readonly message: string }
  /** `known`: the frame it was drawn on is among the kept ones. `ok` false: the reference cannot be read, or too many marks. */
  | { readonly kind: 'added'; readonly markId: string; readonly ok: boolean; readonly known: boolean };
