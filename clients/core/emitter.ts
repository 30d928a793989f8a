/** A tiny typed emitter: listeners by event name, each with its own way out. */

/** What outsiders see of an emitter: they listen, only the owner emits. `E` maps event names to their data. */
export interface Readable<E> {
  /** Returns the function that stops listening. */
  on<N extends keyof E>(name: N, listener: (data: E[N]) => void): () => void;
}

export class Emitter<E> implements Readable<E> {
  readonly #listeners: { [N in keyof E]?: Set<(data: E[N]) => void> } = {};

  on<N extends keyof E>(name: N, listener: (data: E[N]) => void): () => void {
    const set = this.#listeners[name] ?? new Set();
    this.#listeners[name] = set;
    set.add(listener);
    return () => {
      set.delete(listener);
    };
  }

  /**
   * Calls every listener. One that throws must not keep the others from hearing, so its error is rethrown on a task
   * of its own, where the page's error handler sees it.
   */
  emit<N extends keyof E>(name: N, data: E[N]): void {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(data);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Resolves with the next event of this name that fits; rejects after `deadlineMs`. */
  waitFor<N extends keyof E>(name: N, fits: (data: E[N]) => boolean, deadlineMs: number): Promise<E[N]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`No event "${String(name)}" within ${deadlineMs} ms.`));
      }, deadlineMs);
      const stop = this.on(name, (data) => {
        if (!fits(data)) return;
        clearTimeout(timer);
        stop();
        resolve(data);
      });
    });
  }

  removeAll(): void {
    for (const name in this.#listeners) this.#listeners[name]?.clear();
  }
}
