/** The asking side of a control link over any channel: connects, asks, listens, reconnects. */
import * as z from 'zod/mini';
import { deadlineExceeded } from '../deadline.ts';
import { AppError, isAppError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Channel, type Connect, MAX_MESSAGE_BYTES } from './channel.ts';
import { badRequest, fromWire, parseFrame } from './frames.ts';
import type {
  EventDataOf,
  EventOf,
  LinkState,
  MethodOf,
  ParamsOf,
  ResultOf,
  RpcClient,
  RpcTable,
} from './table.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
const DEFAULT_DEADLINE_MS = 5_000;

export interface RpcClientOptions<T extends RpcTable> {
  readonly table: T;
  readonly connect: Connect;
  readonly logger: Logger;
  /** Names the other side in errors and logs, such as `node n1`. */
  readonly label: string;
}

interface Pending {
  settle(outcome: { result: unknown } | { error: AppError }): void;
}

/** Returns a client that starts to connect at once; wait for `onLink('up')` before the first request. */
export function createRpcClient<T extends RpcTable>(options: RpcClientOptions<T>): RpcClient<T> {
  return new LinkClient(options);
}

class LinkClient<T extends RpcTable> implements RpcClient<T> {
  readonly #options: RpcClientOptions<T>;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(data: unknown) => void>>();
  readonly #linkListeners = new Set<(state: LinkState) => void>();
  readonly #abort = new AbortController();
  #channel: Channel | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #nextId = 1;
  #connecting: Promise<void>;

  constructor(options: RpcClientOptions<T>) {
    this.#options = options;
    this.#connecting = this.#connect();
  }

  get connected(): boolean {
    return this.#channel !== undefined;
  }

  async request<M extends MethodOf<T>>(
    method: M,
    params: ParamsOf<T, M>,
    deadlineMs = DEFAULT_DEADLINE_MS,
  ): Promise<ResultOf<T, M>> {
    const channel = this.#channel;
    if (channel === undefined) throw this.#down();
    const id = this.#nextId++;
    const text = JSON.stringify({ type: 'request', id, method, params });
    if (text.length > MAX_MESSAGE_BYTES) throw tooLarge(method, text.length);
    const raw = await this.#ask(channel, id, method, text, deadlineMs);
    const parser: T['methods'][M]['result'] | undefined = this.#options.table.methods[method]?.result;
    if (parser === undefined) throw new AppError('unknown-method', `There is no method ${method}.`);
    const parsed = z.safeParse<T['methods'][M]['result']>(parser, raw);
    if (!parsed.success)
      throw badRequest(`The answer to ${method} from ${this.#options.label}`, parsed.error);
    return parsed.data;
  }

  on<E extends EventOf<T>>(event: E, listener: (data: EventDataOf<T, E>) => void): () => void {
    const events: T['events'] = this.#options.table.events;
    const parser: T['events'][E] | undefined = events[event];
    if (parser === undefined) throw new AppError('unknown-event', `There is no event ${event}.`);
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    const parse = (raw: unknown) => {
      const parsed = z.safeParse<T['events'][E]>(parser, raw);
      if (parsed.success) listener(parsed.data);
      else this.#options.logger.error({ event, issues: parsed.error.issues.length }, 'event does not fit');
    };
    listeners.add(parse);
    return () => void listeners.delete(parse);
  }

  onLink(listener: (state: LinkState) => void): () => void {
    this.#linkListeners.add(listener);
    if (this.connected)
      queueMicrotask(() => this.connected && this.#linkListeners.has(listener) && listener('up'));
    return () => void this.#linkListeners.delete(listener);
  }

  async close(reason: string): Promise<void> {
    if (!this.#abort.signal.aborted) {
      this.#abort.abort(new AppError('closed', `The link was closed (${reason}).`));
      clearTimeout(this.#retryTimer);
      this.#channel?.close(reason);
    }
    await this.#connecting;
  }

  #ask(channel: Channel, id: number, method: string, text: string, deadlineMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.#pending.delete(id);
      reject(deadlineExceeded(deadlineMs, `${method} on ${this.#options.label}`));
    }, deadlineMs);
    this.#pending.set(id, {
      settle: (outcome) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.result);
      },
    });
    channel.send(text);
    return promise;
  }

  async #connect(): Promise<void> {
    try {
      const channel = await this.#options.connect(this.#abort.signal);
      if (this.#abort.signal.aborted) return channel.close('client closed');
      this.#opened(channel);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const code = isAppError(error) ? error.code : 'connect-failed';
      this.#options.logger.warn({ code, reason: messageOf(error) }, `no link to ${this.#options.label} yet`);
      this.#retryLater();
    }
  }

  #opened(channel: Channel): void {
    this.#channel = channel;
    this.#retryMs = FIRST_RETRY_MS;
    channel.onMessage((text) => this.#receive(channel, text));
    channel.onClose((reason) => this.#lost(reason));
    this.#options.logger.info(`link to ${this.#options.label} is up`);
    this.#tellLink('up');
  }

  #lost(reason: string): void {
    this.#channel = undefined;
    this.#options.logger.info({ reason }, `link to ${this.#options.label} is down`);
    for (const pending of [...this.#pending.values()]) pending.settle({ error: this.#lostError(reason) });
    this.#tellLink('down');
    if (!this.#abort.signal.aborted) this.#retryLater();
  }

  /** Doubles from 100 ms to 2 s, with a random part so that many clients of one server do not return in step. */
  #retryLater(): void {
    const wait = this.#retryMs * (0.75 + Math.random() / 4);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.#retryTimer = setTimeout(() => {
      this.#connecting = this.#connect();
    }, wait);
  }

  #receive(channel: Channel, text: string): void {
    const frame = parseFrame(text);
    if (frame === undefined || frame.type === 'request') {
      channel.close('not a frame of this link');
      return;
    }
    if (frame.type === 'event') {
      for (const listener of [...(this.#listeners.get(frame.event) ?? [])])
        this.#safely(() => listener(frame.data));
      return;
    }
    const pending = this.#pending.get(frame.id);
    // An answer after its deadline finds nobody waiting, which is what a deadline means.
    if (frame.type === 'result') pending?.settle({ result: frame.result });
    else pending?.settle({ error: fromWire(frame.error) });
  }

  #tellLink(state: LinkState): void {
    for (const listener of [...this.#linkListeners]) this.#safely(() => listener(state));
  }

  /** A listener that throws must not stop the others, nor the link. */
  #safely(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error({ error }, 'a listener of the link failed');
    }
  }

  #down(): AppError {
    return new AppError('link-down', `There is no link to ${this.#options.label} now.`, {
      status: 503,
      whatToDo: 'It reconnects by itself; go on after the next dump.',
    });
  }

  #lostError(reason: string): AppError {
    return new AppError(
      'link-lost',
      `The link to ${this.#options.label} was lost before the answer (${reason}).`,
      {
        status: 503,
        whatToDo: 'Repeat the request with the same ids when the link is up again.',
        details: { reason },
      },
    );
  }
}

function tooLarge(method: string, bytes: number): AppError {
  return new AppError('too-large', `The parameters of ${method} are larger than a message may be.`, {
    status: 413,
    whatToDo: 'Ask for less at once.',
    details: { bytes, limit: MAX_MESSAGE_BYTES },
  });
}
