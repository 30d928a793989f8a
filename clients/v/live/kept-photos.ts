/**
 * Photos that wait to be sent, kept over a reload in the browser's own store (IndexedDB): few and small enough for a phone,
 * each under the opening that took it, gone once it was sent or refused, and gone by themselves after a day. A browser
 * without the store, or a private window that refuses it, keeps them for the life of the page alone.
 */

import { Queue } from '../../core/queue.ts';

export interface KeptPhoto {
  readonly photoId: string;
  readonly openingId: string;
  readonly photo: Blob;
  readonly askId?: string;
  /** UTC milliseconds when it was taken. */
  readonly utc: number;
}

/** Where photos are kept; nothing here rejects, since a photo that cannot be kept is sent all the same. */
export interface PhotoStore {
  keep(photo: Omit<KeptPhoto, 'openingId' | 'utc'>): Promise<void>;
  forget(photoId: string): Promise<void>;
  /** Oldest first. */
  all(): Promise<readonly KeptPhoto[]>;
}

/** More wait only where nothing was sent for long; the newest show the patient as he is. */
export const MOST_KEPT = 12;
export const MOST_BYTES = 40_000_000;
const OLDEST_MS = 86_400_000;

const DATABASE = 'goldenhour.v';
const STORE = 'photos';

/** Which of them are over the bounds, the oldest first: too old, too many, or too large together. Pure. */
export function overBounds(kept: readonly KeptPhoto[], now: number): string[] {
  let count = 0;
  let bytes = 0;
  const over: string[] = [];
  for (const { photoId, photo, utc } of [...kept].sort((a, b) => b.utc - a.utc)) {
    count += 1;
    bytes += photo.size;
    if (count > MOST_KEPT || bytes > MOST_BYTES || now - utc > OLDEST_MS) over.unshift(photoId);
  }
  return over;
}

/** The store of one opening. */
export function openPhotoStore(openingId: string): PhotoStore {
  // One after the other: a photo is never forgotten before it was kept.
  const queue = new Queue();
  const run = async (mode: IDBTransactionMode, act: (store: IDBObjectStore) => void): Promise<void> => {
    try {
      await transaction(mode, act);
    } catch (error) {
      console.info(`photos are not kept: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  };
  const read = async (): Promise<KeptPhoto[]> => {
    const kept: KeptPhoto[] = [];
    await run('readonly', (store) => {
      const request = store.getAll();
      request.onsuccess = () => kept.push(...request.result.filter(isKept));
    });
    return kept;
  };
  const remove = (photoIds: readonly string[]) =>
    run('readwrite', (store) => {
      for (const photoId of photoIds) store.delete(photoId);
    });
  return {
    keep: (photo) =>
      queue.run(async () => {
        const utc = Date.now();
        await run('readwrite', (store) => store.put({ ...photo, openingId, utc }));
        const over = overBounds(await read(), utc);
        if (over.length > 0) await remove(over);
      }),
    forget: (photoId) => queue.run(() => remove([photoId])),
    async all() {
      const kept = await read();
      // Of another link, or of long ago: nobody waits for them, and nobody else is to see them.
      const over = new Set(overBounds(kept, Date.now()));
      const foreign = kept.filter((photo) => photo.openingId !== openingId || over.has(photo.photoId));
      if (foreign.length > 0) await remove(foreign.map(({ photoId }) => photoId));
      return kept.filter((photo) => !foreign.includes(photo)).sort((a, b) => a.utc - b.utc);
    },
  };
}

function transaction(mode: IDBTransactionMode, act: (store: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'photoId' });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const run = database.transaction(STORE, mode);
      run.oncomplete = () => {
        database.close();
        resolve();
      };
      run.onabort = () => {
        database.close();
        reject(run.error);
      };
      act(run.objectStore(STORE));
    };
  });
}

/** What is in the store may be of another version of the page. */
function isKept(value: unknown): value is KeptPhoto {
  if (typeof value !== 'object' || value === null) return false;
  if (!('photoId' in value && 'openingId' in value && 'photo' in value && 'utc' in value)) return false;
  return (
    typeof value.photoId === 'string' &&
    typeof value.openingId === 'string' &&
    value.photo instanceof Blob &&
    typeof value.utc === 'number'
  );
}
