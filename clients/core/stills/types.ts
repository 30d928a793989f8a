/**
 * Public interface of stills at full resolution (design section 6, step 1). A device keeps the last two seconds of its camera,
 * compressed; whoever puts a pen down fetches the frame it saw: a coarse picture first, then the area under the pen at
 * full size, then the rest.
 */
import type { FrameName, Point } from '../../../ar-annotations/scene/types.ts';
import type { Readable } from '../emitter.ts';
import type { ClientError } from '../errors.ts';

/**
 * `asking`: no answer yet. `found`: the device sends. `coarse`: the whole picture is there, unsharp. `area`: what is under the pen
 * stands at full size. `complete`: all of it. `failed`, `cancelled`: it ended before; the picture stays as far as it came.
 */
export type StillStatus = 'asking' | 'found' | 'coarse' | 'area' | 'complete' | 'failed' | 'cancelled';

export interface StillFetchEvents {
  /** Status, progress or picture moved on; read the properties. */
  change: undefined;
}

/** Milliseconds since the ask, each absent until it happened. */
export interface StillTimings {
  readonly foundMs?: number;
  readonly coarseMs?: number;
  readonly areaMs?: number;
  readonly completeMs?: number;
}

/** A frame that is being fetched. */
export interface StillFetch extends Readable<StillFetchEvents> {
  readonly fetchId: string;
  /** For `FrameName.stillId` of marks drawn on it; the picture itself is kept by `keepStill`. */
  readonly stillId: string;
  readonly producerId: string;
  /** As asked for; with the media time and the `stillId` once the device has found it. Anchors of marks take this one. */
  readonly frame: FrameName;
  readonly status: StillStatus;
  /** 0 to 1: share of the picture that stands at full size. */
  readonly progress: number;
  /** The picture as far as it has come, in the frame's full size; it sharpens in place. Undefined before `coarse`. */
  readonly canvas: HTMLCanvasElement | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /**
   * The fetched frame is this much later than the one asked for, in milliseconds; negative: earlier. Asked for by print alone, it is
   * the most that it can be.
   */
  readonly offsetMs: number | undefined;
  readonly bytes: number;
  readonly timings: StillTimings;
  /**
   * Why it failed. `details.reason`: `no-ring`, `too-old`, `busy`, `no-channel`, `failed` (told by the device), `damaged`;
   * code `deadline-exceeded` when nothing came for a while, `closed` when the session ended.
   */
  readonly error: ClientError | undefined;
  /** Resolves when nothing more will come, however it ended. Never rejects. */
  ended(): Promise<void>;
  /** Stops the sending; what has come stays. Idempotent. */
  cancel(): void;
}

export interface FetchStillOptions {
  readonly producerId: string;
  /** The frame on the screen, in every way it is known: `mediaMs` where poses told, else its print. */
  readonly frame: FrameName;
  /** Where the pen is, 0 to 1 from the top left corner. */
  readonly point: Point;
}

export interface FrameRingEvents {
  /** It began or stopped to keep frames, its rate changed, or a fetch began or ended. */
  change: undefined;
  /** Something failed that mends itself, or one fetch; for logs. */
  warning: unknown;
}

/** What a device keeps of one of its cameras, and the fetches it serves from it. */
export interface FrameRing extends Readable<FrameRingEvents> {
  /** Frames are kept now: somebody who may draw is in the room and the picture is wanted. */
  readonly active: boolean;
  /** Frames kept a second, as it really is; undefined before the second one. */
  readonly rate: number | undefined;
  /** Mean milliseconds that compressing one frame took lately. */
  readonly encodeMs: number | undefined;
  readonly frames: number;
  readonly bytes: number;
  /** Fetches that are being sent. */
  readonly fetches: number;
  close(): void;
}

/**
 * `waiting`: the fetch or the next try is awaited. `kept`: it stands in the recording. `failed`: nobody will take it, `error` says
 * why (a room that is not recorded, no picture, no right).
 */
export interface KeptStill extends Readable<{ change: undefined }> {
  readonly stillId: string;
  readonly status: 'waiting' | 'kept' | 'failed';
  readonly error: ClientError | undefined;
  /** Gives up. Idempotent. */
  close(): void;
}
