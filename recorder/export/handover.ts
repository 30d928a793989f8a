/** Hands pieces of any size over as blocks of one size, from a program that pushes to a reader that takes. */

export class Handover {
  readonly #bytes: number;
  #parts: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #error: unknown;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** @param bytes of a block */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Resolves once no more than two blocks wait: that is what bounds the memory. */
  async push(piece: Uint8Array): Promise<void> {
    this.#parts.push(piece);
    this.#held += piece.length;
    this.#wakeReader?.();
    while (this.#held >= 2 * this.#bytes && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
  }

  /** No more comes. With an error, the next `take` throws it. Idempotent. */
  end(error?: unknown): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  /** Lets a writer that waits go on, because nobody takes any more. */
  drop(): void {
    this.#parts = [];
    this.#held = 0;
    this.end();
  }

  /** The next block; undefined when less than a whole one is left. */
  async take(): Promise<Uint8Array | undefined> {
    while (this.#held < this.#bytes && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    if (this.#error !== undefined) throw this.#error;
    return this.#held < this.#bytes ? undefined : this.#cut(this.#bytes);
  }

  /** What is left behind the last whole block. */
  rest(): Uint8Array {
    return this.#cut(this.#held);
  }

  #cut(bytes: number): Uint8Array {
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    const block = all?.subarray(0, bytes) ?? new Uint8Array(0);
    const left = all?.subarray(bytes) ?? new Uint8Array(0);
    this.#parts = left.length > 0 ? [left] : [];
    this.#held = left.length;
    this.#wakeWriter?.();
    return block;
  }
}
