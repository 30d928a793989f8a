/** Keeps the recorder's process running beside this one: a recorder that ends is started again, and the call goes on meanwhile. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../platform/config/schema.ts';
import { newSecret } from '../../platform/ids.ts';
import type { Logger } from '../../platform/log.ts';
import { connectRecorder } from '../../recorder/link-client.ts';
import type { RecorderClient } from '../../signaling/protocol/recorder.ts';
import { type ChildOrder, ChildReady } from './recorder-order.ts';

const PROGRAM = fileURLToPath(new URL('./recorder-child.ts', import.meta.url));
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const STEADY_MS = 10_000;
/** Journals are flushed within this; then the process is ended without asking. */
const END_MS = 8_000;
/** Flushes of many tracks wait for the disk side by side; four threads, as Node has them, would queue them up. */
const FILE_THREADS = '16';

export interface RecorderProcessOptions {
  readonly config: Config;
  readonly masterKey: Uint8Array;
  readonly ready: boolean;
  readonly logger: Logger;
  /** What proofs and profiles add to the process: arguments of Node, and variables. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** After running this long, in milliseconds, an end is taken for a new fault and not for one more of the same; 10 s unless given. */
  readonly steadyMs?: number;
}

export class RecorderProcess {
  /** Link of the owner of rooms to it; it connects again by itself, at whatever port the process has then. */
  readonly client: RecorderClient;
  readonly secret = newSecret(256);
  readonly #options: RecorderProcessOptions;
  #child: ChildProcess | undefined;
  #port: number | undefined;
  /** Attempts to connect that wait for a port. */
  readonly #waiting = new Set<() => void>();
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** Starts it at once; it is there when `client` says `up`. */
  constructor(options: RecorderProcessOptions) {
    this.#options = options;
    this.#start();
    this.client = connectRecorder({
      nodeId: options.config.sfu.nodeId,
      url: (signal) => this.#url(signal),
      secret: this.secret,
      logger: options.logger,
    });
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Port of its link and internal HTTP; undefined while it is away. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Ends the link and the process, which flushes its journals first. Idempotent. */
  close(reason: string): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  /** Waits for the port of the process that runs, so that its link is there as soon as it is. */
  #url(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const tell = () => {
        if (this.#port === undefined) return;
        this.#waiting.delete(tell);
        resolve(`ws://127.0.0.1:${this.#port}`);
      };
      const give = () => {
        this.#waiting.delete(tell);
        reject(signal.reason);
      };
      if (signal.aborted) return give();
      signal.addEventListener('abort', give, { once: true });
      this.#waiting.add(tell);
      tell();
    });
  }

  #start(): void {
    const { config, masterKey, ready, logger, execArgv = [], env } = this.#options;
    const startedAt = performance.now();
    const child = fork(PROGRAM, [], {
      execArgv: [...execArgv],
      env: { ...process.env, UV_THREADPOOL_SIZE: FILE_THREADS, ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('error', (error) => {
      logger.error({ error }, 'the recorder cannot be started');
      // Of a process that was never there no end is told.
      if (child.pid === undefined) this.#ended('not started', 0);
    });
    child.on('message', (message) => {
      const told = ChildReady.safeParse(message);
      if (!told.success) return;
      this.#port = told.data.port;
      for (const tell of [...this.#waiting]) tell();
      logger.info({ pid: child.pid, ms: Math.round(performance.now() - startedAt) }, 'recorder started');
    });
    child.once('exit', (code, signal) => this.#ended(code ?? signal, performance.now() - startedAt));
    const order = {
      config,
      ready,
      secret: this.secret,
      masterKey: Buffer.from(masterKey).toString('base64'),
    };
    if (child.pid === undefined) return;
    child.send(order satisfies ChildOrder, (error) => {
      if (error) logger.warn({ reason: error.message }, 'the recorder ended before it was told what to do');
    });
  }

  #ended(how: number | string | null, ranMs: number): void {
    this.#child = undefined;
    this.#port = undefined;
    if (this.#closing) return;
    if (ranMs > (this.#options.steadyMs ?? STEADY_MS)) this.#retryMs = FIRST_RETRY_MS;
    this.#options.logger.error({ how, again: this.#retryMs }, 'the recorder has ended; it is started again');
    this.#retry = setTimeout(() => this.#start(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #close(reason: string): Promise<void> {
    clearTimeout(this.#retry);
    await this.client.close(reason);
    const child = this.#child;
    if (child?.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(timer);
  }
}
