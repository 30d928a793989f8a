/** SHA-256 of files as fast as disk and hash allow, in bounded memory: the next piece is read while one is hashed. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const PIECE_BYTES = 1024 * 1024;

export interface HashedFile {
  readonly bytes: number;
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
}

/** Throws the file system's error, and the signal's reason when aborted. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<HashedFile> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const { size } = await handle.stat();
    // One letter more than the file has: a file that fits is read to its end in one piece.
    const length = Math.min(PIECE_BYTES, size + 1);
    let [now, next] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(size < length ? 0 : length)];
    let bytes = 0;
    let read = (await handle.read(now, 0, length, 0)).bytesRead;
    while (read > 0) {
      signal?.throwIfAborted();
      const position = bytes + read;
      const ahead = next.length > 0 ? handle.read(next, 0, length, position) : undefined;
      hash.update(now.subarray(0, read));
      bytes = position;
      read = ahead ? (await ahead).bytesRead : 0;
      [now, next] = [next, now];
    }
    return { bytes, hash: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** Runs `work` for each item, at most `width` at once; the first failure stops the rest and is thrown. */
export async function inParallel<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let stopped = false;
  const runner = async () => {
    for (let step = iterator.next(); !stopped && !step.done; step = iterator.next()) {
      try {
        await work(step.value);
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: width }, runner));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
