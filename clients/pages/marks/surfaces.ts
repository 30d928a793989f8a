/** What can be drawn on: the picture of a camera, live or frozen, and a shared image. One interface for the overlay above both. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import { printOf } from '../../../ar-annotations/frames/print.ts';
import { apply, invert } from '../../../ar-annotations/geometry/matrix.ts';
import { regionOf } from '../../../ar-annotations/scene/outline.ts';
import type { FrameName, Point, Surface } from '../../../ar-annotations/scene/types.ts';
import { anchorOn, regionAround } from '../../core/marks/anchor.ts';
import { namePictures } from '../../core/marks/picture-namer.ts';
import type { ShownMark, ShownPicture } from '../../core/marks/types.ts';
import type { StillFetch } from '../../core/stills/types.ts';
import type { Size } from '../consult/zoom.ts';
import type { Drawing } from './drawing.ts';
import { Frozen, greyOf, takeFrame } from './frozen.ts';
import type { DrawTarget } from './pen-driver.ts';

export interface DrawnOn {
  readonly surface: Surface;
  /** Size of the picture in its own pixels; undefined while there is none. */
  size(): Size | undefined;
  /** What lies over it now, in the order in which it is painted. */
  shown(): readonly ShownMark[];
  /** Calls back for each new picture. */
  follow(paint: () => void): () => void;
  /** A pen goes down there: freezes where that is wanted. Undefined where nothing can be drawn. */
  take(at: Point): DrawTarget | undefined;
}

export interface VideoSurfaceOptions {
  readonly producerId: string;
  readonly video: () => HTMLVideoElement | null;
  /** Asks the device for the frame at full resolution; absent for a camera of this device. */
  readonly fetch?: (frame: FrameName, point: Point) => StillFetch | undefined;
  /** Puts a fetched frame that was drawn on into the recording. */
  readonly keep?: (still: StillFetch) => void;
  /** What lies over a camera of this device: its own tracker knows, sooner than any message. */
  readonly live?: () => readonly ShownMark[];
}

export class VideoSurface implements DrawnOn {
  readonly surface: Surface;
  readonly #drawing: Drawing;
  readonly #options: VideoSurfaceOptions;
  readonly #frozen = signal<Frozen | undefined>(undefined);
  #now: ShownPicture = {};

  constructor(drawing: Drawing, options: VideoSurfaceOptions) {
    this.#drawing = drawing;
    this.#options = options;
    this.surface = { kind: 'video', producerId: options.producerId };
  }

  get frozen(): ReadonlySignal<Frozen | undefined> {
    return this.#frozen;
  }

  size(): Size | undefined {
    const frozen = this.#frozen.value;
    if (frozen !== undefined) return frozen.size;
    const video = this.#options.video();
    if (video === null || video.videoWidth === 0) return undefined;
    return { width: video.videoWidth, height: video.videoHeight };
  }

  shown(): readonly ShownMark[] {
    const frozen = this.#frozen.value;
    if (frozen !== undefined) return frozen.shown(this.#drawing.marks.shown(this.surface));
    return this.live();
  }

  /** What lies over the live picture, also while another one is frozen. */
  live(): readonly ShownMark[] {
    return this.#options.live?.() ?? this.#drawing.marks.shown(this.surface, this.#now);
  }

  follow(paint: () => void): () => void {
    const video = this.#options.video();
    if (video === null) return () => undefined;
    return namePictures(video, (picture) => {
      this.#now = picture;
      paint();
    });
  }

  /** Lets the picture stand, with the marks on it; undefined while there is no picture. */
  freeze(point: Point): Frozen | undefined {
    const known = this.#frozen.value;
    if (known !== undefined) return known;
    const video = this.#options.video();
    const canvas = video === null ? undefined : takeFrame(video);
    if (canvas === undefined) return undefined;
    const before = new Map(this.live().map((shown) => [shown.mark.markId, shown]));
    const name = this.#nameOf(canvas);
    const { producerId, fetch } = this.#options;
    const frame = { producerId, canvas, utc: Date.now(), name, before };
    const standing = () => this.#drawing.marks.shown(this.surface).map(({ mark }) => mark);
    const frozen = new Frozen(frame, fetch?.(name, point), {
      marks: standing,
      keep: this.#options.keep,
      pen: this.#drawing.state,
    });
    this.#frozen.value = frozen;
    return frozen;
  }

  release(): void {
    this.#frozen.value?.close();
    this.#frozen.value = undefined;
  }

  take(at: Point): DrawTarget | undefined {
    const { tool, freezes } = this.#drawing;
    // A length between two lines can only be drawn on a picture that stands.
    const wantsFrozen = freezes.value || tool.value === 'measure';
    const frozen = this.#frozen.value ?? (wantsFrozen ? this.freeze(at) : undefined);
    return frozen === undefined ? this.#takeLive() : this.#takeFrozen(frozen);
  }

  #takeFrozen(frozen: Frozen): DrawTarget {
    const { width, height } = frozen.size;
    const aspect = width / height;
    const anchorOf = frozen.anchors();
    return {
      surface: this.surface,
      aspect,
      anchor: (at) => anchorOf(regionAround(at, aspect)),
      anchorOf: (shape) => anchorOf(regionOf(shape, aspect)),
      onPen: ({ markId }) => frozen.drew(markId),
    };
  }

  /** The frame is taken at once; the points that follow are carried back to it along the pose that the mark has by then. */
  #takeLive(): DrawTarget | undefined {
    const video = this.#options.video();
    const canvas = video === null ? undefined : takeFrame(video);
    if (canvas === undefined) return undefined;
    const name = this.#nameOf(canvas);
    const grey = greyOf(canvas);
    const aspect = canvas.width / canvas.height;
    return {
      surface: this.surface,
      aspect,
      anchor: (at) => anchorOn(grey, regionAround(at, aspect), name),
      anchorOf: (shape) => anchorOn(grey, regionOf(shape, aspect), name),
      toReference: (place, markId) => {
        const pose = this.live().find(({ mark }) => mark.markId === markId)?.homography;
        const back = pose === undefined ? undefined : invert(pose);
        if (back === undefined) return place;
        const { x, y } = apply(back, place.x, place.y);
        return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : place;
      },
    };
  }

  /** In every way it is known: by its timestamp, by the device's own time where poses have told it, and by what it looks like. */
  #nameOf(canvas: HTMLCanvasElement): FrameName {
    const { rtpTimestamp } = this.#now;
    const mediaMs =
      rtpTimestamp === undefined
        ? undefined
        : this.#drawing.marks.mediaMsOf(this.#options.producerId, rtpTimestamp);
    return {
      print: toBase64url(printOf(greyOf(canvas))),
      ...(rtpTimestamp === undefined ? {} : { rtpTimestamp }),
      ...(mediaMs === undefined ? {} : { mediaMs }),
    };
  }
}

/** A shared image: its marks are fixed to its pixels. */
export class ImageSurface implements DrawnOn {
  readonly surface: Surface;
  readonly #drawing: Drawing;
  readonly #image: () => HTMLImageElement | null;

  constructor(drawing: Drawing, imageId: string, image: () => HTMLImageElement | null) {
    this.#drawing = drawing;
    this.#image = image;
    this.surface = { kind: 'image', imageId };
  }

  size(): Size | undefined {
    const image = this.#image();
    if (image === null || image.naturalWidth === 0) return undefined;
    return { width: image.naturalWidth, height: image.naturalHeight };
  }

  shown(): readonly ShownMark[] {
    return this.#drawing.marks.shown(this.surface);
  }

  follow(): () => void {
    return () => undefined;
  }

  take(): DrawTarget | undefined {
    const size = this.size();
    if (size === undefined) return undefined;
    return {
      surface: this.surface,
      aspect: size.width / size.height,
      anchor: () => ({ kind: 'surface' }),
    };
  }
}
