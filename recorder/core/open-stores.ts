/**
 * Files that are being put into packages beside capture: fills and pictures. What has ended is packaged and sealed only when
 * they are through, so that each is in the manifest or refused, and none lies there as a stranger.
 */
export class OpenStores {
  readonly #running = new Map<string, Set<Promise<unknown>>>();

  /** Runs `work`, which must look itself whether the room is still recorded before it stores anything. */
  async run<T>(roomId: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(roomId) ?? new Set();
    this.#running.set(roomId, running);
    const done = work();
    running.add(done);
    try {
      return await done;
    } finally {
      running.delete(done);
      if (running.size === 0 && this.#running.get(roomId) === running) this.#running.delete(roomId);
    }
  }

  /** Resolves when what has begun is through; what begins afterwards finds the room ended. Never rejects. */
  async settled(roomId: string): Promise<void> {
    await Promise.allSettled([...(this.#running.get(roomId) ?? [])]);
  }
}
