/** Keeps one connection to the message centre bound, and connects again by itself for as long as it is open. */
import { pause } from '../../../platform/deadline.ts';
import { isAppError, messageOf } from '../../../platform/errors.ts';
import { type ConnectionOptions, openConnection, type SmppConnection } from './connection.ts';

export interface LinkOptions extends ConnectionOptions {
  /** First wait before connecting again, in milliseconds; it doubles up to 16 times that. 500 unless given. */
  readonly firstWaitMs?: number;
}

export class SmppLink {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #connection: SmppConnection | undefined;
  #next = Promise.withResolvers<SmppConnection | undefined>();
  #why = 'connecting';

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get connected(): boolean {
    return this.#connection?.isOpen === true;
  }

  /** Why it is not bound now, as a code. */
  get why(): string {
    return this.#why;
  }

  /** The bound connection, as soon as there is one; undefined when `signal` fires or the link closes first. */
  async bound(signal: AbortSignal): Promise<SmppConnection | undefined> {
    if (this.#connection?.isOpen) return this.#connection;
    if (signal.aborted) return undefined;
    const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([this.#next.promise, stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Says goodbye to the centre. Idempotent. */
  async close(reason: string): Promise<void> {
    this.#closing.abort();
    await this.#connection?.close(reason);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { firstWaitMs = 500, log } = this.#options;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const connection = await openConnection(this.#options);
        tries = 0;
        await this.#use(connection);
      } catch (error) {
        this.#why = codeOf(error);
        log.warn({ code: this.#why, reason: messageOf(error) }, 'the message centre is not reached');
      }
      if (signal.aborted) break;
      const wait = firstWaitMs * 2 ** Math.min(tries, 4) * (0.75 + Math.random() / 2);
      await pause(wait, signal);
    }
    this.#next.resolve(undefined);
  }

  /** Hands a bound connection to those who wait, and waits for its end. */
  async #use(connection: SmppConnection): Promise<void> {
    const { log } = this.#options;
    if (this.#closing.signal.aborted) {
      await connection.close('the sender was closed');
      return;
    }
    this.#connection = connection;
    this.#next.resolve(connection);
    log.info('bound to the message centre');
    const reason = await connection.ended;
    this.#connection = undefined;
    this.#next = Promise.withResolvers();
    this.#why = 'smpp-lost';
    log.info({ reason }, 'the message centre is gone');
  }
}

function codeOf(error: unknown): string {
  if (isAppError(error)) {
    const { status } = error.details ?? {};
    return typeof status === 'string' ? status : error.code;
  }
  return error instanceof Error && 'code' in error ? String(error.code) : 'smpp-lost';
}
