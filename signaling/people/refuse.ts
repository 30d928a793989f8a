/** Refusals of this part, in the codes of the wire, so that every door passes them on as they are. */
import { AppError, type ErrorDetails } from '../../platform/errors.ts';
import type { ErrorCode } from '../protocol/errors.ts';

const STATUS = {
  'bad-request': 400,
  'unknown-method': 404,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  closed: 410,
  'too-large': 413,
  'too-many': 429,
  'deadline-exceeded': 504,
  'not-owner': 421,
  'stale-epoch': 409,
  'media-unavailable': 503,
  'cannot-consume': 409,
  'store-unavailable': 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** The HTTP status that stands for a code of the wire (RFC 9110 section 15). */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** Makes the error to throw. `message` says what to do and holds neither names nor secrets. */
export function refuse(code: ErrorCode, message: string, details?: ErrorDetails): AppError {
  return new AppError(code, message, { status: STATUS[code], ...(details ? { details } : {}) });
}

/** A refusal that passes by itself: the caller may try again after this many milliseconds. */
export function refuseForNow(message: string, retryAfterMs: number): AppError {
  return refuse('too-many', message, { retryAfterMs: Math.max(0, Math.ceil(retryAfterMs)) });
}
