/**
 * Marks over what the wearer sees. While marks are followed over the camera's picture, it is painted from the very frames that
 * were looked at, so that a mark is never a frame ahead of or behind what it lies on; else the video shows itself, or nothing does.
 */
import { drawMark } from '../../../ar-annotations/draw/draw.ts';
import { frameFeedOf } from '../../core/marks/frame-feed.ts';
import type { ShownMark, WearerMarks } from '../../core/marks/index.ts';
import type { LocalSource } from '../../core/types.ts';
import { paintMarks } from '../../ui/paint-marks.ts';
import { type Placed, placeOf, RestingMarks, type Sight, seenBy } from './sight.ts';

const FPS = 30;

export interface LayerParts {
  readonly canvas: HTMLCanvasElement;
  readonly source: LocalSource;
  readonly marks: WearerMarks;
  /** How the wearer sees marks now. */
  readonly sight: () => Sight;
  /** `loaded` is called when an image that was not there has come. */
  readonly imageOf: (imageId: string, loaded: () => void) => CanvasImageSource | undefined;
}

export interface Layer {
  /** Paints anew what has changed without a frame: call it when the sight has changed. */
  update(): void;
  close(): void;
}

export function paintLayer(parts: LayerParts): Layer {
  const { source, marks, sight } = parts;
  const painter = new Painter(parts);
  const use = frameFeedOf(source).use({ fps: 0, pictures: true }, ({ mediaMs }, picture) => {
    if (picture) painter.paintOn(picture, mediaMs);
    picture?.close();
  });
  const update = () => {
    const isPainted = marks.tracking === 'following' && !marks.isOff && sight().kind !== 'black';
    use.setRate(isPainted ? FPS : 0);
    painter.paintAgain();
  };
  const stop = marks.on('change', update);
  update();
  return {
    update,
    close: () => {
      stop();
      use.close();
      painter.clear();
    },
  };
}

class Painter {
  readonly #parts: LayerParts;
  readonly #context: CanvasRenderingContext2D;
  readonly #resting = new RestingMarks();

  constructor(parts: LayerParts) {
    this.#parts = parts;
    const context = parts.canvas.getContext('2d');
    if (!context) throw new Error('This browser paints nothing.');
    this.#context = context;
  }

  /** One frame that was looked at, and the marks where they are in it. */
  paintOn(picture: VideoFrame, mediaMs: number): void {
    const sight = this.#parts.sight();
    this.#begin(sight, picture);
    if (sight.kind === 'camera')
      this.#context.drawImage(picture, 0, 0, this.#parts.canvas.width, this.#parts.canvas.height);
    const resting = sight.kind === 'through' ? this.#look(sight, mediaMs) : undefined;
    this.#marks(sight, ({ mark }) => !resting || mark.anchor.kind === 'corner' || resting.has(mark.markId));
  }

  /** What has changed without a frame: marks that have gone must not stay for want of one. */
  paintAgain(): void {
    const { marks } = this.#parts;
    const sight = this.#parts.sight();
    const comesWithFrames = marks.tracking === 'following' && !marks.isOff && sight.kind !== 'black';
    if (comesWithFrames && marks.shown.some(({ state }) => state === 'held')) return;
    this.clear();
    if (marks.shown.length === 0) return;
    this.#begin(sight);
    this.#marks(sight, () => true);
  }

  clear(): void {
    const { canvas } = this.#parts;
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
  }

  #look(sight: Sight, ms: number): ReadonlySet<string> {
    const places = this.#parts.marks.shown.flatMap((shown): [string, Placed][] => {
      const at = placeOf(sight, shown);
      return at ? [[shown.mark.markId, { at, ms }]] : [];
    });
    return this.#resting.look(new Map(places));
  }

  /** Of the size of the picture, or of the display where no picture is shown. */
  #begin(sight: Sight, picture?: VideoFrame): void {
    const { canvas } = this.#parts;
    const size =
      sight.kind === 'camera'
        ? { width: picture?.displayWidth ?? canvas.width, height: picture?.displayHeight ?? canvas.height }
        : { width: canvas.clientWidth * devicePixelRatio, height: canvas.clientHeight * devicePixelRatio };
    if (canvas.width !== Math.round(size.width)) canvas.width = Math.round(size.width);
    if (canvas.height !== Math.round(size.height)) canvas.height = Math.round(size.height);
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
  }

  #marks(sight: Sight, isWanted: (shown: ShownMark) => boolean): void {
    const { canvas, marks } = this.#parts;
    const imageOf = (imageId: string) => this.#parts.imageOf(imageId, () => this.paintAgain());
    for (const shown of marks.shown) {
      const seen = isWanted(shown) ? seenBy(sight, shown) : undefined;
      if (!seen) continue;
      if (shown.mark.anchor.kind !== 'corner') paintMarks(this.#context, drawMark(seen, canvas), imageOf);
      else {
        const { top, height } = freeOf(canvas);
        this.#context.save();
        this.#context.translate(0, top);
        paintMarks(this.#context, drawMark(seen, { width: canvas.width, height }), imageOf);
        this.#context.restore();
      }
    }
  }
}

/** The part of the canvas, in its pixels, that neither the state above nor the keys below cover: corners are those of this part. */
function freeOf(canvas: HTMLCanvasElement): { top: number; height: number } {
  const display = canvas.closest('.glasses');
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
  const picture = box.top + (box.height - canvas.height * scale) / 2;
  const rowOf = (y: number) => Math.min(canvas.height, Math.max(0, (y - picture) / scale));
  const above = display?.querySelector('.glasses-status')?.getBoundingClientRect().bottom ?? box.top;
  const below = display?.querySelector('.glasses-foot')?.getBoundingClientRect().top ?? box.bottom;
  const top = rowOf(above);
  return { top, height: Math.max(1, rowOf(below) - top) };
}
