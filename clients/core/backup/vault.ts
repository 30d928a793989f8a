/**
 * The kept files at rest: in the browser's private file system, encrypted by AES-256-GCM under a key that no script can
 * read out (WebCrypto, `extractable: false`), with what is known of each in IndexedDB. A file counts once its record
 * stands; whatever a crash left without one is removed at the next start.
 */
import type * as z from 'zod/mini';
import { Database } from './database.ts';
import { Outgoing, Piece } from './records.ts';

const FOLDER = 'goldenhour-own-copy';
const LOCK = 'goldenhour-own-copy';
const KEY = 'files';
/** Random nonces of 96 bits, one per file: far from 2^32 files under one key (NIST SP 800-38D, section 8.3). */
const NONCE_BYTES = 12;

/** Whether this browser has what a copy needs to be kept. */
export function hasStorage(): boolean {
  return (
    'indexedDB' in globalThis &&
    'locks' in (globalThis.navigator ?? {}) &&
    globalThis.crypto?.subtle !== undefined &&
    typeof globalThis.navigator?.storage?.getDirectory === 'function' &&
    'FileSystemFileHandle' in globalThis &&
    'createWritable' in FileSystemFileHandle.prototype
  );
}

interface VaultParts {
  readonly database: Database;
  readonly folder: FileSystemDirectoryHandle;
  readonly key: CryptoKey;
  readonly release: () => void;
}

export class Vault {
  readonly #database: Database;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #key: CryptoKey;
  /** Held as long as this page may write, so that no other page takes its unfinished files for left-overs. */
  readonly #release: () => void;

  private constructor(parts: VaultParts) {
    this.#database = parts.database;
    this.#folder = parts.folder;
    this.#key = parts.key;
    this.#release = parts.release;
  }

  /** Finds what earlier pages left, and tidies up what a crash left half done. */
  static async open(): Promise<Vault> {
    const database = await Database.open();
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const key = await keyOf(database);
    await onlyIfAlone(() => tidy(database, folder));
    return new Vault({ database, folder, key, release: await share() });
  }

  /** Removes every file and the key, also where no vault is open. */
  static async wipe(): Promise<void> {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(FOLDER, { recursive: true }).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    await Database.destroy();
  }

  /** Read anew each time: another page of this device may keep and send too. */
  async pieces(): Promise<readonly Piece[]> {
    return parsed(Piece, await this.#database.all('pieces'));
  }
  async outgoing(): Promise<readonly Outgoing[]> {
    return parsed(Outgoing, await this.#database.all('outgoing'));
  }

  async addPiece(piece: Piece, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#write(piece.pieceId, bytes);
    await this.#database.put('pieces', piece.pieceId, piece);
  }

  async addOutgoing(outgoing: Outgoing, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#write(outgoing.start.fillId, bytes);
    await this.#putOutgoing(outgoing);
  }

  /** Its bytes go; that it was sent, or refused for good, stays known. */
  async settle(outgoing: Outgoing, state: 'sent' | 'refused'): Promise<void> {
    await this.#putOutgoing({ ...outgoing, state });
    await remove(this.#folder, outgoing.start.fillId);
  }

  /** The plain bytes of a kept file or of one on its way. Rejects when it is gone or was altered. */
  async read(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const handle = await this.#folder.getFileHandle(id);
    const stored = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    const iv = stored.subarray(0, NONCE_BYTES);
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(id) };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, this.#key, stored.subarray(NONCE_BYTES)));
  }

  async removePieces(pieces: readonly Piece[]): Promise<void> {
    if (pieces.length === 0) return;
    const ids = pieces.map(({ pieceId }) => pieceId);
    await this.#database.remove('pieces', ids);
    for (const id of ids) await remove(this.#folder, id);
  }

  async removeOutgoing(outgoing: readonly Outgoing[]): Promise<void> {
    if (outgoing.length === 0) return;
    const ids = outgoing.map(({ start }) => start.fillId);
    await this.#database.remove('outgoing', ids);
    for (const id of ids) await remove(this.#folder, id);
  }

  /** Idempotent. */
  close(): void {
    this.#release();
    this.#database.close();
  }

  #putOutgoing(outgoing: Outgoing): Promise<void> {
    return this.#database.put('outgoing', outgoing.start.fillId, outgoing);
  }

  async #write(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(id) };
    const sealed = await crypto.subtle.encrypt(algorithm, this.#key, bytes);
    const handle = await this.#folder.getFileHandle(id, { create: true });
    const writable = await handle.createWritable();
    try {
      await writable.write(new Blob([iv, sealed]));
      await writable.close();
    } catch (error) {
      // What was written so far is dropped by the browser; the empty file must not stay either.
      await remove(this.#folder, id);
      throw error;
    }
  }
}

async function remove(folder: FileSystemDirectoryHandle, id: string): Promise<void> {
  await folder.removeEntry(id).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/** Removes files without a record and records without their file, which a crash between the two leaves behind. */
async function tidy(database: Database, folder: FileSystemDirectoryHandle): Promise<void> {
  const files = new Set<string>();
  for await (const name of folder.keys()) files.add(name);
  const pieces = parsed(Piece, await database.all('pieces'));
  const outgoing = parsed(Outgoing, await database.all('outgoing'));
  const waiting = outgoing.filter(({ state }) => state === 'ready');
  const known = new Set([
    ...pieces.map(({ pieceId }) => pieceId),
    ...waiting.map(({ start }) => start.fillId),
  ]);
  for (const name of files) if (!known.has(name)) await remove(folder, name);
  const lost = (ids: readonly string[]) => ids.filter((id) => !files.has(id));
  await database.remove('pieces', lost(pieces.map(({ pieceId }) => pieceId)));
  await database.remove('outgoing', lost(waiting.map(({ start }) => start.fillId)));
}

async function onlyIfAlone(work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await work();
  });
}

/** Resolves with the way to let go. */
function share(): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = Promise.withResolvers<void>();
    navigator.locks
      .request(LOCK, { mode: 'shared' }, () => {
        resolve(held.resolve);
        return held.promise;
      })
      .catch(reject);
  });
}

/** Records that do not fit were written by another version: what they name is left-over. */
function parsed<S extends z.ZodMiniType>(schema: S, records: readonly unknown[]): z.infer<S>[] {
  return records.flatMap((record) => {
    const { success, data } = schema.safeParse(record);
    return success ? [data] : [];
  });
}

async function keyOf(database: Database): Promise<CryptoKey> {
  const kept = await database.get('keys', KEY);
  if (kept instanceof CryptoKey) return kept;
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  await database.put('keys', KEY, key);
  return key;
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
