/**
 * Requests that survive reconnects: each waits behind a gate (socket up, room joined), is sent again with the same
 * `commandId` when the connection broke before its answer, and ends at its own deadline. A fact is therefore written
 * once however often the network fails (design section 4, "Once").
 */
import type { Method, Params, Request, Result } from '../../../signaling/protocol/methods.ts';
import { isFactMethod, METHODS } from '../../../signaling/protocol/methods.ts';
import { type Clock, delay, withDeadline } from '../clock.ts';
import { ClientError, isClientError, isTransient } from '../errors.ts';
import { newId } from '../ids.ts';
import type { RequestOptions } from '../types.ts';

export const DEFAULT_DEADLINE_MS = 10_000;
/** Between two attempts that the server put off without saying for how long. */
const RETRY_MS = 250;

/** Methods that change something without being facts of one room; repeated, they must be answered from before. */
const ONCE: readonly Method[] = [
  'room.create',
  'room.breakGlass',
  'room.invite',
  'room.revokeInvite',
  'patient.move',
  'incident.merge',
  'link.create',
  'link.resend',
  'link.revoke',
  'link.second',
  'guidance.push',
  'volunteer.alert',
  'mark.add',
];

type Send = (request: Request, deadlineMs: number) => Promise<unknown>;

export class Requests {
  readonly #send: Send;
  readonly #clock: Clock;
  readonly #roomId: string | undefined;
  readonly #closing = new AbortController();
  #open = false;
  #gate = Promise.withResolvers<void>();
  #closedWith: ClientError | undefined;

  constructor(send: Send, clock: Clock, roomId?: string) {
    this.#send = send;
    this.#clock = clock;
    this.#roomId = roomId;
  }

  /** The way is free: what waited is sent. */
  openGate(): void {
    if (this.#open) return;
    this.#open = true;
    this.#gate.resolve();
  }

  /** The way is shut: what comes now waits. */
  shutGate(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#gate = Promise.withResolvers<void>();
  }

  /** Ends every waiting and every later request with this error. Idempotent. */
  close(error: ClientError): void {
    this.#closedWith ??= error;
    this.#closing.abort();
  }

  async request<M extends Method>(
    method: M,
    params: Params<M>,
    options: RequestOptions & { roomId?: string; ungated?: boolean } = {},
  ): Promise<Result<M>> {
    const ms = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const end = this.#clock.monotonic() + ms;
    const roomId = options.roomId ?? this.#roomId;
    const commandId =
      options.commandId ?? (isFactMethod(method) || ONCE.includes(method) ? newId() : undefined);
    for (;;) {
      this.#throwIfClosed();
      if (!options.ungated) await this.#waitForGate(method, end, ms);
      const left = Math.floor(end - this.#clock.monotonic());
      if (left < 100) throw ClientError.deadline(method, ms);
      const request: Request = {
        method,
        params,
        deadlineMs: Math.min(left, 60_000),
        ...(roomId ? { roomId } : {}),
        ...(commandId ? { commandId } : {}),
      };
      try {
        return parseResult(method, await this.#send(request, left));
      } catch (error) {
        if (options.ungated || !isTransient(error)) throw error;
        await this.#waitToRetry(error, end);
      }
    }
  }

  async #waitForGate(method: Method, end: number, ms: number): Promise<void> {
    while (!this.#open) {
      const left = end - this.#clock.monotonic();
      if (left <= 0) throw ClientError.deadline(method, ms);
      const closed = abortedPromise(this.#closing.signal);
      const wait = Promise.race([this.#gate.promise, closed.promise]);
      await withDeadline(this.#clock, wait, left, () => ClientError.deadline(method, ms)).finally(
        closed.stop,
      );
      this.#throwIfClosed();
    }
  }

  async #waitToRetry(error: unknown, end: number): Promise<void> {
    const asked = isClientError(error) ? error.retryAfterMs : undefined;
    const left = end - this.#clock.monotonic();
    if (asked !== undefined && asked > left) throw error;
    await delay(this.#clock, Math.max(asked ?? RETRY_MS, 50), this.#closing.signal);
  }

  #throwIfClosed(): void {
    if (this.#closedWith) throw this.#closedWith;
  }
}

/** Throws `internal` for an answer this page does not understand, instead of handing it on unchecked. */
export function parseResult<M extends Method>(method: M, result: unknown): Result<M> {
  if (isResult(method, result)) return result;
  throw new ClientError('internal', `${method}: the answer does not fit this page; reload it.`);
}

function isResult<M extends Method>(method: M, result: unknown): result is Result<M> {
  return METHODS[method].result.safeParse(result).success;
}

function abortedPromise(signal: AbortSignal): { promise: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', done);
  return { promise, stop: () => signal.removeEventListener('abort', done) };
}
