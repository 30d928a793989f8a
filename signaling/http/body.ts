/** Reads the body of a request: JSON, bounded and of one content type, or bytes up to a limit as they come. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { isAppError } from '../../platform/errors.ts';
import { refuse } from '../people/refuse.ts';

export const MAX_BODY_BYTES = 65_536;
const MAX_DISCARD_BYTES = 1_048_576;
/** What is read whole is small: on the worst link it is here by then, and a slow sender holds no connection for longer. */
const WHOLE_MS = 30_000;
/** A sender of bytes who is silent for this long has lost its network and will begin again, in milliseconds. */
const SILENT_MS = 20_000;

/**
 * Returns the parsed body, `{}` for none. Throws `too-large`, and `bad-request` for another content type or what is
 * not JSON in UTF-8.
 */
export async function readJson(request: IncomingMessage, withinMs = WHOLE_MS): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  const chunks: Buffer[] = [];
  const size = await readUpTo(request, MAX_BODY_BYTES, withinMs, (chunk) => chunks.push(chunk));
  if (size > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  if (size === 0) return {};
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw refuse('bad-request', 'Send JSON with the content type application/json.', {
      field: 'content-type',
    });
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    // The parser's own message repeats parts of the body, which may hold a password.
    throw refuse('bad-request', 'The body is not JSON in UTF-8.', { field: 'body' });
  }
}

/**
 * Reads what is left of a body that is refused, so that the client gets to read why: closing a connection with unread
 * data makes the system reset it, and the answer is lost. Returns false when there is too much of it.
 */
export async function discard(request: IncomingMessage): Promise<boolean> {
  if (request.complete || request.destroyed) return true;
  return (await readUpTo(request, MAX_DISCARD_BYTES, WHOLE_MS, () => {})) <= MAX_DISCARD_BYTES;
}

/**
 * Hands on each chunk until the end, or until more than `limit` bytes have come; returns how many came. Ends the connection of
 * whoever takes longer than `withinMs`. Not `for await`:
 * leaving such a loop destroys the request, and with it the connection that the answer has to take.
 */
function readUpTo(
  request: IncomingMessage,
  limit: number,
  withinMs: number,
  take: (chunk: Buffer) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const overdue = setTimeout(() => request.destroy(), withinMs);
    const settle = (action: () => void) => {
      clearTimeout(overdue);
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      request.pause();
      action();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) settle(() => resolve(size));
      else take(chunk);
    };
    const onEnd = () => settle(() => resolve(size));
    const onBroken = () =>
      settle(() => reject(refuse('bad-request', 'The body broke off.', { field: 'body' })));
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
    request.resume();
  });
}

function tooLarge(maxBytes: number) {
  return refuse('too-large', `A body has at most ${maxBytes} bytes.`, { maxBytes });
}

/**
 * The body as it comes. Fails with `too-large` behind `maxBytes`, at once when the length says so, and with `bad-request`
 * when it breaks off, or is silent for so long that nobody is there. How long it may take in all is the listener's business.
 */
export function byteBody(request: IncomingMessage, maxBytes: number, silentMs = SILENT_MS): Readable {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return Readable.from(boundedChunks(request, maxBytes, silentMs), { objectMode: false });
}

async function* boundedChunks(
  request: IncomingMessage,
  maxBytes: number,
  silentMs: number,
): AsyncGenerator<Buffer> {
  let size = 0;
  // A dead connection must not hold the place of a living one until the listener's deadline for whole requests.
  const silence = setTimeout(() => request.destroy(), silentMs);
  try {
    // The connection has to stay for the answer, also when nobody reads to the end.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      silence.refresh();
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    throw refuse('bad-request', 'The body broke off.', { field: 'body' });
  } finally {
    clearTimeout(silence);
  }
}
