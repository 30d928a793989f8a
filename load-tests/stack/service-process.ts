/** One process of a split installation: `main.ts` as a child that can be killed, stopped, woken and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
/** Several times what a busy machine of two cores takes. */
const READY_MS = 90_000;
/** Longer than any part of the service is given to close. */
const END_MS = 15_000;
/** Kept of what it printed, for a failure; enough for a minute at level `info`. */
const KEPT_LINES = 2000;

const LogLine = z.object({ message: z.string() });

export interface ServiceProcessOptions {
  /** Arguments for Node itself, such as a module to load first. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Processor core that it and all it starts run on; any unless told. */
  readonly core?: number;
}

export class ServiceProcess {
  readonly name: string;
  readonly #configFile: string;
  readonly #options: ServiceProcessOptions;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(message: string) => void>();
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(name: string, configFile: string, options: ServiceProcessOptions = {}) {
    this.name = name;
    this.#configFile = configFile;
    this.#options = options;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Of its life now; absent while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What it printed so far, the newest last, over all its lives. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** Starts it and resolves when it says that it is ready; rejects with its last lines when it ends first. */
  async start(): Promise<void> {
    if (this.#child) throw new Error(`${this.name} runs already`);
    const ready = this.saw('ready', READY_MS);
    const { execArgv = [], env = {}, core } = this.#options;
    // taskset(1) replaces itself by the program it starts.
    const pinned = core === undefined ? [] : ['taskset', '--cpu-list', `${core}`];
    const [program = '', ...args] = [
      ...[...pinned, process.execPath],
      ...[...execArgv, MAIN, '--config', this.#configFile],
    ];
    const child = spawn(program, args, {
      env: { ...process.env, NODE_ENV: 'test', ...env },
      // Over the channel it learns of this process's death, and ends too.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        this.#keep(`# ${this.name} ended: ${code ?? signal}`);
        resolve();
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#keep(line);
      });
    }
    const endedFirst = this.#ended.then(() => {
      throw new Error(`${this.name} ended before it was ready:\n${this.#lines.slice(-20).join('\n')}`);
    });
    // Only the first of the two is news; the later end of a process that got ready is no failure of its start.
    endedFirst.catch(() => undefined);
    ready.catch(() => undefined);
    await Promise.race([ready, endedFirst]);
  }

  /** Calls `listener` with the message of each log line from now on; answers how to stop. */
  listen(listener: (message: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves at the next log line with this message. */
  saw(message: string, withinMs = READY_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = (said: string) => {
        if (said !== message) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        reject(
          new Error(
            `${this.name} did not say "${message}" in ${withinMs} ms:\n${this.#lines.slice(-20).join('\n')}`,
          ),
        );
      }, withinMs);
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
    });
  }

  /** As a crash: nothing is said to anyone. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** The process sleeps, as on a host that is out of memory or a paused virtual machine. */
  stop(): void {
    this.#child?.kill('SIGSTOP');
  }

  wake(): void {
    this.#child?.kill('SIGCONT');
  }

  /** The orderly end; a process that does not go is killed. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.wake();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    if (!line.startsWith('{')) return;
    const parsed = LogLine.safeParse(JSON.parse(line));
    if (!parsed.success) return;
    for (const listener of [...this.#listeners]) listener(parsed.data.message);
  }
}
