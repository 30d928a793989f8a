/** A log store that fails on demand in front of a real one: the connection breaks before, after or during a commit. */
import type { LogStore } from '../log-store.ts';

/**
 * `before`: broken before anything was written. `after`: written, then broken. `late`: no answer in time, and written
 * when `releaseLate` is called.
 */
export type Fault = 'ok' | 'before' | 'after' | 'late';

export function brokenConnection(): Error {
  return Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });
}

export class FaultyStore implements LogStore {
  readonly #store: LogStore;
  readonly #late: (() => Promise<unknown>)[] = [];
  /** What the next appends meet, in order; then they go well. */
  faults: Fault[] = [];
  /** While true nothing gets through at all. */
  away = false;
  appends = 0;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Lets the appends through that were held back. Their refusals are what a late packet would meet: nobody hears them. */
  async releaseLate(): Promise<void> {
    await Promise.allSettled(this.#late.splice(0).map((append) => append()));
  }

  append: LogStore['append'] = async (...args) => {
    this.appends += 1;
    const fault = this.away ? 'before' : (this.faults.shift() ?? 'ok');
    if (fault === 'before') throw brokenConnection();
    if (fault === 'late') {
      this.#late.push(() => this.#store.append(...args));
      return new Promise<never>(() => undefined);
    }
    await this.#store.append(...args);
    if (fault === 'after') throw brokenConnection();
  };

  create: LogStore['create'] = (...args) => this.#reach(() => this.#store.create(...args));
  claim: LogStore['claim'] = (...args) => this.#reach(() => this.#store.claim(...args));
  renew: LogStore['renew'] = (...args) => this.#reach(() => this.#store.renew(...args));
  release: LogStore['release'] = (...args) => this.#reach(() => this.#store.release(...args));
  read: LogStore['read'] = (...args) => this.#reach(() => this.#store.read(...args));
  head: LogStore['head'] = (...args) => this.#reach(() => this.#store.head(...args));
  openRooms: LogStore['openRooms'] = (...args) => this.#reach(() => this.#store.openRooms(...args));
  wrappedKey: LogStore['wrappedKey'] = (...args) => this.#reach(() => this.#store.wrappedKey(...args));
  destroyKey: LogStore['destroyKey'] = (...args) => this.#reach(() => this.#store.destroyKey(...args));

  async #reach<T>(call: () => Promise<T>): Promise<T> {
    if (this.away) throw brokenConnection();
    return call();
  }
}
