/** Small pieces of HTTP that the recorder needs for its one caller: JSON in both directions, bytes with ranges, refusals. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as z from 'zod/mini';
import { AppError, isAppError } from '../../platform/errors.ts';
import { ErrorCode, type WireError } from '../../signaling/protocol/errors.ts';

/** An export names thousands of marks. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** Codes of the recorder's parts, in those of the wire. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  'keys-destroyed': 'closed',
  'hash-differs': 'bad-request',
  'not-sealed': 'conflict',
};
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  'bad-request': 400,
  unauthenticated: 401,
  'not-found': 404,
  'unknown-method': 404,
  conflict: 409,
  closed: 410,
  'too-large': 413,
  'too-many': 429,
  'media-unavailable': 503,
};

export function refusal(code: ErrorCode, message: string, details?: Record<string, unknown>): AppError {
  return new AppError(code, message, { status: STATUS[code] ?? 500, ...(details ? { details } : {}) });
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text);
}

/** Answers an error in the form of the wire. Once bytes are out only the broken connection tells. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { body, status } = toWire(error);
  // What was not read of a refused body must not be taken for the next request.
  response.setHeader('connection', 'close');
  sendJson(response, body, status);
}

/** True for faults that nobody is told of but the log. */
export function isInternal(error: unknown): boolean {
  return toWire(error).body.code === 'internal';
}

function toWire(error: unknown): { status: number; body: WireError } {
  const known = isAppError(error) ? ErrorCode.safeParse(CODES[error.code] ?? error.code) : undefined;
  if (!isAppError(error) || !known?.success) {
    return { status: 500, body: { code: 'internal', message: 'Something failed inside the recorder.' } };
  }
  const { retryAfterMs, ...details } = error.details ?? {};
  const message = error.whatToDo === undefined ? error.message : `${error.message} ${error.whatToDo}`;
  return {
    status: STATUS[known.data] ?? 500,
    body: {
      code: known.data,
      message: message.slice(0, 1000),
      ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
      ...(Object.keys(details).length > 0 ? { details } : {}),
    },
  };
}

/** The body as this schema; throws `bad-request` and `too-large`. */
export async function readJson<S extends z.ZodMiniType>(
  request: IncomingMessage,
  schema: S,
): Promise<z.infer<S>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_JSON_BYTES) throw refusal('too-large', 'The body is too large.');
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw refusal('bad-request', 'The body is not JSON.');
  }
  return parsed(schema, value);
}

/** Throws `bad-request` with the names of the wrong fields. */
export function parsed<S extends z.ZodMiniType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.map(String).join('.'));
  throw refusal('bad-request', 'The request does not fit.', { fields: fields.slice(0, 10) });
}

export interface ByteSource {
  readonly bytes: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes `from` to `to` (exclusive). */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** Answers a whole file, or the one range that was asked for (RFC 9110 section 14); several ranges are answered whole. */
export async function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  source: ByteSource,
): Promise<void> {
  const range = rangeOf(request.headers.range, source.bytes);
  const common = { 'accept-ranges': 'bytes', 'cache-control': 'no-store', ...source.headers };
  if (range === 'unsatisfiable') {
    response
      .writeHead(416, { ...common, 'content-range': `bytes */${source.bytes}`, 'content-length': 0 })
      .end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: source.bytes };
  response.writeHead(range ? 206 : 200, {
    ...common,
    'content-type': source.contentType,
    'content-length': to - from,
    ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${source.bytes}` } : {}),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(Readable.from(source.read(from, to), { objectMode: false }), response);
}

/** The one range of a header, half open; undefined when the whole file is to be answered. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '');
  const [, first = '', last = ''] = found ?? [];
  if (!found || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(Number(last) + 1, size);
  // A range that ends before it begins is no range at all, and the header counts as absent.
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : { from, to };
}
