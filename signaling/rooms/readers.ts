/** Who listens to a room's entries: viewers, each within its audience, and the server's own parts. */
import type { Logger } from '../../platform/log.ts';
import type { Viewer } from '../protocol/audience.ts';
import { entryFor, type LogEntry, type ReadableEntry } from '../protocol/entry.ts';
import type { RoomState } from '../protocol/state.ts';
import type { History } from './history.ts';
import type { Subscription } from './types.ts';

type Observer = (entry: LogEntry, state: RoomState) => void;

export class Readers {
  readonly #history: History;
  readonly #log: Logger;
  readonly #observers = new Set<Observer>();

  constructor(history: History, log: Logger) {
    this.#history = history;
    this.#log = log;
  }

  get size(): number {
    return this.#observers.size;
  }

  subscribe(
    viewer: Viewer,
    since: number | undefined,
    roomTime: number,
    listener: (entry: ReadableEntry) => void,
  ): Subscription {
    const { snapshot, entries } = this.#history.catchUp(viewer, since);
    // Held back until the answer is in the hands of whoever awaits it: promises settle before the next immediate.
    let held: ReadableEntry[] | undefined = [];
    const unsubscribe = this.observe((entry) => {
      const readable = entryFor(viewer, entry);
      if (held) held.push(readable);
      else listener(readable);
    });
    const release = setImmediate(() => {
      const waiting = held ?? [];
      held = undefined;
      for (const entry of waiting) this.#guarded(() => listener(entry));
    });
    return {
      ...(snapshot ? { snapshot } : {}),
      entries,
      roomTime,
      unsubscribe: () => {
        clearImmediate(release);
        unsubscribe();
      },
    };
  }

  observe(listener: Observer): () => void {
    // Wrapped, so that the same function given twice is told twice and removed once at a time.
    const own: Observer = (entry, state) => listener(entry, state);
    this.#observers.add(own);
    return () => {
      this.#observers.delete(own);
    };
  }

  broadcast(entry: LogEntry, state: RoomState): void {
    for (const observer of [...this.#observers]) {
      if (this.#observers.has(observer)) this.#guarded(() => observer(entry, state));
    }
  }

  close(): void {
    this.#observers.clear();
  }

  /** One broken listener must not keep a fact from the others, nor fail the command that made it. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error({ error }, 'a listener of a room failed');
    }
  }
}
