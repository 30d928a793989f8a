/** Size, hash and head of `log.jsonl`, which only grows: each byte is hashed once, however often it is asked. */
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SealedLogLine } from '../../signaling/protocol/recorder.ts';

const PIECE_BYTES = 256 * 1024;

export interface LogSummary {
  readonly bytes: number;
  readonly hash: string;
  readonly entries: number;
  /** Hash of the last entry; empty without one. */
  readonly head: string;
  /** Room time 0 in UTC, by the first entry. */
  readonly anchorUtc: number | undefined;
}

export class LogTail {
  readonly #file: string;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #entries = 0;
  #line = Buffer.alloc(0);
  #head = '';
  #anchorUtc: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Reads what is new. A torn last line is not counted until it is whole. */
  async read(): Promise<LogSummary> {
    const handle = await open(this.#file, 'r').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    try {
      if (handle) {
        const piece = Buffer.alloc(PIECE_BYTES);
        for (;;) {
          const at = this.#bytes + this.#line.length;
          const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, at);
          if (bytesRead === 0) break;
          this.#take(piece.subarray(0, bytesRead));
        }
      }
    } finally {
      await handle?.close();
    }
    return {
      bytes: this.#bytes,
      hash: this.#hash.copy().digest('hex'),
      entries: this.#entries,
      head: this.#head,
      anchorUtc: this.#anchorUtc,
    };
  }

  #take(piece: Buffer): void {
    const all = Buffer.concat([this.#line, piece]);
    let at = 0;
    for (let end = all.indexOf(10); end !== -1; end = all.indexOf(10, at)) {
      this.#takeLine(all.toString('utf8', at, end));
      at = end + 1;
    }
    this.#hash.update(all.subarray(0, at));
    this.#bytes += at;
    this.#line = all.subarray(at);
  }

  #takeLine(text: string): void {
    const { hash, utc, at } = SealedLogLine.parse(JSON.parse(text));
    this.#entries += 1;
    this.#head = hash;
    this.#anchorUtc ??= utc - at;
  }
}
