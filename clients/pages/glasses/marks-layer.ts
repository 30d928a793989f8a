/**
 * Marks over the wearer's own picture. While marks are followed the picture is painted from the very frames that were looked at,
 * so that a mark is never a frame ahead of or behind what it lies on; else the video shows itself.
 */
import { type Drawable, drawMark } from '../../../ar-annotations/draw/draw.ts';
import { compose, type Matrix3, normalise } from '../../../ar-annotations/geometry/matrix.ts';
import { frameFeedOf } from '../../core/marks/frame-feed.ts';
import type { ShownMark, WearerMarks } from '../../core/marks/index.ts';
import type { LocalSource } from '../../core/types.ts';
import { paintMarks } from '../../ui/paint-marks.ts';

const FPS = 30;

export interface LayerParts {
  readonly canvas: HTMLCanvasElement;
  readonly source: LocalSource;
  readonly marks: WearerMarks;
  /** Camera → display, while the wearer looks through it. */
  readonly through: () => Matrix3 | undefined;
  /** `loaded` is called when an image that was not there has come. */
  readonly imageOf: (imageId: string, loaded: () => void) => CanvasImageSource | undefined;
}

/** Paints until the function it answers is called. */
export function paintLayer(parts: LayerParts): () => void {
  const { source, marks } = parts;
  const painter = new Painter(parts);
  const use = frameFeedOf(source).use({ fps: 0, pictures: true }, (_, picture) => {
    if (picture) painter.paintOn(picture);
    picture?.close();
  });
  const update = () => {
    use.setRate(marks.tracking === 'following' && !marks.isOff ? FPS : 0);
    painter.paintAgain();
  };
  const stop = marks.on('change', update);
  update();
  return () => {
    stop();
    use.close();
    painter.clear();
  };
}

class Painter {
  readonly #parts: LayerParts;
  readonly #context: CanvasRenderingContext2D;

  constructor(parts: LayerParts) {
    this.#parts = parts;
    const context = parts.canvas.getContext('2d');
    if (!context) throw new Error('This browser paints nothing.');
    this.#context = context;
  }

  /** One frame that was looked at, and the marks where they are in it. */
  paintOn(picture: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = picture;
    const through = this.#begin(width, height);
    if (!through) this.#context.drawImage(picture, 0, 0, this.#parts.canvas.width, this.#parts.canvas.height);
    this.#marks(through);
  }

  /** What has changed without a frame: marks that have gone must not stay for want of one. */
  paintAgain(): void {
    const { marks } = this.#parts;
    if (marks.tracking === 'following' && !marks.isOff && marks.shown.some(({ state }) => state === 'held'))
      return;
    this.clear();
    if (marks.shown.length > 0) this.#marks(this.#begin());
  }

  clear(): void {
    const { canvas } = this.#parts;
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
  }

  /** Of the size of the picture, or of the display where marks lie on the world itself. */
  #begin(width?: number, height?: number): Matrix3 | undefined {
    const { canvas } = this.#parts;
    const through = this.#parts.through();
    const size = through
      ? { width: canvas.clientWidth * devicePixelRatio, height: canvas.clientHeight * devicePixelRatio }
      : { width: width ?? canvas.width, height: height ?? canvas.height };
    if (canvas.width !== Math.round(size.width)) canvas.width = Math.round(size.width);
    if (canvas.height !== Math.round(size.height)) canvas.height = Math.round(size.height);
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
    return through;
  }

  #marks(through: Matrix3 | undefined): void {
    const { canvas, marks } = this.#parts;
    const imageOf = (imageId: string) => this.#parts.imageOf(imageId, () => this.paintAgain());
    for (const shown of marks.shown)
      paintMarks(this.#context, drawMark(seen(shown, through), canvas), imageOf);
  }
}

/** Where the mark lies on the display: what is fixed to a corner of it stays there. */
function seen(shown: ShownMark, through: Matrix3 | undefined): Drawable {
  if (!through || shown.mark.anchor.kind === 'corner') return shown;
  const homography = normalise(shown.homography ? compose(through, shown.homography) : through);
  return homography ? { ...shown, homography } : { ...shown, opacity: 0 };
}
