/** One request over a socket and its answer, if one comes. */
import type { Socket } from 'socket.io-client';
import type { ErrorCode } from '../../signaling/protocol/errors.ts';
import { Reply } from '../../signaling/protocol/methods.ts';

/** A try waits this long for its answer; a lost one is noticed no earlier, in milliseconds. */
export const ANSWER_MS = 3_000;

export type Attempt =
  | { readonly ok: true; readonly result: string }
  | { readonly ok: false; readonly code: ErrorCode };

/** Sends one request and waits for its answer; undefined when none came in time. */
export function ask(socket: Socket, request: object): Promise<Attempt | undefined> {
  return new Promise((resolve) => send(socket, request, resolve));
}

/** Sends one request; the answer comes with its result as text, or as undefined when there was none in time. */
export function send(socket: Socket, request: object, then: (attempt: Attempt | undefined) => void): void {
  socket.timeout(ANSWER_MS).emit('request', request, (error: unknown, raw: unknown) => {
    if (error) return then(undefined);
    const reply = Reply.parse(raw);
    if (reply.ok) then({ ok: true, result: JSON.stringify(reply.result) });
    else then({ ok: false, code: reply.error.code });
  });
}
