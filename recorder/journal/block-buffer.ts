/**
 * The plain text of a block while it grows. Packets are copied into it at once, so that what the socket allocated for each of
 * them is free again before it costs the collector of garbage anything.
 */
import type { JournalFrame } from '../core/types.ts';
import { FRAME_HEAD_BYTES, writeFrame } from './frames.ts';

const LEAST_BYTES = 4 * 1024;
const LARGE_BYTES = 64 * 1024;
/** Large blocks that are used again: as many as fill up between two flushes of a 4K track. */
const MOST_SPARE = 6;

export class BlockBuffer {
  #block: Buffer<ArrayBufferLike> = Buffer.allocUnsafeSlow(LEAST_BYTES);
  readonly #spare: Buffer<ArrayBufferLike>[] = [];
  #end = 0;
  #firstAt = 0n;

  get bytes(): number {
    return this.#end;
  }

  /** Arrival of the first frame in it; meaningless while it is empty. */
  get firstAt(): bigint {
    return this.#firstAt;
  }

  push(frame: JournalFrame, content: Uint8Array): void {
    if (this.#end === 0) this.#firstAt = frame.at;
    this.#reserve(FRAME_HEAD_BYTES + content.length);
    this.#end = writeFrame(this.#block, this.#end, frame, content);
  }

  /** What has been pushed; the buffer is empty then, and as large as this block was. */
  take(): Uint8Array {
    const plain = this.#block.subarray(0, this.#end);
    this.#block = this.#spare.pop() ?? Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, this.#end));
    this.#end = 0;
    return plain;
  }

  /** Takes back what `take` answered, when nobody looks at it any more. */
  giveBack(plain: Uint8Array): void {
    const { byteLength } = plain.buffer;
    // A small one would have to grow again, and a track that has become quiet keeps nothing.
    if (byteLength < plain.length * 2 && byteLength > LARGE_BYTES && this.#spare.length < MOST_SPARE) {
      this.#spare.push(Buffer.from(plain.buffer));
    } else if (byteLength >= plain.length * 2) this.#spare.length = 0;
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#block.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#block.length * 2));
    this.#block.copy(larger, 0, 0, this.#end);
    this.#block = larger;
  }
}
