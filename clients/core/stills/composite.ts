/** The picture of a fetch as it grows: the coarse one scaled up, tiles at full size over it. */
import { jpegSize } from './jpeg-size.ts';
import type { Size } from './picture-messages.ts';
import type { Piece } from './piece-collector.ts';

export class Composite {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #hasCoarse = false;
  /** Tiles that came unpacked before the coarse picture wait for it, which would cover them. */
  #early: { piece: Piece; bitmap: ImageBitmap }[] = [];
  #sharpPixels = 0;

  constructor({ width, height }: Size) {
    this.canvas = document.createElement('canvas');
    this.canvas.width = width;
    this.canvas.height = height;
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('This browser gives no canvas.');
    this.#context = context;
  }

  /** Share of the frame that stands at full size. */
  get sharp(): number {
    return Math.min(1, this.#sharpPixels / (this.canvas.width * this.canvas.height));
  }

  /** Unpacks a piece and draws it. Rejects for what is no picture, or none of the size it should have. */
  async draw(piece: Piece): Promise<void> {
    const told = jpegSize(piece.jpeg);
    if (told?.width !== piece.size.width || told.height !== piece.size.height) {
      throw new TypeError('A piece of a still does not have the size it says.');
    }
    const bitmap = await createImageBitmap(new Blob([piece.jpeg], { type: 'image/jpeg' }));
    if (piece.index > 0 && !this.#hasCoarse) {
      this.#early.push({ piece, bitmap });
      return;
    }
    this.#put(piece, bitmap);
    if (piece.index > 0) return;
    this.#hasCoarse = true;
    for (const { piece: tile, bitmap: drawn } of this.#early) this.#put(tile, drawn);
    this.#early = [];
  }

  close(): void {
    for (const { bitmap } of this.#early) bitmap.close();
    this.#early = [];
  }

  #put({ index, rect }: Piece, bitmap: ImageBitmap): void {
    this.#context.imageSmoothingQuality = 'high';
    this.#context.drawImage(bitmap, rect.x, rect.y, rect.width, rect.height);
    bitmap.close();
    if (index > 0) this.#sharpPixels += rect.width * rect.height;
  }
}
