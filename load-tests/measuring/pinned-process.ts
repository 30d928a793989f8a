/** A program of the measuring side in a process of its own: pinned to a core, in a namespace if wished, asked one thing at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError, messageOf } from '../../platform/errors.ts';

const DEADLINE_MS = 30_000;

const Answer = z.strictObject({
  id: z.number(),
  value: z.unknown().optional(),
  error: z.string().optional(),
});
const Question = z.strictObject({ id: z.number(), message: z.unknown() });

export interface PinnedOptions {
  readonly core: number;
  /** A process whose network namespace it runs in. */
  readonly namespaceOf?: number;
}

export class PinnedProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  constructor(script: URL, { core, namespaceOf }: PinnedOptions) {
    const enter = namespaceOf === undefined ? [] : ['nsenter', '-t', `${namespaceOf}`, '-n'];
    const [program, ...args] = [
      ...enter,
      'taskset',
      '-c',
      `${core}`,
      process.execPath,
      fileURLToPath(script),
    ];
    // Both wrappers replace themselves by the program, which inherits the channel.
    const child = spawn(program ?? 'taskset', args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.on('message', (message) => this.#answered(message));
    child.once('error', (error) => this.#failAll(messageOf(error)));
    child.once('exit', (code, signal) => this.#failAll(`it ended with ${code ?? signal}`));
  }

  /** What the program answers; rejects with its words when it fails, ends or is silent for `deadlineMs`. */
  async ask(message: unknown, deadlineMs = DEADLINE_MS): Promise<unknown> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw failure('it has ended');
    const id = this.#asked;
    this.#asked += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    const timer = setTimeout(() => answer.reject(failure(`no answer in ${deadlineMs} ms`)), deadlineMs);
    try {
      this.#child.send({ id, message });
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #answered(message: unknown): void {
    const { id, value, error } = Answer.parse(message);
    const waiting = this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(failure(error));
  }

  #failAll(reason: string): void {
    for (const waiting of this.#waiting.values()) waiting.reject(failure(reason));
  }
}

/** The other end: answers each question, one after the other, and ends with its parent. */
export function answerParent(answer: (message: unknown) => Promise<unknown>): void {
  let before = Promise.resolve();
  process.once('disconnect', () => process.exit());
  process.on('message', (question) => {
    const { id, message } = Question.parse(question);
    before = before.then(async () => {
      const reply = await answer(message).then(
        (value) => ({ id, value }),
        (error: unknown) => ({ id, error: messageOf(error) }),
      );
      process.send?.(reply);
    });
  });
}

function failure(reason: string): AppError {
  return new AppError('generator-failed', `A process of the measuring side failed: ${reason}.`, {
    whatToDo: 'See what it printed; this says nothing about the server under test.',
  });
}
