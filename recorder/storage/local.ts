/** Files in a folder of this machine. */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { newId } from '../../platform/ids.ts';
import { PackagePath } from '../../signaling/protocol/manifest.ts';
import { type ByteRange, type Content, type Storage, type StoredObject, storedNotFound } from './storage.ts';

/** Names of files that are still being written; what a crash leaves of them is never listed or read. */
const PART = '.part';
const PIECE_BYTES = 256 * 1024;

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

export class LocalStorage implements Storage {
  readonly #root: string;

  /** @param root the folder that paths start from; made when something is stored */
  constructor(root: string) {
    this.#root = root;
  }

  async put(path: string, content: Content): Promise<{ bytes: number; hash: string }> {
    const target = this.#at(path);
    await mkdir(dirname(target), { recursive: true });
    const part = join(dirname(target), `.${newId()}${PART}`);
    try {
      const written = await writePart(part, content);
      await rename(part, target);
      await this.#syncFolders(dirname(target));
      return written;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async read(path: string, range?: ByteRange): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(path, range)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *stream(path: string, range: ByteRange = { from: 0 }): AsyncGenerator<Uint8Array> {
    const target = this.#at(path);
    const handle = await open(target, 'r').catch((error: unknown) => {
      throw isMissing(error) ? storedNotFound(path) : error;
    });
    try {
      const end = Math.min(range.to ?? Number.POSITIVE_INFINITY, (await handle.stat()).size);
      for (let at = range.from; at < end; ) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) return;
        yield piece.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await handle.close();
    }
  }

  async stat(path: string): Promise<StoredObject | undefined> {
    try {
      const found = await stat(this.#at(path));
      return found.isFile() ? { path, bytes: found.size } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async list(folder?: string): Promise<StoredObject[]> {
    const start = folder === undefined ? this.#root : this.#at(folder);
    const entries = await readdir(start, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const paths = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(PART))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(this.#root.length + 1)
          .replaceAll(sep, '/'),
      )
      .sort();
    const found = await Promise.all(paths.map((path) => this.stat(path)));
    return found.filter((each) => each !== undefined);
  }

  async remove(path: string): Promise<void> {
    const target = this.#at(path);
    await rm(target, { force: true });
    await syncFolder(dirname(target)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  /** Refuses everything that could leave the folder. */
  #at(path: string): string {
    return join(this.#root, ...PackagePath.parse(path).split('/'));
  }

  /** A new folder survives a power cut only when the folder that names it was flushed as well. */
  async #syncFolders(folder: string): Promise<void> {
    for (let each = folder; each.length >= this.#root.length; each = dirname(each)) await syncFolder(each);
  }
}

async function writePart(part: string, content: Content): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(part, 'wx', 0o640);
  try {
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      hash.update(piece);
      for (let done = 0; done < piece.length; ) {
        const { bytesWritten } = await handle.write(piece, done);
        done += bytesWritten;
      }
      bytes += piece.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, hash: hash.digest('hex') };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
