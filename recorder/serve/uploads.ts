/**
 * Files that come in pieces over a link that may break at any time. Each piece is one encrypted file beside the packages,
 * whole or not there; the last one makes the file: checked against its SHA-256, encrypted into the package. What nobody
 * goes on with for a week is thrown away.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { MAX_PIECE_BYTES } from '../../signaling/protocol/recordings.ts';
import { Id } from '../../signaling/protocol/values.ts';
import { EnvelopeWriter, openBytes, sealBytes } from '../core/envelope.ts';
import { plainSalt } from '../package/names.ts';
import type { LocalStorage } from '../storage/local.ts';
import { refusal } from './http.ts';

const ABANDONED_MS = 7 * 86_400_000;
const ANNOUNCED = 'announced.json';
const PIECE = /^(\d{1,15})-(\d{1,9})\.piece$/;

export interface Announced {
  readonly bytes: number;
  readonly sha256: string;
}

export interface StoredUpload {
  readonly bytes: number;
  readonly hash: string;
  readonly plain: string;
}

/** One upload: a folder with its announcement and the pieces that have come. */
export class Upload {
  readonly #folder: string;
  readonly #key: Uint8Array;
  readonly #context: string;

  constructor(folder: string, key: Uint8Array, context: string) {
    this.#folder = folder;
    this.#key = key;
    this.#context = context;
  }

  /** The announcement as it was written; undefined when there is none. */
  async announced(): Promise<unknown> {
    try {
      const sealed = await readFile(join(this.#folder, ANNOUNCED));
      return JSON.parse(openBytes(this.#key, `${this.#context}/${ANNOUNCED}`, sealed).toString());
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async announce(value: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const sealed = sealBytes(this.#key, `${this.#context}/${ANNOUNCED}`, Buffer.from(JSON.stringify(value)));
    await writeAtomically(join(this.#folder, ANNOUNCED), sealed, 0o600);
  }

  /** Where the next piece begins. */
  async offset(): Promise<number> {
    const pieces = await this.#pieces();
    return pieces.reduce((end, { at, length }) => (at === end ? end + length : end), 0);
  }

  /** Takes a piece that begins at `at`. What came of one that breaks off is kept. Throws `conflict` for another place. */
  async take(at: number, total: number, body: Readable): Promise<number> {
    const offset = await this.offset();
    if (at !== offset) throw refusal('conflict', 'Go on where the last piece ended.', { offset });
    const { bytes, failed } = await collect(body, Math.min(MAX_PIECE_BYTES, total - at));
    if (bytes.length > 0) {
      const name = `${at}-${bytes.length}.piece`;
      const sealed = sealBytes(this.#key, `${this.#context}/${name}`, bytes);
      await writeAtomically(join(this.#folder, name), sealed, 0o600);
    }
    if (failed) throw failed;
    return at + bytes.length;
  }

  /** Puts the whole file into the package. Throws `hash-differs`, and then forgets everything that came. */
  async store(
    { sha256 }: Announced,
    storage: LocalStorage,
    file: string,
    fileKey: Uint8Array,
  ): Promise<StoredUpload> {
    const whole = createHash('sha256');
    const salted = createHash('sha256').update(plainSalt(fileKey, file));
    const writer = new EnvelopeWriter(fileKey, file);
    const plain = this.#plain();
    const encrypted = async function* () {
      yield writer.head;
      for await (const piece of plain) {
        whole.update(piece);
        salted.update(piece);
        yield writer.push(piece);
      }
      if (whole.copy().digest('hex') !== sha256) throw hashDiffers();
      yield writer.end();
    };
    try {
      const { bytes, hash } = await storage.put(file, encrypted());
      return { bytes, hash, plain: salted.digest('hex') };
    } catch (error) {
      if (error instanceof AppError && error.code === 'hash-differs') await this.remove();
      throw error;
    }
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  async *#plain(): AsyncGenerator<Uint8Array> {
    for (const { name } of await this.#pieces()) {
      yield openBytes(this.#key, `${this.#context}/${name}`, await readFile(join(this.#folder, name)));
    }
  }

  async #pieces(): Promise<{ name: string; at: number; length: number }[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names
      .flatMap((name) => {
        const [, at, length] = PIECE.exec(name) ?? [];
        return at === undefined ? [] : [{ name, at: Number(at), length: Number(length) }];
      })
      .sort((a, b) => a.at - b.at);
  }
}

export interface OpenUpload {
  readonly upload: Upload;
  /** UTC milliseconds when something came last. */
  readonly touchedMs: number;
}

/** All uploads of this recorder. Pieces of one upload are taken one after the other. */
export class Uploads {
  readonly #root: string;
  readonly #queues = new Map<string, SerialQueue>();

  /** @param root `<dataDir>/recording-uploads`; never inside a package, whose files are all named by its manifest */
  constructor(root: string) {
    this.#root = root;
  }

  /** Runs `work` on an upload, alone. */
  async with<T>(
    { roomId, kind, id, key }: { roomId: string; kind: 'fill' | 'supplement'; id: string; key: Uint8Array },
    work: (upload: Upload) => Promise<T>,
  ): Promise<T> {
    const context = `uploads/${Id.parse(roomId)}/${kind}-${Id.parse(id)}`;
    const queue = this.#queues.get(context) ?? new SerialQueue(context);
    this.#queues.set(context, queue);
    try {
      const folder = join(this.#root, roomId, `${kind}-${id}`);
      return await queue.push('upload', () => work(new Upload(folder, key, context)));
    } finally {
      if (queue.length === 0 && queue.runningTask === undefined) this.#queues.delete(context);
    }
  }

  /** What is open in one room. */
  async list(roomId: string, key: Uint8Array): Promise<OpenUpload[]> {
    const room = join(this.#root, Id.parse(roomId));
    const found: OpenUpload[] = [];
    for (const name of await names(room)) {
      const upload = new Upload(join(room, name), key, `uploads/${roomId}/${name}`);
      const touched = await stat(join(room, name)).catch((error: unknown) => {
        // Finished a moment ago.
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (touched) found.push({ upload, touchedMs: touched.mtimeMs });
    }
    return found;
  }

  /** Throws away what nobody went on with. */
  async tidy(nowMs: number): Promise<void> {
    for (const roomId of await names(this.#root)) {
      for (const upload of await names(join(this.#root, roomId))) {
        const folder = join(this.#root, roomId, upload);
        const { mtimeMs } = await stat(folder);
        if (nowMs - mtimeMs > ABANDONED_MS) await rm(folder, { recursive: true, force: true });
      }
    }
  }

  removeAll(roomId: string): Promise<void> {
    return rm(join(this.#root, Id.parse(roomId)), { recursive: true, force: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

/** What came of a body, and why it ended early if it did. */
async function collect(body: Readable, most: number): Promise<{ bytes: Buffer; failed?: Error }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > most) throw refusal('too-large', 'This piece is longer than the file, or too long.');
      chunks.push(chunk);
    }
  } catch (error) {
    const failed = error instanceof AppError ? error : refusal('bad-request', 'The body broke off.');
    // A piece that is too long is wrong altogether; one that broke off is right as far as it came.
    return { bytes: failed.code === 'too-large' ? Buffer.alloc(0) : Buffer.concat(chunks), failed };
  }
  return { bytes: Buffer.concat(chunks) };
}

function hashDiffers(): AppError {
  return new AppError('hash-differs', 'The file does not have the SHA-256 it was announced with.', {
    status: 400,
    whatToDo: 'Send it again from the beginning; it was changed on the way.',
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
