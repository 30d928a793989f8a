/**
 * Puts the chunks of one fetch together and believes nothing of them that cannot be: pieces lie within the frame that was announced,
 * say the same in each chunk, and are counted once. Pure.
 */
import { ChunkReceiver } from './chunk-receiver.ts';
import { type Chunk, type Rect, readChunk } from './framing.ts';
import type { Size } from './picture-messages.ts';
import { coarseSize } from './tiles.ts';

/** All pieces of one still: ten times what a fast link gets. */
const BYTES_MAX = 64 * 1024 * 1024;

export interface Piece {
  readonly index: number;
  readonly isArea: boolean;
  /** Where it belongs; the whole frame for the coarse picture. */
  readonly rect: Rect;
  /** What the JPEG must measure. */
  readonly size: Size;
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

interface Partial {
  readonly head: Chunk;
  readonly jpeg: Uint8Array<ArrayBuffer>;
  readonly offsets: Set<number>;
  got: number;
}

export class PieceCollector {
  readonly receiver = new ChunkReceiver();
  readonly #tag: number;
  readonly #frame: Size;
  readonly #partials = new Map<number, Partial>();
  readonly #done = new Set<number>();
  #pieces: number | undefined;
  #areaPieces = 0;
  #bytes = 0;

  constructor(tag: number, frame: Size) {
    this.#tag = tag;
    this.#frame = frame;
  }

  get bytes(): number {
    return this.#bytes;
  }
  /** Every piece has come. */
  get isComplete(): boolean {
    return this.#pieces !== undefined && this.#done.size === this.#pieces;
  }

  /**
   * Takes one message of the channel. Answers the piece it completed, `taken` for another chunk of this fetch, `damaged` for one that
   * contradicts what came before, undefined for what does not belong here.
   */
  handleMessage(message: Uint8Array): Piece | 'taken' | 'damaged' | undefined {
    const chunk = readChunk(message);
    if (!chunk || chunk.tag !== this.#tag) return undefined;
    if (!this.#fits(chunk)) return 'damaged';
    const taken = this.receiver.handleChunk(chunk.number);
    if (taken !== 'new') return taken === 'known' ? 'taken' : 'damaged';
    this.#bytes += message.length;
    if (this.#bytes > BYTES_MAX || this.#done.has(chunk.piece)) return 'damaged';
    return this.#add(chunk);
  }

  #fits({ piece, pieces, areaPieces, rect }: Chunk): boolean {
    const { width, height } = this.#frame;
    if (rect.x + rect.width > width || rect.y + rect.height > height) return false;
    const isWhole = rect.width === width && rect.height === height;
    if (piece === 0 && !isWhole) return false;
    this.#pieces ??= pieces;
    if (this.#done.size === 0 && this.#partials.size === 0) this.#areaPieces = areaPieces;
    return pieces === this.#pieces && areaPieces === this.#areaPieces;
  }

  #add(chunk: Chunk): Piece | 'taken' | 'damaged' {
    const partial = this.#partials.get(chunk.piece) ?? {
      head: chunk,
      jpeg: new Uint8Array(chunk.length),
      offsets: new Set<number>(),
      got: 0,
    };
    if (!isSame(partial.head, chunk) || partial.offsets.has(chunk.offset)) return 'damaged';
    this.#partials.set(chunk.piece, partial);
    partial.offsets.add(chunk.offset);
    partial.jpeg.set(chunk.bytes, chunk.offset);
    partial.got += chunk.bytes.length;
    if (partial.got < chunk.length) return 'taken';
    this.#partials.delete(chunk.piece);
    this.#done.add(chunk.piece);
    const { piece: index, rect } = chunk;
    const size = index === 0 ? coarseSize(rect.width, rect.height) : rect;
    return { index, isArea: index > 0 && index <= this.#areaPieces, rect, size, jpeg: partial.jpeg };
  }

  /** Area pieces that have not come yet; undefined before anything did. */
  get areaLeft(): number | undefined {
    if (this.#pieces === undefined) return undefined;
    let left = 0;
    for (let index = 1; index <= this.#areaPieces; index += 1) if (!this.#done.has(index)) left += 1;
    return left;
  }
}

function isSame({ rect: a, length }: Chunk, { rect: b, length: other }: Chunk): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height && length === other;
}
