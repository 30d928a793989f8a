/** Runs asynchronous work one after the other, so that two changes of one sender never overlap. */

export class Queue {
  #tail: Promise<void> = Promise.resolve();

  /** Resolves or rejects as the work does; a failure does not stop what comes after. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.then(
      () => {},
      // The caller has the rejection; the queue only needs to know that this piece is over.
      () => {},
    );
    return result;
  }
}
