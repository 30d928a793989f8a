/**
 * Stills over the data channel: one JPEG in chunks of at most 16 KiB, since larger messages are not carried by every
 * browser. The channel is unordered and loses messages, so each chunk names its picture, its place, the count and how
 * old the picture was when it was sent. Pure.
 *
 * Chunk: byte 0 version (1), 1 reserved, 2..5 picture number, 6..7 index, 8..9 count, 10..11 age in ms, 12..13 width,
 * 14..15 height, big-endian, then JPEG bytes.
 */
export const CHUNK_BYTES = 16 * 1024;
const HEADER_BYTES = 16;
const VERSION = 1;
const CHUNKS_MAX = 64;

export interface Still {
  readonly jpeg: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** Milliseconds from capture to sending; what the network adds is not in it. */
  readonly ageMs: number;
}

/** Throws RangeError for a picture of more than 1 MiB. */
export function splitStill(number: number, still: Still): Uint8Array<ArrayBuffer>[] {
  const room = CHUNK_BYTES - HEADER_BYTES;
  const count = Math.max(1, Math.ceil(still.jpeg.length / room));
  if (count > CHUNKS_MAX) throw new RangeError(`A still of ${still.jpeg.length} bytes is too large.`);
  return Array.from({ length: count }, (_, index) => {
    const part = still.jpeg.subarray(index * room, (index + 1) * room);
    const chunk = new Uint8Array(HEADER_BYTES + part.length);
    const view = new DataView(chunk.buffer);
    view.setUint8(0, VERSION);
    view.setUint32(2, number >>> 0);
    view.setUint16(6, index);
    view.setUint16(8, count);
    view.setUint16(10, Math.min(65_535, Math.max(0, Math.round(still.ageMs))));
    view.setUint16(12, still.width);
    view.setUint16(14, still.height);
    chunk.set(part, HEADER_BYTES);
    return chunk;
  });
}

interface Partial {
  readonly count: number;
  readonly parts: Map<number, Uint8Array<ArrayBuffer>>;
  readonly width: number;
  readonly height: number;
  readonly ageMs: number;
}

/** Puts chunks together. Keeps two pictures under way; an older one never replaces a newer one. */
export class StillAssembler {
  readonly #partials = new Map<number, Partial>();
  #shown = -1;

  /** Answers the picture that this chunk completed. Chunks that do not parse are dropped: the next still is near. */
  handleChunk(data: ArrayBuffer): Still | undefined {
    const chunk = new Uint8Array(data);
    if (chunk.length <= HEADER_BYTES || chunk.length > CHUNK_BYTES || chunk[0] !== VERSION) return undefined;
    const view = new DataView(data);
    const number = view.getUint32(2);
    const index = view.getUint16(6);
    const count = view.getUint16(8);
    if (count < 1 || count > CHUNKS_MAX || index >= count || number <= this.#shown) return undefined;
    const partial = this.#partials.get(number) ?? {
      count,
      parts: new Map<number, Uint8Array<ArrayBuffer>>(),
      ageMs: view.getUint16(10),
      width: view.getUint16(12),
      height: view.getUint16(14),
    };
    if (partial.count !== count) return undefined;
    this.#partials.set(number, partial);
    partial.parts.set(index, chunk.subarray(HEADER_BYTES));
    if (partial.parts.size < partial.count) {
      this.#dropOld();
      return undefined;
    }
    this.#shown = number;
    for (const older of this.#partials.keys()) if (older <= number) this.#partials.delete(older);
    return { jpeg: joined(partial), width: partial.width, height: partial.height, ageMs: partial.ageMs };
  }

  /** The publisher started anew and counts from zero. */
  reset(): void {
    this.#partials.clear();
    this.#shown = -1;
  }

  #dropOld(): void {
    while (this.#partials.size > 2) {
      const oldest = Math.min(...this.#partials.keys());
      this.#partials.delete(oldest);
    }
  }
}

function joined(partial: Partial): Uint8Array<ArrayBuffer> {
  const parts = [...partial.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
