/**
 * The data keys of recordings: 32 random bytes per track, wrapped once per purpose under keys derived from the master key,
 * in one file per room beside the packages. Without the wrapped keys a package is noise: to remove those of a purpose is
 * to delete the recording for it, also in every copy of the package that was ever made. Only one instance of a process
 * makes and destroys keys (the recorder's own, which makes the package's when a room opens and a track's when it starts); others
 * open them.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { newId } from '../../platform/ids.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { PURPOSES, type Purpose } from '../../signaling/protocol/recordings.ts';
import { Id } from '../../signaling/protocol/values.ts';
import { KEY_BYTES } from '../core/derive.ts';
import { masterKeyFingerprint } from './fingerprint.ts';
import {
  type KeyEntry,
  KeyringFile,
  remainingPurposes,
  unwrapKey,
  wrapKey,
  wrappingKey,
} from './keyring-file.ts';

export interface DataKey {
  readonly keyId: string;
  /** 32 bytes. Never use it directly: see `deriveKey`. */
  readonly key: Uint8Array;
}

export interface RecordingKeysOptions {
  /** `<dataDir>/recording-keys`; never inside a package. */
  readonly folder: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
}

/** Name of the key of one track. */
export const trackKeyName = (trackId: string) => `track:${trackId}`;
/** Name of the key of everything in a package that belongs to no track: blobs, fills, supplements. */
export const PACKAGE_KEY = 'package';

export class RecordingKeys {
  readonly fingerprint: string;
  readonly #folder: string;
  readonly #masterKey: Uint8Array;
  readonly #queue = new SerialQueue('recording keys');

  constructor({ folder, masterKey }: RecordingKeysOptions) {
    if (masterKey.length !== KEY_BYTES) throw new RangeError('A master key has 32 bytes.');
    this.#folder = folder;
    this.#masterKey = masterKey;
    this.fingerprint = masterKeyFingerprint(masterKey);
  }

  /**
   * The key to write with: made, and safely on the disk for every purpose, before the first byte is encrypted with it.
   * Throws `keys-destroyed` when no purpose is left.
   */
  forWriting(roomId: string, name: string): Promise<DataKey> {
    return this.#queue.push('for writing', async () => {
      const file = (await this.#read(roomId)) ?? this.#empty(roomId);
      const purposes = remainingPurposes(file);
      const first = purposes[0];
      if (first === undefined) throw keysDestroyed(roomId);
      const entry = file.keys[name];
      if (entry !== undefined) return this.#unwrap(roomId, name, entry, first);
      const key = randomBytes(KEY_BYTES);
      const made: KeyEntry = { keyId: newId() };
      for (const purpose of purposes) made[purpose] = wrapKey(this.#wrapping(roomId, purpose), key, name);
      await this.#write({ ...file, keys: { ...file.keys, [name]: made } });
      return { keyId: made.keyId, key };
    });
  }

  /**
   * Opens a key for a purpose. Throws `keys-destroyed` when that purpose is gone, `not-found` when there is no such key,
   * `master-key-wrong` when the keys were wrapped under another master key, `keyring-damaged` when they were changed.
   */
  async open(roomId: string, name: string, purpose: Purpose): Promise<DataKey> {
    const file = await this.#read(roomId);
    if (file && !remainingPurposes(file).includes(purpose)) throw keysDestroyed(roomId, purpose);
    const entry = file?.keys[name];
    if (entry === undefined) {
      throw new AppError('not-found', `Recording ${roomId} has no key ${name}.`, {
        status: 404,
        whatToDo: 'Restore the folder recording-keys from its backup, when it should have one.',
      });
    }
    return this.#unwrap(roomId, name, entry, purpose);
  }

  /** The purposes that still open something; all of them for a recording without a key yet. */
  async purposes(roomId: string): Promise<Purpose[]> {
    const file = await this.#read(roomId);
    return file ? remainingPurposes(file) : [...PURPOSES];
  }

  /**
   * Removes the wrapped keys of these purposes, for good and also for later tracks; idempotent. What stood in the file
   * before, and what a crash left beside it, is overwritten, as far as the file system and the disk do that in place.
   */
  destroy(
    roomId: string,
    purposes: readonly Purpose[],
    nowUtc: number,
  ): Promise<{ destroyed: Purpose[]; remaining: Purpose[] }> {
    return this.#queue.push('destroy', async () => {
      const file = (await this.#read(roomId)) ?? this.#empty(roomId);
      const gone = remainingPurposes(file).filter((purpose) => purposes.includes(purpose));
      const keys: Record<string, KeyEntry> = {};
      for (const [name, entry] of Object.entries(file.keys)) {
        const kept = { ...entry };
        for (const purpose of gone) delete kept[purpose];
        keys[name] = kept;
      }
      const destroyed = [...file.destroyed, ...gone.map((purpose) => ({ purpose, utc: nowUtc }))];
      const next = { ...file, keys, destroyed };
      await this.#replaceForGood(next);
      return { destroyed: gone, remaining: remainingPurposes(next) };
    });
  }

  #empty(roomId: string): KeyringFile {
    const format = 'goldenhour-recording-keys';
    return { format, version: 1, roomId, masterKey: this.fingerprint, destroyed: [], keys: {} };
  }

  #unwrap(roomId: string, name: string, entry: KeyEntry, purpose: Purpose): DataKey {
    const wrapped = entry[purpose];
    const key = wrapped === undefined ? undefined : unwrapKey(this.#wrapping(roomId, purpose), wrapped, name);
    if (key !== undefined) return { keyId: entry.keyId, key };
    throw keyringDamaged(roomId);
  }

  #wrapping(roomId: string, purpose: Purpose): Buffer {
    return wrappingKey(this.#masterKey, roomId, purpose);
  }

  #path(roomId: string): string {
    return join(this.#folder, `${Id.parse(roomId)}.json`);
  }

  async #read(roomId: string): Promise<KeyringFile | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path(roomId), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    let file: KeyringFile;
    try {
      file = KeyringFile.parse(JSON.parse(text));
    } catch (cause) {
      throw keyringDamaged(roomId, cause);
    }
    if (file.roomId !== roomId) throw keyringDamaged(roomId);
    if (file.masterKey === this.fingerprint) return file;
    throw new AppError('master-key-wrong', `The keys of recording ${roomId} belong to another master key.`, {
      whatToDo: `Start with the master key whose fingerprint is ${file.masterKey}; this one is ${this.fingerprint}.`,
    });
  }

  #write(file: KeyringFile): Promise<void> {
    return writeAtomically(this.#path(file.roomId), `${JSON.stringify(file, null, 1)}\n`, 0o600);
  }

  async #replaceForGood(file: KeyringFile): Promise<void> {
    const old = await open(this.#path(file.roomId), 'r+').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    try {
      // First the new file, then the overwriting: a crash between the two leaves old bytes on the disk, never no keys.
      await this.#write(file);
      if (old) await overwrite(old);
    } finally {
      await old?.close();
    }
    await this.#removeParts(file.roomId);
  }

  /** Files that `writeAtomically` of a process that was killed did not come to rename: they hold wrapped keys as well. */
  async #removeParts(roomId: string): Promise<void> {
    const names = (await readdir(this.#folder)).filter(
      (name) => name.startsWith(`${roomId}.json.`) && name.endsWith('.part'),
    );
    for (const name of names) {
      const part = await open(join(this.#folder, name), 'r+');
      try {
        await overwrite(part);
      } finally {
        await part.close();
      }
      await rm(join(this.#folder, name), { force: true });
    }
  }
}

async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(randomBytes(size), 0, size, 0);
  await file.sync();
}

function keysDestroyed(roomId: string, purpose?: Purpose): AppError {
  const what = purpose === undefined ? 'All keys' : `The keys for ${purpose}`;
  return new AppError('keys-destroyed', `${what} of recording ${roomId} were destroyed.`, {
    status: 410,
    whatToDo: 'Nothing brings them back; that is how a recording is deleted.',
  });
}

function keyringDamaged(roomId: string, cause?: unknown): AppError {
  return new AppError(
    'keyring-damaged',
    `The keys of recording ${roomId} cannot be read: they were changed.`,
    {
      whatToDo: 'Restore the file of this recording in the folder recording-keys from its backup.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** True for a recording that was deleted, wholly or for the purpose that was asked for. */
export function areKeysDestroyed(error: unknown): boolean {
  return isAppError(error, 'keys-destroyed');
}
