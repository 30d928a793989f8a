/** The packages on this recorder's disk. They are read in a thread of their own; this side only asks it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type * as z from 'zod/mini';
import { withDeadline } from '../../platform/deadline.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { RecordingHead } from '../../signaling/protocol/recorder-http.ts';
import type { Purpose, SegmentList } from '../../signaling/protocol/recordings.ts';
import { Id } from '../../signaling/protocol/values.ts';
import { MANIFEST_FILE } from '../package/names.ts';
import { refusal } from './http.ts';
import { noSuchRecording, stampOf } from './load.ts';
import { ANSWERS, Answered, type Question } from './view-questions.ts';

const ANSWER_MS = 20_000;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class Packages {
  readonly #root: string;
  readonly #log: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 1;
  #closed = false;

  /** @param root `<dataDir>/recordings` */
  constructor(root: string, log: Logger) {
    this.#root = root;
    this.#log = log;
  }

  folder(roomId: string): string {
    return join(this.#root, Id.parse(roomId));
  }

  async list(): Promise<{ roomId: string; readable: boolean }[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    });
    const ids = entries.filter((entry) => entry.isDirectory() && Id.safeParse(entry.name).success);
    return Promise.all(
      ids.map(async ({ name }) => ({
        roomId: name,
        readable: (await stampOf(join(this.#root, name, MANIFEST_FILE))) !== 'none',
      })),
    );
  }

  /** Throws `not-found`, as all below do where there is no such package. */
  head(roomId: string, purposes: Purpose[]): Promise<RecordingHead> {
    return this.#ask(roomId, { ask: 'head', purposes }, ANSWERS.head);
  }

  window(
    roomId: string,
    trackId: string,
    range: { from: number; to: number },
  ): Promise<z.infer<typeof SegmentList> | null> {
    return this.#ask(roomId, { ask: 'window', trackId, ...range }, ANSWERS.window);
  }

  /** What the manifest says of a file; null when it does not name it. */
  file(roomId: string, path: string) {
    return this.#ask(roomId, { ask: 'file', path }, ANSWERS.file);
  }

  /** What is missing of a track, and whether a fill is there; null without such a track. */
  track(roomId: string, trackId: string, fillId?: string) {
    const question = { ask: 'track' as const, trackId, ...(fillId === undefined ? {} : { fillId }) };
    return this.#ask(roomId, question, ANSWERS.track);
  }

  standing(roomId: string) {
    return this.#ask(roomId, { ask: 'standing' }, ANSWERS.standing);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail(refusal('media-unavailable', 'The recorder is going down.'));
    await worker?.terminate();
  }

  async #ask<S extends z.ZodMiniType>(roomId: string, question: Question, schema: S): Promise<z.infer<S>> {
    if (this.#closed) throw refusal('media-unavailable', 'The recorder is going down.');
    if (!Id.safeParse(roomId).success) throw noSuchRecording();
    const worker = this.#thread();
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    worker.postMessage({ id, roomId, question });
    try {
      return schema.parse(await withDeadline(promise, ANSWER_MS, 'reading a recording'));
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Started when it is needed first, and again when it has broken. */
  #thread(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./view-worker.ts', import.meta.url), {
      workerData: { root: this.#root },
    });
    worker.on('message', (message: unknown) => this.#heard(message));
    worker.on('error', (error) => this.#log.error({ error }, 'the thread that reads recordings broke'));
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(refusal('internal', 'The recording could not be read.'));
    });
    this.#worker = worker;
    return worker;
  }

  #heard(message: unknown): void {
    const answered = Answered.parse(message);
    const waiting = this.#waiting.get(answered.id);
    if ('code' in answered) waiting?.reject(new AppError(answered.code, answered.message));
    else waiting?.resolve(answered.answer);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
