/** Photos, stills and shared images of one recording: named by the SHA-256 of their plain bytes, stored encrypted. */
import { createHash } from 'node:crypto';
import { AppError } from '../../platform/errors.ts';
import { contentSalt, openBytes, sealBytes } from '../core/envelope.ts';
import type { Storage } from './storage.ts';

export interface StoredBlob {
  /** Of the plain bytes. */
  readonly sha256: string;
  readonly file: string;
  /** Size and hash of what is stored. */
  readonly bytes: number;
  readonly hash: string;
}

/** The path of a blob inside its package. */
export const blobPath = (sha256: string) => `blobs/${sha256}`;

export class BlobStore {
  readonly #storage: Storage;
  readonly #key: Uint8Array;

  /** @param key the data key of the package, which encrypts what belongs to no track */
  constructor(storage: Storage, key: Uint8Array) {
    this.#storage = storage;
    this.#key = key;
  }

  /** Stores it once; again is no error and answers the same. Throws `hash-differs` when it is not what it is said to be. */
  async put(plain: Uint8Array, sha256: string): Promise<StoredBlob> {
    const own = createHash('sha256').update(plain).digest('hex');
    if (own !== sha256) {
      throw new AppError('hash-differs', 'These bytes do not have the SHA-256 they were announced with.', {
        status: 400,
        whatToDo: 'Send the file again; it was changed on the way.',
      });
    }
    const file = blobPath(sha256);
    const stored = sealBytes(this.#key, file, plain, contentSalt(this.#key, file, plain));
    const found = await this.#storage.stat(file);
    if (found?.bytes === stored.length) {
      return { sha256, file, bytes: stored.length, hash: createHash('sha256').update(stored).digest('hex') };
    }
    return { sha256, file, ...(await this.#storage.put(file, stored)) };
  }

  /** The plain bytes. Rejects with `not-found`, and with `file-damaged` when they were changed. */
  async get(sha256: string): Promise<Uint8Array> {
    const file = blobPath(sha256);
    return openBytes(this.#key, file, await this.#storage.read(file));
  }
}
