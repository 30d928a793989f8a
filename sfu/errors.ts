/** Errors of mediasoup as coded errors of the contract. */
import { errors } from 'mediasoup';
import { AppError, isAppError, messageOf } from '../platform/errors.ts';

/**
 * What the worker says of an SSRC, MID or RID that another producer of the transport has (RFC 8843 section 9.2: one media
 * section, one MID). It comes as a plain error, since to the worker it is none of the types it names.
 */
const TAKEN = /already exists in RTP listener/;

/** Anything a request threw, as a coded error; what is coded already stays as it is. */
export function mediaError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof errors.UnsupportedError) {
    return new AppError('cannot-consume', `The codecs do not fit: ${error.message}`, {
      status: 409,
      whatToDo: 'Ask the publisher for an encoding that both sides know.',
      cause: error,
    });
  }
  if (error instanceof errors.WorkerClosedError || /closed/i.test(messageOf(error))) {
    return new AppError('media-unavailable', 'What the request needs ended while it was carried out.', {
      status: 503,
      whatToDo: 'Wait for worker.died or compare with node.dump, then build it anew.',
      cause: error,
    });
  }
  if (error instanceof TypeError || error instanceof errors.NotFoundError || TAKEN.test(messageOf(error))) {
    return new AppError('bad-request', `mediasoup refuses the request: ${messageOf(error)}`, {
      status: 400,
      whatToDo: 'Compare the parameters with what the router offers.',
      cause: error,
    });
  }
  return new AppError('internal', `The media worker failed: ${messageOf(error)}`, {
    whatToDo: 'Look at the log of the media node.',
    cause: error,
  });
}
