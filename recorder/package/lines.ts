/** Files of JSON lines that only grow. A line counts when it is whole; what a crash leaves behind the last one is cut off. */
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';

interface Whole<T> {
  readonly values: T[];
  /** Bytes of the whole lines. */
  readonly bytes: number;
}

function wholeLines<T extends z.core.$ZodType>(type: T, content: Buffer): Whole<z.core.output<T>> {
  const values: z.core.output<T>[] = [];
  let bytes = 0;
  for (;;) {
    const end = content.indexOf(10, bytes);
    if (end === -1) return { values, bytes };
    const value = parseLine(type, content.toString('utf8', bytes, end));
    if (value === undefined) return { values, bytes };
    values.push(value);
    bytes = end + 1;
  }
}

function parseLine<T extends z.core.$ZodType>(type: T, line: string): z.core.output<T> | undefined {
  try {
    return z.parse(type, JSON.parse(line));
  } catch {
    // A torn line, or one that was damaged: it and all behind it are made again, which is right in both cases.
    return undefined;
  }
}

/** All whole lines of a file; none when there is no file. What stands behind a line that does not parse is not read. */
export async function readLines<T extends z.core.$ZodType>(
  file: string,
  type: T,
): Promise<z.core.output<T>[]> {
  return wholeLines(type, await contentOf(file)).values;
}

async function contentOf(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
}

/**
 * Like `readLines`, for files that are written by `appendLine` alone: a line that was torn by a crash or a full disk stays
 * where it is, and what was appended behind it counts.
 */
export async function readAppended<T extends z.core.$ZodType>(
  file: string,
  type: T,
): Promise<z.core.output<T>[]> {
  const lines = (await contentOf(file)).toString('utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) => parseLine(type, line) ?? []);
}

/** True when a writer was stopped in the middle of the last line. */
async function endsTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  const last = Buffer.alloc(1);
  if (size > 0) await handle.read(last, 0, 1, size - 1);
  return size > 0 && last[0] !== 10;
}

/** Appends one line and flushes it. Several processes may do so at once: a line goes out in one write behind the end. */
export async function appendLine(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+', 0o640);
  try {
    const text = `${JSON.stringify(value)}\n`;
    await handle.appendFile((await endsTorn(handle)) ? `\n${text}` : text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(file));
}

/** A file of lines with one writer. */
export class LineFile {
  readonly #handle: FileHandle;
  #bytes: number;
  #last: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /** Opens or makes the file, cuts off what is no whole line, and answers what stands in it. */
  static async open<T extends z.core.$ZodType>(
    file: string,
    type: T,
  ): Promise<{ lines: LineFile; values: z.core.output<T>[] }> {
    await mkdir(dirname(file), { recursive: true });
    const { values, bytes } = wholeLines(type, await contentOf(file));
    const handle = await open(file, bytes > 0 ? 'r+' : 'w', 0o640);
    try {
      await handle.truncate(bytes);
      await handle.sync();
      await syncFolder(dirname(file));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return { lines: new LineFile(handle, bytes), values };
  }

  /** Once it resolves the lines survive a power cut. After an error call again with the same lines: nothing is doubled. */
  append(values: readonly unknown[]): Promise<void> {
    const text = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    const written = this.#last.then(() => this.#write(text));
    // Whoever called hears of a failure; the next ones write over what it left.
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #write(text: Buffer): Promise<void> {
    for (let done = 0; done < text.length; ) {
      const { bytesWritten } = await this.#handle.write(text, done, text.length - done, this.#bytes + done);
      done += bytesWritten;
    }
    await this.#handle.datasync();
    this.#bytes += text.length;
  }

  /** Forgets everything from the first line on that does not fit; answers the lines that stay. */
  async keepWhile<T extends z.core.$ZodType>(
    file: string,
    type: T,
    fits: (value: z.core.output<T>) => boolean,
  ): Promise<z.core.output<T>[]> {
    await this.#last;
    const content = await contentOf(file);
    const { values } = wholeLines(type, content);
    const kept = values.findIndex((value) => !fits(value));
    const stay = kept === -1 ? values : values.slice(0, kept);
    let bytes = 0;
    for (let n = 0; n < stay.length; n += 1) bytes = content.indexOf(10, bytes) + 1;
    await this.#handle.truncate(bytes);
    await this.#handle.sync();
    this.#bytes = bytes;
    return stay;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
