/** Reads the JSON body of a request: bounded, one content type, nothing but an object. */
import type { IncomingMessage } from 'node:http';
import { refuse } from '../people/refuse.ts';

export const MAX_BODY_BYTES = 65_536;

/**
 * Returns the parsed body, `{}` for none. Throws `too-large`, and `bad-request` for another content type or what is
 * not JSON in UTF-8.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw refuse('bad-request', 'The body cannot be read.');
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
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

function tooLarge() {
  return refuse('too-large', `A body has at most ${MAX_BODY_BYTES} bytes.`, { maxBytes: MAX_BODY_BYTES });
}
