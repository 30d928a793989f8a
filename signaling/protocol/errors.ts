/** Error codes of the wire. The message says what to do; the code is what programs act on. */
import * as z from 'zod/mini';

export const ERROR_CODES = [
  'bad-request', // The message does not fit its parser; `details` names the field.
  'unknown-method',
  'unauthenticated', // Sign in again.
  'forbidden', // The role, organisation or room does not allow it.
  'not-found',
  'conflict', // The state of the room does not allow it now; `details.state` says what it is.
  'closed', // The room or the thing has ended.
  'too-large',
  'too-many', // A rate or a count is exceeded; `retryAfterMs` says when to try again.
  'deadline-exceeded',
  'not-owner', // Another process owns the room; reconnect.
  'stale-epoch', // A newer owner has taken over.
  'media-unavailable', // No media node can take it now; it is retried by itself.
  'cannot-consume', // The viewer cannot decode the source.
  'store-unavailable',
  'internal',
] as const;
export const ErrorCode = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof ErrorCode>;

export const WireError = z.strictObject({
  code: ErrorCode,
  message: z.string().check(z.maxLength(1000)),
  retryAfterMs: z.optional(z.number()),
  details: z.optional(z.record(z.string(), z.unknown())),
});
export type WireError = z.infer<typeof WireError>;
