/** Jobs: verifying and exporting, one at a time, in a thread of low priority; the rest waits in line. */
import { statSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { JobRequest } from '../../signaling/protocol/recorder-http.ts';
import type { Job, Purpose } from '../../signaling/protocol/recordings.ts';
import { type ByteSource, refusal } from './http.ts';
import { JobNews, type JobOrder } from './job-messages.ts';
import type { Packages } from './packages.ts';

const WAITING_MAX = 20;
const JOBS_KEPT = 200;
/** How long the result of an export can be fetched, in milliseconds. */
const RESULT_MS = 24 * 3_600_000;
/** How long a cancelled thread may take to end what it started, in milliseconds. */
const CANCEL_MS = 5000;
/** How often results are looked at for those that are too old, in milliseconds. */
const SWEEP_MS = 600_000;
const STEP_BYTES = 256 * 1024;

export interface JobsParts {
  readonly packages: Packages;
  readonly keysFolder: string;
  readonly masterKey: Uint8Array;
  /** `<dataDir>/recording-exports`; emptied at the start, since jobs end with the process. */
  readonly folder: string;
  /** The installation's own key: a seal by another is no seal of this recorder. */
  readonly keyId: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry {
  readonly roomId: string;
  readonly request: JobRequest;
  job: Job;
  file?: string;
  worker?: Worker;
  ended?: number;
}

export class Jobs {
  readonly #parts: JobsParts;
  readonly #entries = new Map<string, Entry>();
  #running: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  constructor(parts: JobsParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => {
      this.#forgetOld().catch((error: unknown) =>
        parts.log.error({ error }, 'old exports could not be removed'),
      );
    }, SWEEP_MS);
    this.#timer.unref();
  }

  /** Throws away what an earlier run left. */
  async tidy(): Promise<void> {
    const names = await readdir(this.#parts.folder).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    });
    for (const name of names) await rm(join(this.#parts.folder, name), { recursive: true, force: true });
  }

  /** Puts a job in line; the same id again is the same job. Throws `not-found`, and `too-many` when the line is long. */
  async start(roomId: string, request: JobRequest): Promise<Job> {
    await this.#parts.packages.standing(roomId);
    const known = this.#entries.get(request.jobId);
    if (known) return this.job(roomId, request.jobId);
    const waiting = [...this.#entries.values()].filter(({ job }) => job.state === 'waiting');
    if (this.#closed || waiting.length >= WAITING_MAX) {
      throw refusal('too-many', 'Too many jobs wait already.', { retryAfterMs: 60_000 });
    }
    const { jobId, kind } = request;
    const entry: Entry = {
      roomId,
      request,
      job: { jobId, kind, state: 'waiting', progress: 0, step: 'waiting' },
    };
    this.#entries.set(jobId, entry);
    await this.#forgetOld();
    this.#next();
    return entry.job;
  }

  job(roomId: string, jobId: string): Job {
    return this.#entry(roomId, jobId).job;
  }

  async cancel(roomId: string, jobId: string): Promise<Job> {
    const entry = this.#entry(roomId, jobId);
    await this.#stop(entry, 'cancelled');
    return entry.job;
  }

  /** The result of an export. Throws `not-found` while there is none. */
  async file(roomId: string, jobId: string): Promise<ByteSource> {
    await this.#forgetOld();
    const { file } = this.#entry(roomId, jobId);
    if (file === undefined) throw refusal('not-found', 'This job has no file to fetch.');
    const { size } = await stat(file);
    return {
      bytes: size,
      contentType: 'application/octet-stream',
      read: (from, to) => slice(file, from, to),
    };
  }

  /** The recording was deleted but for these purposes: exports for the others go as well, with all that was made of them. */
  async forget(roomId: string, remaining: readonly Purpose[]): Promise<void> {
    for (const [jobId, entry] of [...this.#entries]) {
      const { request } = entry;
      const stays = request.kind === 'export' ? remaining.includes(request.purpose) : remaining.length > 0;
      if (entry.roomId !== roomId || stays) continue;
      await this.#stop(entry, 'destroyed');
      await this.#remove(jobId);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const entry of this.#entries.values()) await this.#stop(entry, 'recorder-closed');
    await this.#running;
  }

  #entry(roomId: string, jobId: string): Entry {
    const entry = this.#entries.get(jobId);
    if (entry?.roomId !== roomId) throw refusal('not-found', 'There is no such job.');
    return entry;
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    const entry = [...this.#entries.values()].find(({ job }) => job.state === 'waiting');
    if (!entry) return;
    this.#running = this.#run(entry).finally(() => {
      this.#running = undefined;
      this.#next();
    });
  }

  async #run(entry: Entry): Promise<void> {
    const { jobId } = entry.job;
    const output = join(this.#parts.folder, jobId);
    entry.job = { ...entry.job, state: 'running', step: 'starting' };
    try {
      await mkdir(output, { recursive: true, mode: 0o700 });
      if (isRunning(entry)) await this.#inThread(entry, output);
    } catch (error) {
      this.#parts.log.error({ jobId, error }, 'a job broke');
      this.#fail(entry, 'internal');
    }
    if (entry.file === undefined) await rm(output, { recursive: true, force: true });
  }

  #inThread(entry: Entry, output: string): Promise<void> {
    const { packages, keysFolder, masterKey, keyId, log } = this.#parts;
    const { roomId, request } = entry;
    const order: JobOrder = {
      request,
      roomId,
      folder: packages.folder(roomId),
      keysFolder,
      masterKey,
      keyId,
      output,
    };
    const worker = new Worker(new URL('./job-worker.ts', import.meta.url), { workerData: order });
    entry.worker = worker;
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.on('message', (message: unknown) => this.#heard(entry, message));
    worker.on('error', (error) => {
      log.error({ jobId: request.jobId, error }, 'the thread of a job broke');
      this.#fail(entry, 'internal');
    });
    worker.on('exit', () => {
      delete entry.worker;
      if (entry.job.state === 'running') this.#fail(entry, 'ended');
      resolve();
    });
    return promise;
  }

  #heard(entry: Entry, message: unknown): void {
    const news = JobNews.parse(JSON.parse(String(message)));
    if (entry.job.state !== 'running') return;
    if (news.type === 'progress') {
      const progress = Math.max(entry.job.progress, Math.min(1, news.progress));
      entry.job = { ...entry.job, progress, step: news.step.slice(0, 64) };
    } else if (news.type === 'done') {
      entry.job = { ...entry.job, state: 'done', progress: 1, step: 'done', result: news.result };
      entry.ended = this.#parts.clock.now();
      if (news.file !== undefined) {
        entry.file = news.file;
        entry.job = { ...entry.job, bytes: statSync(news.file).size };
      }
    } else if (news.type === 'failed') {
      const { jobId } = entry.job;
      this.#parts.log.warn({ jobId, code: news.code, reason: news.detail }, 'a job failed');
      this.#fail(entry, news.code);
    } else this.#parts.log.debug({ note: news.text }, 'a job noted');
  }

  async #stop(entry: Entry, why: string): Promise<void> {
    if (entry.job.state === 'waiting' || entry.job.state === 'running') this.#fail(entry, why);
    const { worker } = entry;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'cancel' });
    const cut = setTimeout(() => void worker.terminate(), CANCEL_MS);
    await ended;
    clearTimeout(cut);
  }

  async #forgetOld(): Promise<void> {
    const ended = [...this.#entries].filter(([, { ended: at }]) => at !== undefined);
    const many = Math.max(0, this.#entries.size - JOBS_KEPT);
    for (const [index, [jobId, { ended: at = 0 }]] of ended.entries()) {
      if (index >= many && this.#parts.clock.now() - at < RESULT_MS) continue;
      await this.#remove(jobId);
    }
  }

  async #remove(jobId: string): Promise<void> {
    this.#entries.delete(jobId);
    await rm(join(this.#parts.folder, jobId), { recursive: true, force: true });
  }

  #fail(entry: Entry, step: string): void {
    if (entry.job.state === 'done') return;
    entry.job = { ...entry.job, state: 'failed', step: step.slice(0, 64) };
    entry.ended ??= this.#parts.clock.now();
  }
}

/** Asked anew after each wait: a job may be cancelled meanwhile. */
function isRunning({ job }: Entry): boolean {
  return job.state === 'running';
}

async function* slice(file: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    for (let at = from; at < to; ) {
      const { bytesRead, buffer } = await handle.read(
        Buffer.alloc(Math.min(STEP_BYTES, to - at)),
        0,
        null,
        at,
      );
      if (bytesRead === 0) throw refusal('internal', 'The file became shorter.');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
