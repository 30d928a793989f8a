/**
 * Writes the journal of one track. `append` never waits: frames gather in a block, blocks in a bounded queue, and one
 * loop behind them encrypts, writes and flushes. What was appended is on the disk after 500 ms and the time of a flush.
 */
import type { JournalFrame, JournalPosition } from '../core/types.ts';
import { BlockBuffer } from './block-buffer.ts';
import type { BufferBudget } from './budget.ts';
import { type JournalFiles, localFiles } from './files.ts';
import { newSalt } from './format.ts';
import { encodeContent, encodeFrames, FRAME_HEAD_BYTES } from './frames.ts';
import { nextFileNumber, OpenJournalFile } from './open-file.ts';

export const BLOCK_MS = 250;
const BLOCK_BYTES = 256 * 1024;
/** A flush at every second block: between the two, half a second passes at most. */
const SYNC_MS = BLOCK_MS * 1.5;
const FILE_BYTES = 64 * 1024 * 1024;
export const TRACK_BUFFER_BYTES = 32 * 1024 * 1024;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4_000;
/** How often a journal that is being closed tries a disk that refuses it. */
const TRIES_AT_END = 2;

export interface JournalWriterOptions {
  readonly folder: string;
  readonly roomId: string;
  readonly trackId: string;
  /** Data key of the track, 32 bytes, and its name. */
  readonly key: Uint8Array;
  readonly keyId: string;
  readonly epoch: number;
  readonly bootId: string;
  readonly hostBoot: string;
  /** Frames that every file begins with: the parameters, and the last clock. */
  readonly opening: () => readonly JournalFrame[];
  readonly budget: BufferBudget;
  /** Sound and the patient camera: they may use the part of the budget that is kept for them. */
  readonly essential: boolean;
  /** A write or flush failed; it is tried again in a new file. */
  readonly onError: (error: unknown) => void;
  /** Packets begin to be dropped because the disk does not keep up. */
  readonly onSlow?: () => void;
  readonly files?: JournalFiles;
  /** CLOCK_MONOTONIC in nanoseconds. */
  readonly now?: () => bigint;
  readonly maxFileBytes?: number;
  readonly maxBufferBytes?: number;
}

/** A block before it is encrypted; it is kept until it is on the disk, so that a failed write loses nothing. */
interface PlainBlock {
  readonly plain: Uint8Array;
  readonly firstAt: bigint;
  readonly stretch: Stretch;
}

/** What files of one time have in common: a block of another stretch begins a new file. */
interface Stretch {
  readonly epoch: number;
  readonly opening: () => readonly JournalFrame[];
}

export interface JournalCounters {
  frames: number;
  bytes: number;
  /** Packets let go because the buffer was full. */
  dropped: number;
  files: number;
  errors: number;
}

export class JournalWriter {
  readonly counters: JournalCounters = { frames: 0, bytes: 0, dropped: 0, files: 0, errors: 0 };
  readonly #options: JournalWriterOptions;
  readonly #files: JournalFiles;
  readonly #now: () => bigint;
  readonly #timer: NodeJS.Timeout;
  #stretch: Stretch;
  readonly #block = new BlockBuffer();
  #queue: PlainBlock[] = [];
  #unsynced: PlainBlock[] = [];
  #heldBytes = 0;
  /** Dropped since the last note about it; `dropping` until half of the buffer is free again. */
  #droppedSinceNote = 0;
  #dropping = false;
  #file: OpenJournalFile | undefined;
  #fileStretch: Stretch | undefined;
  #fileNumber: number | undefined;
  #before: number | undefined;
  #lastSyncAt = 0n;
  /** Arrival of the first frame that was given up at the end. */
  #lostAt: bigint | undefined;
  #position: JournalPosition | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #wakeRetry: (() => void) | undefined;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#files = options.files ?? localFiles;
    this.#now = options.now ?? process.hrtime.bigint;
    this.#stretch = { epoch: options.epoch, opening: options.opening };
    this.#timer = setInterval(() => this.#tick(), BLOCK_MS);
  }

  /** Bytes that wait for the disk. */
  get bufferedBytes(): number {
    return this.#heldBytes;
  }

  /** What is on the disk: where it ends, and until when (nanoseconds) everything that arrived stands before that. */
  get durable(): { readonly position: JournalPosition | undefined; readonly until: bigint } {
    const oldest = this.#lostAt ?? this.#unsynced[0]?.firstAt ?? this.#queue[0]?.firstAt;
    const until = oldest ?? (this.#block.bytes > 0 ? this.#block.firstAt : this.#now());
    return { position: this.#position, until };
  }

  /**
   * Takes one frame and copies its payload. Answers false for a packet or message that found the buffer
   * full. Notes and clocks are always taken. After `close` it answers false.
   */
  append(frame: JournalFrame): boolean {
    if (this.#closing) return false;
    const small = frame.type === 'note' || frame.type === 'clock';
    const content = encodeContent(frame);
    const bytes = FRAME_HEAD_BYTES + content.length;
    if (small) this.#options.budget.force(bytes);
    else if (!this.#mayHold(bytes)) return this.#drop();
    else if (this.#droppedSinceNote > 0) this.#noteDropped(frame.at);
    this.#push(frame, content);
    return true;
  }

  /** What comes from now on stands in a new file, under this epoch: after a change of owner or parameters. */
  rotate(epoch: number, opening: () => readonly JournalFrame[]): void {
    this.#seal();
    this.#stretch = { epoch, opening };
  }

  /** Writes and flushes what is left, and closes. Idempotent; it does not reject: what a refusing disk costs is counted. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #mayHold(bytes: number): boolean {
    const { budget, essential } = this.#options;
    const limit = this.#options.maxBufferBytes ?? TRACK_BUFFER_BYTES;
    if (this.#dropping && this.#heldBytes > limit / 2) return false;
    if (this.#heldBytes + bytes > limit || !budget.take(bytes, essential)) return false;
    this.#dropping = false;
    return true;
  }

  #drop(): false {
    if (!this.#dropping) {
      this.#dropping = true;
      this.#options.onSlow?.();
    }
    this.counters.dropped += 1;
    this.#droppedSinceNote += 1;
    return false;
  }

  #noteDropped(at: bigint): void {
    const packets = this.#droppedSinceNote;
    this.#droppedSinceNote = 0;
    this.append({ type: 'note', at, note: { kind: 'dropped', packets } });
  }

  #push(frame: JournalFrame, content: Uint8Array): void {
    this.#block.push(frame, content);
    const bytes = FRAME_HEAD_BYTES + content.length;
    this.#heldBytes += bytes;
    this.counters.frames += 1;
    this.counters.bytes += bytes;
    if (this.#block.bytes < BLOCK_BYTES) return;
    this.#seal();
    this.#kick();
  }

  #seal(): void {
    if (this.#block.bytes === 0) return;
    const { firstAt } = this.#block;
    this.#queue.push({ plain: this.#block.take(), firstAt, stretch: this.#stretch });
  }

  #tick(): void {
    this.#seal();
    this.#kick();
  }

  #kick(): void {
    if (this.#running || !this.#hasWork()) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  #hasWork(): boolean {
    return this.#queue.length > 0 || (this.#unsynced.length > 0 && this.#syncIsDue());
  }

  #syncIsDue(): boolean {
    return this.#closing !== undefined || this.#now() - this.#lastSyncAt >= BigInt(SYNC_MS) * 1_000_000n;
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let triesAtEnd = 0;
    while (this.#hasWork()) {
      try {
        await this.#step();
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.counters.errors += 1;
        this.#options.onError(error);
        await this.#abandonFile();
        if (this.#closing) {
          triesAtEnd += 1;
          if (triesAtEnd >= TRIES_AT_END) return this.#giveUp();
        }
        await this.#pause(retryMs);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  async #step(): Promise<void> {
    const stretch = this.#queue[0]?.stretch;
    if (stretch && this.#file && this.#fileStretch !== stretch) await this.#endFile();
    if (stretch) {
      const file = this.#file ?? (await this.#startFile(stretch));
      const end = this.#queue.findIndex((block) => block.stretch !== stretch);
      const batch = this.#queue.splice(0, end === -1 ? this.#queue.length : end);
      this.#unsynced.push(...batch);
      await file.write(batch.map(({ plain }) => plain));
    }
    if (this.#syncIsDue()) await this.#sync();
    if ((this.#file?.writtenBytes ?? 0) >= (this.#options.maxFileBytes ?? FILE_BYTES)) await this.#endFile();
  }

  async #startFile(stretch: Stretch): Promise<OpenJournalFile> {
    const { folder, roomId, trackId, key, keyId, bootId, hostBoot } = this.#options;
    const { epoch, opening } = stretch;
    this.#fileNumber ??= await nextFileNumber(this.#files, folder);
    const header = {
      ...({ version: 1, algorithm: 'AES-256-GCM' } as const),
      ...{ roomId, trackId, epoch, file: this.#fileNumber, bootId, hostBoot, keyId },
      salt: newSalt(),
      ...(this.#before === undefined ? {} : { before: this.#before }),
    };
    const file = await OpenJournalFile.create(this.#files, folder, header, key);
    this.#file = file;
    this.#fileStretch = stretch;
    this.#fileNumber += 1;
    this.counters.files += 1;
    await file.write([encodeFrames(opening())]);
    return file;
  }

  async #sync(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    const synced = this.#unsynced.length;
    await file.sync();
    this.#lastSyncAt = this.#now();
    this.#position = file.position;
    this.#before = undefined;
    this.#release(this.#unsynced.splice(0, synced));
  }

  async #endFile(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    await this.#sync();
    this.#file = undefined;
    await file.close();
  }

  /** What of the file is on the disk stays; the rest is written again into the next one, which says so. */
  async #abandonFile(): Promise<void> {
    this.#queue = [...this.#unsynced, ...this.#queue];
    this.#unsynced = [];
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    try {
      if (file.durableBytes === 0) {
        await file.discard();
        this.#fileNumber = file.number;
      } else {
        this.#before = file.durableBytes;
        await file.close();
      }
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #giveUp(): void {
    this.counters.dropped += this.#queue.length;
    this.#lostAt ??= this.#queue[0]?.firstAt;
    this.#release(this.#queue);
    this.#queue = [];
  }

  #release(blocks: readonly PlainBlock[]): void {
    for (const { plain } of blocks) {
      this.#heldBytes -= plain.length;
      this.#block.giveBack(plain);
      this.#options.budget.release(plain.length);
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeRetry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeRetry = undefined;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#droppedSinceNote > 0) {
      const packets = this.#droppedSinceNote;
      const frame = { type: 'note', at: this.#now(), note: { kind: 'dropped', packets } } as const;
      const content = encodeContent(frame);
      this.#options.budget.force(FRAME_HEAD_BYTES + content.length);
      this.#push(frame, content);
    }
    this.#seal();
    this.#wakeRetry?.();
    await this.#running;
    this.#kick();
    await this.#running;
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(this.#options.onError);
  }
}
