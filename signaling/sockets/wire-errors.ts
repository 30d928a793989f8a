/** Errors as they leave the server over a live connection. */
import { isAppError, toAppError } from '../../platform/errors.ts';
import { ErrorCode, type WireError } from '../protocol/errors.ts';

/** Codes of the platform that mean one of the wire's. */
const SAME: Readonly<Record<string, ErrorCode>> = { 'queue-closed': 'not-owner' };

/** Whether an error is one that the caller was meant to see; the rest is logged and answered as `internal`. */
export function isForeseen(error: unknown): boolean {
  return isAppError(error) && codeOf(error.code) !== 'internal';
}

/** The wire's form of anything thrown; what was not foreseen says nothing of the inside. */
export function toWireError(thrown: unknown): WireError {
  const error = toAppError(thrown);
  const code = codeOf(error.code);
  const text = code === 'internal' ? 'Something failed inside the service.' : error.message;
  const message = error.whatToDo ? `${text} ${error.whatToDo}` : text;
  const { retryAfterMs, ...details } = error.details ?? {};
  return {
    code,
    message: message.slice(0, 1000),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
    ...(code !== 'internal' && Object.keys(details).length > 0 ? { details } : {}),
  };
}

function codeOf(code: string): ErrorCode {
  const known = ErrorCode.safeParse(SAME[code] ?? code);
  return known.success ? known.data : 'internal';
}
