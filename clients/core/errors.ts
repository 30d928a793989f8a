/** Errors of the SDK: coded like those of the wire, so that pages translate one list of codes. */
import type { WireError } from '../../signaling/protocol/errors.ts';
import type { ClientErrorCode } from './types.ts';
import type { CaptureErrorCode } from './types-media.ts';

/** A refusal by the server, or no answer from it. `message` says what to do, in English, for logs. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ClientErrorCode,
    message: string,
    more: { retryAfterMs?: number | undefined; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'ClientError';
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.details = more.details ?? {};
  }

  static fromWire(error: WireError): ClientError {
    return new ClientError(error.code, error.message, {
      retryAfterMs: error.retryAfterMs,
      ...(error.details ? { details: error.details } : {}),
    });
  }

  static offline(what: string, cause?: unknown): ClientError {
    return new ClientError('offline', `${what}: the server cannot be reached; check the network.`, { cause });
  }

  static deadline(what: string, ms: number): ClientError {
    return new ClientError('deadline-exceeded', `${what} had no answer within ${ms} ms; try again.`);
  }
}

export function isClientError(error: unknown): error is ClientError {
  return error instanceof ClientError;
}

/** Why a camera, microphone or screen could not be opened. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode;

  constructor(code: CaptureErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CaptureError';
    this.code = code;
  }
}

/** Whether a request may succeed when it is sent again unchanged, because nothing was decided about it. */
export function isTransient(error: unknown): boolean {
  if (!isClientError(error)) return false;
  return (
    error.code === 'offline' ||
    error.code === 'not-owner' ||
    error.code === 'store-unavailable' ||
    (error.code === 'too-many' && error.retryAfterMs !== undefined)
  );
}
