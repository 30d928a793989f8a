/** IndexedDB as promises, for the few things that are kept there: the key, and what is known of each file. */
const NAME = 'goldenhour-own-copy';
export const STORES = ['keys', 'pieces', 'outgoing'] as const;
export type Store = (typeof STORES)[number];

export class Database {
  readonly #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
  }

  /** Rejects where the browser refuses storage, as some private windows do. */
  static async open(): Promise<Database> {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    return new Database(await done(request));
  }

  /** Forgets everything, the key included. */
  static async destroy(): Promise<void> {
    await done(indexedDB.deleteDatabase(NAME));
  }

  get(store: Store, key: string): Promise<unknown> {
    return done<unknown>(this.#db.transaction(store).objectStore(store).get(key));
  }

  all(store: Store): Promise<unknown[]> {
    return done<unknown[]>(this.#db.transaction(store).objectStore(store).getAll());
  }

  /** Resolves when it is on the disk, as far as the browser can tell: a vehicle's power goes without a word. */
  put(store: Store, key: string, value: unknown): Promise<void> {
    return this.#write(store, (objects) => objects.put(value, key));
  }

  remove(store: Store, keys: readonly string[]): Promise<void> {
    return this.#write(store, (objects) => {
      for (const key of keys) objects.delete(key);
    });
  }

  clear(store: Store): Promise<void> {
    return this.#write(store, (objects) => objects.clear());
  }

  close(): void {
    this.#db.close();
  }

  #write(store: Store, change: (objects: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#db.transaction(store, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser gave the change up.'));
      change(transaction.objectStore(store));
    });
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser refused its storage.'));
  });
}
