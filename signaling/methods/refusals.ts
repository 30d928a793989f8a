/** The refusals of the live connection, each said in one place. */
import { AppError } from '../../platform/errors.ts';

/** One answer for a room that does not exist, is not visible, or was not joined: whoever asks learns nothing. */
export function noSuchRoom(): AppError {
  return new AppError('not-found', 'There is no such room for you, or you have not joined it.', {
    status: 404,
    whatToDo: 'Choose a room from the list and join it first.',
  });
}

export function signInAgain(why: string): AppError {
  return new AppError('unauthenticated', why, { status: 401, whatToDo: 'Sign in again.' });
}

export function forbidden(why: string): AppError {
  return new AppError('forbidden', why, {
    status: 403,
    whatToDo: 'Ask someone whose role allows it, or the coordinator.',
  });
}

export function badRequest(message: string, field: string): AppError {
  return new AppError('bad-request', message, {
    status: 400,
    whatToDo: 'Correct the named field and send it again.',
    details: { field },
  });
}

export function conflict(message: string, state: string): AppError {
  return new AppError('conflict', message, { status: 409, details: { state } });
}

export function roomClosed(): AppError {
  return new AppError('closed', 'This room has been closed.', {
    status: 410,
    whatToDo: 'Open its recording, or choose another room.',
  });
}

export function tooMany(retryAfterMs: number): AppError {
  return new AppError('too-many', 'Too many requests.', {
    status: 429,
    whatToDo: 'Wait as long as it says and send less often.',
    details: { retryAfterMs },
  });
}
