/** The frames of the control link: JSON text, one message each, parsed strictly on both sides. */
import * as z from 'zod/mini';
import { AppError, type WireError } from '../errors.ts';

const Error_ = z.strictObject({
  code: z.string(),
  status: z.number(),
  message: z.string(),
  whatToDo: z.optional(z.string()),
  details: z.optional(z.record(z.string(), z.unknown())),
});

export const Frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('request'), id: z.int(), method: z.string(), params: z.unknown() }),
  z.strictObject({ type: z.literal('result'), id: z.int(), result: z.unknown() }),
  z.strictObject({ type: z.literal('error'), id: z.int(), error: Error_ }),
  z.strictObject({ type: z.literal('event'), event: z.string(), data: z.unknown() }),
]);
export type Frame = z.infer<typeof Frame>;

/** Returns the frame in `text`, or `undefined` when it is none: then the other side is broken and the link ends. */
export function parseFrame(text: string): Frame | undefined {
  try {
    return Frame.parse(JSON.parse(text));
  } catch {
    // Not JSON at all: the caller ends the link and logs why, without repeating the content.
    return undefined;
  }
}

/** The error a wire error stood for on the other side. */
export function fromWire(wire: WireError): AppError {
  return new AppError(wire.code, wire.message, {
    status: wire.status,
    ...(wire.whatToDo === undefined ? {} : { whatToDo: wire.whatToDo }),
    ...(wire.details === undefined ? {} : { details: wire.details }),
  });
}

/** A parser's complaint as a coded error: which field, never which value. */
export function badRequest(what: string, error: z.core.$ZodError): AppError {
  const issue = error.issues[0];
  return new AppError('bad-request', `${what} does not fit: ${issue?.message ?? 'unknown'}.`, {
    status: 400,
    whatToDo: 'Compare the versions of both sides: the contract is the same on both.',
    details: { path: issue?.path.map(String).join('.') ?? '', issue: issue?.code ?? '' },
  });
}

export function unknownMethod(method: string): AppError {
  return new AppError('unknown-method', `There is no method ${JSON.stringify(method.slice(0, 80))}.`, {
    status: 404,
    whatToDo: 'Compare the versions of both sides.',
  });
}
