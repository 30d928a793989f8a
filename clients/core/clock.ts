/** Time and timers behind one interface, so that tests of recovery and ladder move time by hand. */

export interface Clock {
  /** UTC in milliseconds; may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Calls once after `ms`. Returns the function that cancels. */
  after(ms: number, run: () => void): () => void;
  /** Calls every `ms`. Returns the function that stops. */
  every(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};

/** Resolves after `ms`, or at once when the signal is aborted. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}

/**
 * Settles as `promise` does, or rejects with `error()` after `ms` milliseconds. A later rejection of the promise is
 * observed by the race and never becomes an unhandled one.
 */
export async function withDeadline<T>(
  clock: Clock,
  promise: Promise<T>,
  ms: number,
  error: () => Error,
): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => reject(error()));
  try {
    return await Promise.race([promise, expired]);
  } finally {
    cancel();
  }
}
