/** One journal file while it is written: seals blocks and knows what of it is on the disk. */
import { join } from 'node:path';
import type { JournalPosition } from '../core/types.ts';
import type { GrowingFile, JournalFiles } from './files.ts';
import { BlockCipher, type JournalHeader, journalFileName, parseJournalFileName } from './format.ts';

export class OpenJournalFile {
  readonly number: number;
  readonly #name: string;
  readonly #file: GrowingFile;
  readonly #cipher: BlockCipher;
  #before: Uint8Array;
  #blocks = 0;
  #written = 0;
  #durable = 0;

  private constructor(header: JournalHeader, name: string, file: GrowingFile, cipher: BlockCipher) {
    this.number = header.file;
    this.#name = name;
    this.#file = file;
    this.#cipher = cipher;
    this.#before = cipher.firstBefore;
  }

  /** Makes the file; nothing is written yet. */
  static async create(
    files: JournalFiles,
    folder: string,
    header: JournalHeader,
    key: Uint8Array,
  ): Promise<OpenJournalFile> {
    const name = journalFileName(header.file, header.epoch);
    const cipher = BlockCipher.create(header, key);
    return new OpenJournalFile(header, name, await files.create(join(folder, name)), cipher);
  }

  get writtenBytes(): number {
    return this.#written;
  }

  get durableBytes(): number {
    return this.#durable;
  }

  /** Where a reader stands who has read everything that is on the disk; undefined before the first sync. */
  get position(): JournalPosition | undefined {
    return this.#durable === 0 ? undefined : { file: this.#name, offset: this.#durable };
  }

  /** Appends blocks of these plain texts, the header first where there is nothing yet. */
  async write(plains: readonly Uint8Array[]): Promise<void> {
    let small: Uint8Array[] = this.#written === 0 ? [this.#cipher.headerBytes] : [];
    for (const plain of plains) {
      this.#blocks += 1;
      const { head, body, tag } = this.#cipher.seal(plain, { number: this.#blocks, before: this.#before });
      this.#before = tag;
      await this.#write(Buffer.concat([...small, head]));
      await this.#write(body);
      small = [tag];
    }
    await this.#write(Buffer.concat(small));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes);
    this.#written += bytes.length;
  }

  async sync(): Promise<void> {
    const written = this.#written;
    await this.#file.sync();
    this.#durable = written;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }
}

/** The number of the next file of a track: one more than any that is there. */
export async function nextFileNumber(files: JournalFiles, folder: string): Promise<number> {
  const numbers = (await files.list(folder)).map((name) => parseJournalFileName(name)?.file ?? 0);
  return Math.max(0, ...numbers) + 1;
}
