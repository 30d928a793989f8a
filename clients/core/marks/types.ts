/**
 * Public interface of marks in the SDK: what pages, the glasses and the proof build on. Drawing itself is a list of plain
 * shapes made by `ar-annotations/draw`; nothing here touches a canvas.
 */
import type {
  Anchor,
  FrameName,
  Mark,
  MarkKind,
  Point,
  Shape,
  ShownState,
  StrokePoint,
  Surface,
} from '../../../ar-annotations/scene/types.ts';
import type { Homography } from '../../../ar-annotations/tracker/types.ts';
import type { Readable } from '../emitter.ts';

/** A data channel that this peer opened; it is made anew by itself after media was rebuilt. */
export interface OutChannel {
  /** False while there is none: what is sent then is dropped, and the caller may take the socket. */
  readonly isOpen: boolean;
  readonly bufferedBytes: number;
  /** Answers false when it was dropped. */
  send(bytes: Uint8Array): boolean;
  close(): void;
}

/** Data channels of a session beside beats and stills: `session.data`. */
export interface DataChannels {
  open(label: 'preview' | 'pose' | 'fetch', options?: { toPeerId?: string; producerId?: string }): OutChannel;
  listen(
    label: 'preview' | 'pose' | 'fetch',
    listener: (from: { peerId: string; dataProducerId: string }, bytes: Uint8Array) => void,
  ): () => void;
}

/**
 * One mark as it is to be drawn now. `waiting`: drawn on a camera whose device has not told yet where it is; shown to viewers where its
 * author drew it, dimmed, never to the wearer.
 */
export interface ShownMark {
  /** A finished mark, or a draft with the shape it has so far. */
  readonly mark: Mark;
  readonly isDraft: boolean;
  readonly authorName: string;
  /** Index into the palette. */
  readonly colour: number;
  readonly state: ShownState | 'waiting' | 'fixed';
  /** Reference frame → shown frame; absent: identity (images, corners, a frozen frame). */
  readonly homography?: Homography;
  /** 0 to 1: fades to 0 within 100 ms of being lost. */
  readonly opacity: number;
  /** Age of the mark in milliseconds. */
  readonly ageMs: number;
}

/** A pen that is down. */
export interface Pen {
  readonly markId: string;
  /** Adds points of a stroke, or sets the whole shape of another kind. */
  move(points: readonly StrokePoint[]): void;
  shape(shape: Shape): void;
  /** Smooths, simplifies, states the fact. Rejects with `ClientError`; the draft is kept so that it can be tried again. */
  finish(): Promise<void>;
  cancel(): void;
}

/** Where and on what the pen is put down. */
export interface PenStart {
  readonly kind: MarkKind;
  readonly surface: Surface;
  /** For a camera made by `anchorOn`. */
  readonly anchor: Anchor;
  readonly patientId: string;
  readonly aspect: number;
  readonly at: Point;
  /**
   * Makes the anchor of the finished shape, since the patch under all of it decides: `anchorOn` the same frame with the shape's
   * region. Default: the anchor of the beginning.
   */
  readonly anchorOf?: (shape: Shape) => Anchor;
}

export interface MarkSessionEvents {
  /** Something to draw has changed: facts, drafts or poses. At most once per animation frame's worth of messages. */
  change: undefined;
  /** Something failed that mends itself; for logs, never for people. */
  warning: unknown;
}

/** The picture of a camera that is on the screen now; `namePictures` names each. */
export interface ShownPicture {
  readonly rtpTimestamp?: number;
  readonly print?: Uint8Array;
  /** It stands still: marks drawn on this very frame are shown on it as they were drawn. */
  readonly frozen?: FrameName;
}

/** Marks of one room, as one peer draws and sees them. Made by `createMarks(session)`. */
export interface MarkSession extends Readable<MarkSessionEvents> {
  /** Whether this peer may draw there now. */
  mayDraw(surface: Surface): boolean;
  /** Puts the pen down. The anchor for a camera is made from the frame by `anchorOn`. */
  begin(start: PenStart): Pen;
  /** Who draws now, by peer id: the border cue of the wearer, and the names at the tools. */
  readonly drawing: ReadonlyMap<string, { readonly kind: MarkKind; readonly surface: Surface }>;
  /**
   * What to draw over the picture that is on the screen now.
   * @param picture of a camera: names the frame shown, live or frozen; absent for images. Without it no mark of a camera is in its place.
   */
  shown(surface: Surface, picture?: ShownPicture): readonly ShownMark[];
  /** Media time of the device for a frame received here, once the two clocks are known: names the frame in anchors and asks. */
  mediaMsOf(producerId: string, rtpTimestamp: number): number | undefined;
  close(): void;
}
