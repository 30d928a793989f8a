/** What leaves as an error: the code of the wire, a message that says what to do, and nothing of the inside. */
import { isAppError } from '../../platform/errors.ts';
import { isStoreAway } from '../../platform/sql/store-errors.ts';
import { statusOf } from '../people/refuse.ts';
import { ErrorCode, type WireError } from '../protocol/errors.ts';

export interface HttpError {
  readonly status: number;
  readonly body: WireError;
}

/** Turns anything thrown into an answer. What has no code of the wire becomes `internal` and is for the log only. */
export function toHttpError(error: unknown): HttpError {
  if (isAppError(error)) {
    const code = ErrorCode.safeParse(error.code);
    if (code.success) {
      const { retryAfterMs, ...details } = error.details ?? {};
      const message = error.whatToDo === undefined ? error.message : `${error.message} ${error.whatToDo}`;
      return {
        status: statusOf(code.data),
        body: {
          code: code.data,
          message: message.slice(0, 1000),
          ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
          ...(Object.keys(details).length > 0 ? { details } : {}),
        },
      };
    }
  }
  if (isStoreAway(error)) {
    return answer('store-unavailable', 'The database cannot be reached; try again in a moment.');
  }
  return answer('internal', 'Something failed inside; give the operator the time and the request id.');
}

function answer(code: ErrorCode, message: string): HttpError {
  return { status: statusOf(code), body: { code, message } };
}
