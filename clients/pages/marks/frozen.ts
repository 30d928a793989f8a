/**
 * A frame that stands still so that somebody can draw on it (design section 6, step 1). It is taken from the screen in the moment the
 * pen goes down. The same frame at full resolution comes from the device behind it; it is another moment by up to a tenth of a second,
 * so marks that were drawn before it came are put in their place on it, or are not shown.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { fromBase64url } from '../../../ar-annotations/frames/base64url.ts';
import type { Anchor, FrameName, Mark } from '../../../ar-annotations/scene/types.ts';
import { createTracker } from '../../../ar-annotations/tracker/create.ts';
import type { GreyFrame, Homography, Region } from '../../../ar-annotations/tracker/types.ts';
import { anchorOn } from '../../core/marks/anchor.ts';
import { GreyCanvas } from '../../core/marks/grey.ts';
import type { ShownMark } from '../../core/marks/types.ts';
import type { StillFetch } from '../../core/stills/types.ts';
import type { ToolState } from './tools.ts';

/** A frame that is no farther off, in milliseconds, is the one that was asked for. */
const SAME_MS = 12;
/** A tracker says that it holds something once several frames agree. */
const LOOKS = 4;
const FRAME_MS = 33;

export interface FrozenFrame {
  readonly producerId: string;
  /** The frame as it was received, in its own size. */
  readonly canvas: HTMLCanvasElement;
  /** UTC milliseconds at which it was on the screen. */
  readonly utc: number;
  readonly name: FrameName;
  /** Marks that stood on it in that moment. */
  readonly before: ReadonlyMap<string, ShownMark>;
}

export interface FrozenParts {
  /** Marks that stand on this camera now. */
  readonly marks: () => readonly Mark[];
  /** Puts a still that was drawn on into the recording; called for each mark. */
  readonly keep: ((still: StillFetch) => void) | undefined;
  readonly pen: ReadonlySignal<ToolState>;
}

let grey: GreyCanvas | undefined;

/** The frame of a picture in grey, as anchors and trackers read it. Throws where the picture has no pixels. */
export function greyOf(picture: HTMLCanvasElement): GreyFrame {
  grey ??= new GreyCanvas();
  const frame = grey.grey(picture, picture.width, picture.height);
  if (frame === undefined) throw new Error('There is no picture to draw on.');
  return frame;
}

/** Takes the frame that a video shows now; undefined before its first. */
export function takeFrame(video: HTMLVideoElement): HTMLCanvasElement | undefined {
  if (video.videoWidth === 0 || video.readyState < 2) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return undefined;
  context.drawImage(video, 0, 0);
  return canvas;
}

/** A frozen frame while somebody works on it: the picture on the screen now, and where each mark lies on it. */
export class Frozen {
  readonly frame: FrozenFrame;
  readonly still: StillFetch | undefined;
  /** What to show: the received frame, then the fetched one. */
  readonly picture = signal<'received' | 'still'>('received');
  /** Marks drawn on the received frame, and since the change on the still, by this person. */
  readonly #own = new Map<string, 'received' | 'still'>();
  /** Where marks of the received frame lie on the still; absent: nobody knows. */
  readonly #moved = new Map<string, Homography>();
  readonly #stops: (() => void)[] = [];
  readonly #parts: FrozenParts;
  /** The still is the received frame itself. */
  #isSame = false;

  constructor(frame: FrozenFrame, still: StillFetch | undefined, parts: FrozenParts) {
    this.frame = frame;
    this.still = still;
    this.#parts = parts;
    if (still === undefined) return;
    this.#stops.push(
      still.on('change', () => this.#consider()),
      parts.pen.subscribe(() => this.#consider()),
    );
  }

  get size(): { readonly width: number; readonly height: number } {
    const { width, height } = this.frame.canvas;
    return { width, height };
  }

  /**
   * Makes anchors on the picture that its author sees now: a mark that was begun on it stays on it, also when it is sent after the
   * picture has changed.
   */
  anchors(): (region: Region) => Anchor {
    const { still, frame } = this;
    if (this.picture.value === 'received' || still?.canvas === undefined)
      return (region) => anchorOn(greyOf(frame.canvas), region, frame.name);
    const { canvas, stillId } = still;
    return (region) => {
      // The print that was asked with names the received frame; the still gets one of its own.
      const { print: _, ...name } = still.frame;
      return anchorOn(greyOf(canvas), region, { ...name, stillId });
    };
  }

  drew(markId: string): void {
    this.#own.set(markId, this.picture.value);
    if (this.picture.value === 'still' && this.still !== undefined) this.#parts.keep?.(this.still);
  }

  /** Marks as they lie on this frame: what stood there, and what was drawn on it since. What cannot be placed is not shown. */
  shown(now: readonly ShownMark[]): readonly ShownMark[] {
    return now.flatMap((shown): readonly ShownMark[] => {
      const { markId, anchor } = shown.mark;
      if (anchor.kind === 'corner') return [shown];
      const { homography: _, ...plain } = shown;
      const held = { ...plain, state: 'held', opacity: 1 } as const;
      const isOwn = this.#own.has(markId);
      if (this.#own.get(markId) === this.picture.value || (isOwn && this.#isSame)) return [held];
      if (this.picture.value === 'still' && !this.#isSame) {
        const homography = this.#moved.get(markId);
        if (homography !== undefined) return [{ ...held, homography }];
        return isOwn ? [{ ...plain, state: 'lost', opacity: 0 }] : [];
      }
      const before = this.frame.before.get(markId);
      return before === undefined ? [] : [{ ...before, ageMs: shown.ageMs }];
    });
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    // What was drawn on goes into the recording as far as it comes, also when its author looks at the live picture again.
    const isKept = [...this.#own.values()].includes('still');
    if (!isKept || this.#parts.keep === undefined) this.still?.cancel();
  }

  /** The picture never changes under a pen that is down, nor under words or an image that wait to be placed. */
  #consider(): void {
    const canvas = this.still?.canvas;
    if (canvas === undefined || this.picture.value === 'still' || this.#parts.pen.value.is !== 'idle') return;
    this.#isSame = Math.abs(this.still?.offsetMs ?? Number.POSITIVE_INFINITY) <= SAME_MS;
    if (!this.#isSame) this.#place(canvas, this.#parts.marks());
    this.picture.value = 'still';
  }

  /** Looks for earlier marks on the still by the references that they carry, as the wearer's device does. */
  #place(canvas: HTMLCanvasElement, marks: readonly Mark[]): void {
    const [received, frame] = [greyOf(this.frame.canvas), greyOf(canvas)];
    const tracker = createTracker();
    for (const { markId, anchor } of marks) {
      const isHere = this.#own.has(markId) || this.frame.before.has(markId);
      const reference = isHere && anchor.kind === 'scene' ? fromBase64url(anchor.reference) : undefined;
      if (reference !== undefined) tracker.add(markId, reference, [received]);
    }
    for (let look = 0; look < LOOKS; look += 1) {
      for (const { anchorId, homography } of tracker.track(frame, look * FRAME_MS)) {
        if (homography === undefined) this.#moved.delete(anchorId);
        else this.#moved.set(anchorId, homography);
      }
    }
  }
}
