/** Coded errors: every failure that reaches a person or another process names what happened and what to do. */

/** What an error may carry beside its message: plain values only, never patient data, tokens or secrets. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The form in which an error leaves the process, over HTTP, a socket or the control link. */
export interface WireError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly whatToDo?: string;
  readonly details?: ErrorDetails;
}

export interface AppErrorOptions {
  /** The nearest HTTP status (RFC 9110 section 15); also used where no HTTP is involved. Default 500. */
  readonly status?: number;
  /** One sentence that tells the reader what to do about it. */
  readonly whatToDo?: string;
  readonly details?: ErrorDetails;
  /** The error underneath; it is logged but never sent to anyone. */
  readonly cause?: unknown;
}

/** A failure with a stable code in kebab-case that programs may branch on, and a sentence for people. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly whatToDo: string | undefined;
  readonly details: ErrorDetails | undefined;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = options.status ?? 500;
    this.whatToDo = options.whatToDo;
    this.details = options.details;
  }

  /** Returns what may be shown outside: neither the stack nor the cause. */
  toWire(): WireError {
    return {
      code: this.code,
      status: this.status,
      message: this.message,
      ...(this.whatToDo === undefined ? {} : { whatToDo: this.whatToDo }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** True for a coded error; with `code`, only for that one. */
export function isAppError(error: unknown, code?: string): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/**
 * Makes a coded error of anything thrown. What is not coded already becomes `internal-error`, whose message
 * says nothing of the inside; the original is kept as the cause for the log.
 */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  return new AppError('internal-error', 'Something failed inside the service.', {
    cause: error,
    whatToDo: 'Try again; if it happens again, give the operator the time and this code.',
  });
}

/** The message of anything thrown, for logs and for reports to the operator. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
