/** An ordered queue of asynchronous tasks: one runs at a time, in the order of `push`. */
import { deadlineExceeded } from './deadline.ts';
import { AppError } from './errors.ts';

/** A task gets a signal that fires when its deadline passes or the queue closes; heeding it is its own affair. */
export type Task<T> = (signal: AbortSignal) => Promise<T> | T;

export interface PushOptions {
  /** Milliseconds the task may run, counted from its start, not from `push`. No limit unless given. */
  readonly deadlineMs?: number;
}

interface Waiting {
  readonly name: string;
  run(): Promise<void>;
  refuse(error: AppError): void;
}

export class SerialQueue {
  readonly #label: string;
  readonly #waiting: Waiting[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  #running: { readonly name: string; readonly abort: AbortController } | undefined;
  #closed: string | undefined;

  /** @param label names the queue in errors, such as `room 0190…`; no patient data. */
  constructor(label = 'queue') {
    this.#label = label;
  }

  /** Tasks that wait, without the one that runs. */
  get length(): number {
    return this.#waiting.length;
  }

  /** The name of the task that runs now; useful when a queue seems stuck. */
  get runningTask(): string | undefined {
    return this.#running?.name;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * Runs `task` after everything pushed before it has ended, and settles as the task does. A failed task does not stop
   * the ones behind it.
   *
   * Rejects with `queue-closed` when the queue is closed before the task has ended, and with `deadline-exceeded` when the
   * task runs too long. In both cases the next task may start while this one still works unless it heeds its
   * signal: a task with a deadline must not touch shared state after the signal.
   */
  push<T>(name: string, task: Task<T>, options: PushOptions = {}): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closedError(name, this.#closed));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({
      name,
      refuse: reject,
      run: () => this.#run(name, task, options.deadlineMs).then(resolve, reject),
    });
    this.#startNext();
    return promise;
  }

  /** Resolves when nothing runs and nothing waits; at once if that is so now. */
  idle(): Promise<void> {
    if (this.#running === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Refuses what waits, signals what runs, and takes nothing more. Idempotent: the first reason stays. */
  close(reason = 'closed'): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(this.#closedError(waiting.name, reason));
    this.#running?.abort.abort(this.#closedError(this.#running.name, reason));
  }

  async #run<T>(name: string, task: Task<T>, deadlineMs: number | undefined): Promise<T> {
    const abort = new AbortController();
    this.#running = { name, abort };
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
    const timer =
      deadlineMs === undefined
        ? undefined
        : setTimeout(
            () => abort.abort(deadlineExceeded(deadlineMs, `${name} in ${this.#label}`)),
            deadlineMs,
          );
    try {
      return await Promise.race([(async () => task(abort.signal))(), stopped]);
    } finally {
      clearTimeout(timer);
    }
  }

  #startNext(): void {
    if (this.#running !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      for (const resolve of this.#idleWaiters.splice(0)) resolve();
      return;
    }
    void next.run().finally(() => {
      this.#running = undefined;
      this.#startNext();
    });
  }

  #closedError(name: string, reason: string): AppError {
    return new AppError(
      'queue-closed',
      `${name} was not finished because ${this.#label} is closed (${reason}).`,
      {
        status: 503,
        whatToDo: 'Open it again, or join again, and repeat the command with the same commandId.',
        details: { name, reason },
      },
    );
  }
}
