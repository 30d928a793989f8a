/** Things under ids that the owner chose: a repeated create finds what the first one made. */
import { AppError } from '../platform/errors.ts';

interface Slot<T extends object> {
  /** What must be equal for a repeat to mean the same thing. */
  readonly identity: string;
  readonly making: Promise<T>;
  made?: T;
}

/**
 * A map whose values may still be in the making. A request that needs a thing whose create is under way waits for it,
 * so requests may be sent one after the other without waiting for each answer.
 */
export class Registry<T extends object> {
  readonly #kind: string;
  readonly #slots = new Map<string, Slot<T>>();

  /** @param kind names the things in errors, such as `transport`. */
  constructor(kind: string) {
    this.#kind = kind;
  }

  /** Returns the thing under `id`, made by `make` unless it exists. A failed make leaves nothing behind. */
  create(id: string, identity: string, make: () => Promise<T>): Promise<T> {
    const existing = this.#slots.get(id);
    if (existing !== undefined) {
      if (existing.identity === identity) return existing.making;
      return Promise.reject(this.#conflict(id));
    }
    const slot: Slot<T> = { identity, making: make() };
    this.#slots.set(id, slot);
    slot.making.then(
      (made) => {
        slot.made = made;
      },
      () => this.#drop(id, slot),
    );
    return slot.making;
  }

  /** Returns the thing, waiting for it when it is in the making; rejects with `not-found`. */
  get(id: string): Promise<T> {
    return this.#slots.get(id)?.making ?? Promise.reject(this.notFound(id));
  }

  /** Like `get`, but returns `undefined` for what does not exist: for closing, which is idempotent. */
  async find(id: string): Promise<T | undefined> {
    try {
      return await this.#slots.get(id)?.making;
    } catch {
      // It failed to be made, which its creator was told; there is nothing here to find.
      return undefined;
    }
  }

  /** Like `find`, for every id that `matches`. */
  async findAll(matches: (id: string) => boolean): Promise<T[]> {
    const found = await Promise.all([...this.#slots.keys()].filter(matches).map((id) => this.find(id)));
    return found.filter((value) => value !== undefined);
  }

  /** Everything that is made, in the order of creation. */
  all(): T[] {
    return [...this.#slots.values()].flatMap((slot) => (slot.made === undefined ? [] : [slot.made]));
  }

  delete(id: string): void {
    this.#slots.delete(id);
  }

  get size(): number {
    return this.#slots.size;
  }

  #drop(id: string, slot: Slot<T>): void {
    if (this.#slots.get(id) === slot) this.#slots.delete(id);
  }

  #conflict(id: string): AppError {
    return new AppError('conflict', `The ${this.#kind} ${id} exists and is another one.`, {
      status: 409,
      whatToDo: 'Use a new id, or close the old one first.',
      details: { state: 'exists', id },
    });
  }

  notFound(id: string): AppError {
    return new AppError('not-found', `There is no ${this.#kind} ${id} in this room on this node.`, {
      status: 404,
      whatToDo: 'Compare with node.dump.',
      details: { id },
    });
  }
}
