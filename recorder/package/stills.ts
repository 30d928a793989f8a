/**
 * Puts stills together from the chunks in which the publisher sends them (`clients/core/media/still.ts` says which bytes):
 * byte 0 version 1, 2..5 picture number, 6..7 index, 8..9 count, 10..11 age in ms, 12..13 width, 14..15 height, JPEG.
 */
const HEADER_BYTES = 16;
const VERSION = 1;
const CHUNKS_MAX = 64;
/** The publisher keeps two under way as well. */
const UNDER_WAY = 2;

export interface UnfinishedStill {
  readonly number: number;
  readonly count: number;
  readonly parts: readonly { readonly index: number; readonly bytes: Uint8Array }[];
}

export interface Still {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Milliseconds from capture to sending. */
  readonly ageMs: number;
}

export class StillChunks {
  #unfinished: UnfinishedStill[];

  constructor(state: readonly UnfinishedStill[] = []) {
    this.#unfinished = [...state];
  }

  get state(): readonly UnfinishedStill[] {
    return this.#unfinished;
  }

  /** Answers the picture that this chunk completes; `undefined` while parts are missing and for anything that is no chunk. */
  add(chunk: Uint8Array): Still | undefined {
    if (chunk.length <= HEADER_BYTES || chunk[0] !== VERSION) return undefined;
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const [number, index, count] = [view.getUint32(2), view.getUint16(6), view.getUint16(8)];
    if (count < 1 || count > CHUNKS_MAX || index >= count) return undefined;
    const known = this.#unfinished.find((each) => each.number === number && each.count === count);
    const others = (known?.parts ?? []).filter((part) => part.index !== index);
    const parts = [...others, { index, bytes: chunk.slice(HEADER_BYTES) }];
    this.#unfinished = this.#unfinished.filter((each) => each !== known);
    if (parts.length < count) {
      this.#unfinished = [...this.#unfinished, { number, count, parts }].slice(-UNDER_WAY);
      return undefined;
    }
    parts.sort((a, b) => a.index - b.index);
    return {
      jpeg: Buffer.concat(parts.map(({ bytes }) => bytes)),
      ageMs: view.getUint16(10),
      width: view.getUint16(12),
      height: view.getUint16(14),
    };
  }
}
