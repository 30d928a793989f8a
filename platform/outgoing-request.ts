/**
 * One outgoing HTTP request: address checked, TLS verified, one deadline over all of it, no redirect followed, the answer
 * bounded. A failure says whether the other side can have got the request, since only then a repeat could do it twice.
 */
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plain,
} from 'node:http';
import { type RequestOptions, request as secure } from 'node:https';
import { AppError, isAppError, messageOf } from './errors.ts';
import type { OutgoingGuard } from './outgoing.ts';

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly guard: OutgoingGuard;
  /** Milliseconds until the whole answer has to be there. */
  readonly deadlineMs: number;
  /** Certificates (PEM) of the authority behind the other side, where it is not a public one. */
  readonly ca?: string;
  /** Bytes of an answer that are read at most; 64 KiB unless given. */
  readonly maxAnswerBytes?: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly body: string;
}

const MOST_BYTES = 64 * 1024;

/**
 * Resolves with any answer, also an error status. Throws `outgoing-refused` (the address), or `outgoing-failed`, whose
 * `details.sent` is false while nothing of the request can have reached the other side (RFC 9110 section 9.2.2 asks this
 * before a repeat).
 */
export async function requestOut(options: OutgoingRequest): Promise<OutgoingAnswer> {
  const { url, guard, deadlineMs, signal } = options;
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw failed(new Error(`${url.protocol} is not spoken`), url, false);
  guard.assertHost(url.hostname);
  const deadline = AbortSignal.timeout(deadlineMs);
  const ends = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const progress = { sent: false };
  try {
    return await exchange(options, ends, progress);
  } catch (error) {
    if (isAppError(error)) throw error;
    const why = deadline.aborted ? new Error(`no answer within ${deadlineMs} ms`) : error;
    throw failed(why, url, progress.sent);
  }
}

async function exchange(
  options: OutgoingRequest,
  signal: AbortSignal,
  progress: { sent: boolean },
): Promise<OutgoingAnswer> {
  const { url, method, headers, body, guard, ca, maxAnswerBytes = MOST_BYTES } = options;
  const isSecure = url.protocol === 'https:';
  const chosen: RequestOptions = {
    ...{ method, signal, agent: false, lookup: guard.lookup },
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    ...(isSecure ? { minVersion: 'TLSv1.2' as const } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  const request = isSecure ? secure(url, chosen) : plain(url, chosen);
  // Bytes leave when the connection stands: before that, nothing can have been read on the other side.
  request.once('socket', (socket) =>
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      progress.sent = true;
    }),
  );
  const response = await answerOf(request, body);
  const bytes = await read(response, maxAnswerBytes);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes,
    body: bytes.toString('utf8'),
  };
}

function answerOf(request: ClientRequest, body: string | Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // It stays: a connection that breaks behind the answer must not end the process.
    request.on('error', reject);
    request.end(body);
  });
}

async function read(response: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > limit) throw new Error(`the answer has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Says the host alone: paths and queries of gateways may hold keys and numbers. */
function failed(error: unknown, url: URL, sent: boolean): AppError {
  return new AppError('outgoing-failed', `The request to ${url.host} failed: ${messageOf(error)}.`, {
    status: 502,
    whatToDo: 'Look whether the other side runs, and whether this machine may reach it.',
    details: { host: url.host, sent },
    cause: error,
  });
}
