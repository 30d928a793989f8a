/** Frames of one journal one after the other, from a position that can be saved in the middle of a block. */
import * as z from 'zod/mini';
import type { JournalFrame, JournalPosition } from '../core/types.ts';
import { type JournalBlock, positionAfterDamage, readJournalBlocks } from '../journal/reader.ts';

export const FeedPosition = z.strictObject({
  /** Before the block whose frames are being taken; absent at the beginning of the journal. */
  block: z.optional(z.strictObject({ file: z.string(), offset: z.int() })),
  /** Frames of that block that were taken. */
  taken: z.int(),
});
export type FeedPosition = z.infer<typeof FeedPosition>;

export interface FeedOptions {
  /** Folder of the track. */
  readonly folder: string;
  /** Data key of the track. */
  readonly key: Uint8Array;
  readonly from?: FeedPosition;
  /** A part of the journal cannot be read; what stands behind it is. */
  readonly onDamage: (error: unknown) => void;
}

export class JournalFeed {
  readonly #options: FeedOptions;
  #block: JournalBlock | undefined;
  #before: JournalPosition | undefined;
  #taken: number;
  #blocks: AsyncGenerator<JournalBlock> | undefined;
  /** Undefined: the whole journal. */
  #until: JournalPosition | undefined;
  /** Nothing more until `extend` is called. */
  #dry = true;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#before = options.from?.block;
    this.#taken = options.from?.taken ?? 0;
  }

  get position(): FeedPosition {
    return { ...(this.#before ? { block: this.#before } : {}), taken: this.#taken };
  }

  /** The journal may be read up to here; to its end without a position. */
  async extend(until?: JournalPosition): Promise<void> {
    const same = until && this.#until?.file === until.file && this.#until.offset === until.offset;
    if (same && this.#dry) return;
    await this.#blocks?.return(undefined);
    this.#blocks = undefined;
    this.#until = until;
    this.#dry = false;
  }

  /** The next frame, which stays the next one until `take`; undefined when another block has to be read first. */
  get head(): JournalFrame | undefined {
    return this.#block?.frames[this.#taken];
  }

  /** Start of the host for `head`: times of two frames can be compared when it is the same. */
  get hostBoot(): string {
    return this.#block?.header.hostBoot ?? '';
  }

  /** True when `head` is undefined and `fill` will not change that before `extend`. */
  get isDry(): boolean {
    return this.#dry;
  }

  /** Reads on until there is a next frame, or none up to where the journal may be read. */
  async fill(): Promise<void> {
    while (this.head === undefined && !this.#dry) await this.#nextBlock();
  }

  take(): void {
    this.#taken += 1;
  }

  async close(): Promise<void> {
    await this.#blocks?.return(undefined);
    this.#blocks = undefined;
  }

  async #nextBlock(): Promise<void> {
    const resumed = this.#block === undefined;
    const start = this.#block?.position ?? this.#before;
    const { folder, key, onDamage } = this.#options;
    this.#blocks ??= readJournalBlocks({
      folder,
      key,
      ...(start ? { from: start } : {}),
      ...(this.#until ? { until: this.#until } : {}),
    });
    try {
      const { done, value } = await this.#blocks.next();
      if (done) {
        this.#dry = true;
        this.#blocks = undefined;
        return;
      }
      this.#before = start;
      this.#block = value;
      if (!resumed) this.#taken = 0;
    } catch (error) {
      const next = positionAfterDamage(error);
      if (!next && !isDamage(error)) throw error;
      onDamage(error);
      this.#blocks = undefined;
      this.#block = undefined;
      this.#taken = 0;
      if (next) this.#before = next;
      else this.#dry = true;
    }
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'journal-damaged';
}
