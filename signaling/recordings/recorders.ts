/** The internal HTTP to recorders (protocol/recorder-http.ts): JSON questions, bytes in both directions, deadlines. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as z from 'zod/mini';
import { AppError, isAppError } from '../../platform/errors.ts';
import { signLinkToken } from '../../platform/rpc/proof.ts';
import { statusOf } from '../people/refuse.ts';
import { WireError } from '../protocol/errors.ts';

/** Where a recorder answers. */
export interface RecorderAddress {
  /** The media host it stands on. */
  readonly nodeId: string;
  /** `http://host:port` or `https://host:port`, the port of its link. */
  readonly url: string;
  readonly secret: string;
  /** PEM of the authority that signed its certificate. */
  readonly ca?: string;
}

/** Milliseconds until the head of an answer is there. */
const ANSWER_MS = 10_000;
/** Milliseconds without a byte, in either direction, before a transfer counts as dead. */
const IDLE_MS = 20_000;
const MAX_JSON_BYTES = 64 * 1024 * 1024;

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly json?: unknown;
  readonly bytes?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the head of the answer may take, where more than a look-up is asked. */
  readonly answerMs?: number;
}

/** Recorders by the host they stand on; the list is asked each time, since one that was started again has another port. */
export class Recorders {
  readonly #addresses: () => readonly RecorderAddress[];

  constructor(addresses: () => readonly RecorderAddress[]) {
    this.#addresses = addresses;
  }

  get nodeIds(): readonly string[] {
    return this.#addresses().map(({ nodeId }) => nodeId);
  }

  /** Asks for JSON. Throws what the recorder refuses with, and `media-unavailable` when it cannot be reached. */
  async json<S extends z.ZodMiniType>(
    nodeId: string,
    path: string,
    schema: S,
    asked: Asked = {},
  ): Promise<z.infer<S>> {
    const response = await this.stream(nodeId, path, asked);
    const parsed = schema.safeParse(await readJson(response));
    if (parsed.success) return parsed.data;
    throw new AppError('internal', 'A recorder answered in another form.', { cause: parsed.error });
  }

  /** Asks for bytes; the answer is 200, 206 or 416, anything else is thrown. Whoever takes it reads or destroys it. */
  async stream(nodeId: string, path: string, asked: Asked = {}): Promise<IncomingMessage> {
    const address = this.#addresses().find((known) => known.nodeId === nodeId);
    if (!address) throw away('This recording lies on a recorder that is not here.');
    const response = await send(address, path, asked);
    const status = response.statusCode ?? 500;
    if ([200, 206, 416].includes(status)) return response;
    throw await refusalOf(response);
  }
}

function send(address: RecorderAddress, path: string, asked: Asked): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const text = asked.json === undefined ? undefined : JSON.stringify(asked.json);
  const url = new URL(path, address.url);
  const options = {
    method: asked.method ?? 'GET',
    timeout: IDLE_MS,
    headers: {
      authorization: `Bearer ${signLinkToken(address.secret)}`,
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...asked.headers,
    },
  };
  const request: ClientRequest =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, ...(address.ca === undefined ? {} : { ca: address.ca }) })
      : httpRequest(url, options);
  const late = setTimeout(
    () => request.destroy(away('The recorder does not answer.')),
    asked.answerMs ?? ANSWER_MS,
  );
  request.on('timeout', () => request.destroy(away('The recorder does not answer.')));
  request.on('error', (error) => reject(isAppError(error) ? error : away('The recorder is away.', error)));
  request.on('close', () => clearTimeout(late));
  request.on('response', (response) => {
    clearTimeout(late);
    resolve(response);
  });
  if (asked.bytes) {
    // A body may take its time; what counts is that bytes move, which the socket's own timeout sees.
    clearTimeout(late);
    pipeline(asked.bytes, request).catch(reject);
  } else request.end(text);
  return promise;
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_JSON_BYTES) throw new AppError('internal', 'A recorder answered too much.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new AppError('internal', 'A recorder answered in another form.', { cause });
  }
}

async function refusalOf(response: IncomingMessage): Promise<AppError> {
  const status = response.statusCode ?? 500;
  const parsed = WireError.safeParse(await readJson(response).catch(() => undefined));
  if (!parsed.success) return new AppError('internal', `A recorder answered ${status}.`);
  const { code, message, retryAfterMs, details } = parsed.data;
  // The recorder refuses us, not the caller: that is a fault of this installation.
  if (code === 'unauthenticated') return new AppError('internal', 'A recorder does not know our secret.');
  return new AppError(code, message, {
    status: statusOf(code),
    details: { ...details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}

function away(message: string, cause?: unknown): AppError {
  return new AppError('media-unavailable', message, {
    status: statusOf('media-unavailable'),
    details: { reason: 'recorder', retryAfterMs: 2000 },
    ...(cause === undefined ? {} : { cause }),
  });
}
