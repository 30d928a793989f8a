/** The orderly end of a process: what was opened last is closed first, and nothing waits for ever. */
import { withDeadline } from './deadline.ts';
import { messageOf, toAppError } from './errors.ts';
import type { Logger } from './log.ts';

export type Close = (reason: string) => Promise<void> | void;

/** Signals of one wish often come twice, from the terminal and from a parent; later than this, the wish is to end at once. */
const repeatMs = 2_000;

export class Shutdown {
  readonly #log: Logger;
  readonly #deadlineMs: number;
  readonly #closers: { readonly name: string; readonly close: Close }[] = [];
  readonly #done = Promise.withResolvers<number>();
  #startedAt: number | undefined;

  /** @param options.deadlineMs is what each part may take to close before it is left behind */
  constructor(log: Logger, options: { deadlineMs?: number } = {}) {
    this.#log = log;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
  }

  /** Resolves with the exit code when everything is closed. */
  get done(): Promise<number> {
    return this.#done.promise;
  }

  get closing(): boolean {
    return this.#startedAt !== undefined;
  }

  /** Registers how to close a part, on the line after it was opened. */
  register(name: string, close: Close): void {
    this.#closers.push({ name, close });
  }

  /** Closes all parts, the last opened first; idempotent. A part that fails or hangs does not stop the others. */
  async close(reason: string, exitCode = 0): Promise<void> {
    if (this.#startedAt !== undefined) return;
    this.#startedAt = performance.now();
    this.#log.info({ reason }, 'closing');
    let code = exitCode;
    for (const { name, close } of this.#closers.toReversed()) {
      try {
        await withDeadline((async () => close(reason))(), this.#deadlineMs, `closing ${name}`);
      } catch (error) {
        code = 1;
        this.#log.error({ error, what: name }, 'a part did not close');
      }
    }
    this.#log.info({ reason, ms: Math.round(performance.now() - this.#startedAt) }, 'closed');
    this.#done.resolve(code);
  }

  /**
   * Closes on SIGTERM and SIGINT, on the death of the launcher that started this process, and on errors nobody caught. The
   * second signal of a person who has waited ends the process at once.
   */
  listen(): void {
    const onSignal = (signal: string) => {
      if (this.#startedAt !== undefined && performance.now() - this.#startedAt > repeatMs) process.exit(1);
      void this.close(signal);
    };
    const onError = (error: unknown) => {
      this.#log.fatal({ error, code: toAppError(error).code }, `nobody caught this: ${messageOf(error)}`);
      void this.close('error', 1);
    };
    const onParentGone = () => void this.close('the parent process is gone');
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
    process.on('unhandledRejection', onError).on('uncaughtException', onError);
    if (process.channel) {
      process.on('disconnect', onParentGone);
      // Listening alone would keep the process alive after its last part has closed.
      process.channel.unref();
    }
    // Until it is told to end, the process stays, whatever its parts are waiting for at the moment.
    const stay = setInterval(() => undefined, 2 ** 30);
    void this.#done.promise.then(() => {
      clearInterval(stay);
      // The listeners of signals stay: a second SIGTERM on the way out must not turn a good end into a violent one.
      process.off('unhandledRejection', onError).off('uncaughtException', onError);
      process.off('disconnect', onParentGone);
    });
  }
}
