/** Downloads with a short patience: a hospital's network often drops what it forbids instead of refusing it. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AppError, messageOf } from '../errors.ts';

/** How long the other side may take to begin its answer, and to go on with it, in milliseconds. */
const usualPatienceMs = 8_000;

/** True when `url` answers at all within the patience; a 404 counts as an answer. */
export async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(usualPatienceMs)]),
    });
    return response.status < 500;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/**
 * Downloads `url` into `file`.
 * @throws `download-failed` when it is not there, does not answer, or stops for longer than the patience
 */
export async function download(
  url: string,
  file: string,
  signal: AbortSignal,
  onProgress: (fraction: number | undefined) => void,
  patienceMs = usualPatienceMs,
): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), patienceMs);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
    if (!response.ok || response.body === null) throw new Error(`the answer was ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    let received = 0;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), patienceMs);
        received += chunk.length;
        onProgress(total === undefined ? undefined : received / total);
        controller.enqueue(chunk);
      },
    });
    await pipeline(response.body.pipeThrough(count), createWriteStream(file));
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError('download-failed', `${url} could not be fetched: ${messageOf(error)}`, {
      whatToDo: 'Nothing, where set-up goes on in another way; else check the network.',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
