/**
 * The words of the control link between processes: a table of methods and events is passed in by whoever
 * uses it, so that `platform` knows nothing of rooms (design.md section 2). One ordered, authenticated, full-duplex link carries
 * requests, answers and events, so that no event overtakes the answer it belongs to (design.md section 3).
 */
import type * as z from 'zod/mini';

type Parser = z.core.$ZodType;

export interface RpcTable {
  readonly methods: Readonly<Record<string, { readonly params: Parser; readonly result: Parser }>>;
  readonly events: Readonly<Record<string, Parser>>;
}

export type MethodOf<T extends RpcTable> = keyof T['methods'] & string;
export type EventOf<T extends RpcTable> = keyof T['events'] & string;
export type ParamsOf<T extends RpcTable, M extends MethodOf<T>> = z.infer<T['methods'][M]['params']>;
export type ResultOf<T extends RpcTable, M extends MethodOf<T>> = z.infer<T['methods'][M]['result']>;
export type EventDataOf<T extends RpcTable, E extends EventOf<T>> = z.infer<T['events'][E]>;

export type LinkState = 'up' | 'down';

/** The asking side. It connects by itself, and again after each loss, until it is closed. */
export interface RpcClient<T extends RpcTable> {
  readonly connected: boolean;
  /**
   * Asks and waits for the answer, at most `deadlineMs` milliseconds (5,000 unless told).
   * Rejects with the answerer's coded error, with `bad-request` when the parameters or the answer do not fit their
   * parsers, with `link-down` at once while there is no link, with `link-lost` when the link drops before the
   * answer (the request may or may not have been carried out: repeat it with the same ids), with `deadline-exceeded`.
   */
  request<M extends MethodOf<T>>(
    method: M,
    params: ParamsOf<T, M>,
    deadlineMs?: number,
  ): Promise<ResultOf<T, M>>;
  /** Returns the function that stops listening. */
  on<E extends EventOf<T>>(event: E, listener: (data: EventDataOf<T, E>) => void): () => void;
  /** Called on each change; and once at the start when the link is up already. Returns the function that stops it. */
  onLink(listener: (state: LinkState) => void): () => void;
  /** Ends the link for good; requests in flight fail with `link-lost`. Idempotent. */
  close(reason: string): Promise<void>;
}

/** The answering side. */
export interface RpcService<T extends RpcTable> {
  /** `linkId` names the link the request came by; it is new after each reconnect. */
  handle<M extends MethodOf<T>>(method: M, params: ParamsOf<T, M>, linkId: string): Promise<ResultOf<T, M>>;
  /** Every event goes to each connected client. Returns the function that stops it. */
  onEvent(listener: <E extends EventOf<T>>(event: E, data: EventDataOf<T, E>) => void): () => void;
  linkUp?(linkId: string): void;
  linkDown?(linkId: string, reason: string): void;
}

/** What listens for clients. */
export interface RpcServer {
  /** How many clients are connected and have proved themselves. */
  readonly links: number;
  /** Cuts every link without ending the server; clients come back by themselves. */
  dropLinks(reason: string): void;
  close(reason: string): Promise<void>;
}

export function isMethodOf<T extends RpcTable>(table: T, name: string): name is MethodOf<T> {
  return Object.hasOwn(table.methods, name);
}
