/** Every wait on another process has a deadline (design.md section 12, rule 6). */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from './errors.ts';

/**
 * Resolves or rejects as `promise` does, or rejects with `deadline-exceeded` after `ms` milliseconds. The work behind
 * the promise is not stopped by this: give it an AbortSignal where it can be. A later rejection of the
 * promise is observed here and therefore never becomes an unhandled one.
 *
 * @param what names the wait in the message, such as `createTransport on node n1`; no patient data.
 */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(deadlineExceeded(ms, what)), ms);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error of a wait that took too long; 504 because what was waited for is behind us (RFC 9110 section 15.6.5). */
export function deadlineExceeded(ms: number, what: string): AppError {
  return new AppError('deadline-exceeded', `${what} did not finish within ${ms} ms.`, {
    status: 504,
    whatToDo:
      'Try again; if it happens again, look at the load and the health of the part that was waited for.',
    details: { ms, what },
  });
}

/**
 * Resolves after `ms` milliseconds, or at once when the signal ends the wait. It never rejects: an end is no failure of the
 * wait, and whoever waits between two tries looks at the signal before the next one.
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
