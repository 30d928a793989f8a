/** Checks and seals recordings that have ended, each in a thread of its own, away from capture. */
import type { KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { PackageSummary } from '../core/packager.ts';
import { AfterEndAnswer, type AfterEndOrder } from './after-end-messages.ts';

export interface AfterEndOptions {
  /** Folder of a room's package. */
  readonly folderOf: (roomId: string) => string;
  readonly keysFolder: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** The installation's key. */
  readonly privateKey: KeyObject;
  readonly timeAuthority?: AfterEndOrder['timeAuthority'];
  readonly log: Logger;
}

export class AfterEnd {
  readonly #options: AfterEndOptions;
  readonly #workers = new Set<Worker>();
  #closed = false;

  constructor(options: AfterEndOptions) {
    this.#options = options;
  }

  /** `checkPackage`; rejects with what it throws. */
  async check(roomId: string): Promise<PackageSummary> {
    return (await this.#run('check', roomId)).summary;
  }

  /** `sealPackage`; rejects with what it throws. */
  async seal(roomId: string): Promise<PackageSummary> {
    const { summary, verified, timestampFailed } = await this.#run('seal', roomId);
    if (timestampFailed !== undefined) {
      const reason = timestampFailed;
      this.#options.log.warn({ roomId, reason }, 'no time stamp for a sealed recording yet');
    }
    return { ...summary, ...(verified === undefined ? {} : { verified }) };
  }

  /** What runs is given up, and rejects with `closed`: the next start does it again. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  #run(step: AfterEndOrder['step'], roomId: string): Promise<Extract<AfterEndAnswer, { type: 'done' }>> {
    const { folderOf, keysFolder, masterKey, privateKey, timeAuthority, log } = this.#options;
    if (this.#closed) return Promise.reject(ended(true));
    const order: AfterEndOrder = {
      ...{ step, roomId, folder: folderOf(roomId), keysFolder, masterKey },
      signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ...(timeAuthority === undefined ? {} : { timeAuthority }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<Extract<AfterEndAnswer, { type: 'done' }>>();
    const worker = new Worker(new URL('./after-end-thread.ts', import.meta.url), { workerData: order });
    this.#workers.add(worker);
    worker.on('message', (text: unknown) => {
      const answer = AfterEndAnswer.parse(JSON.parse(String(text)));
      if (answer.type === 'done') resolve(answer);
      else if (answer.type === 'failed') reject(new AppError(answer.code, answer.message));
      else log.debug({ roomId, note: answer.text }, 'the thread that checks and seals noted');
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      this.#workers.delete(worker);
      // Nothing happens where it has answered.
      reject(ended(this.#closed));
    });
    return promise;
  }
}

function ended(isClosed: boolean): AppError {
  return isClosed
    ? new AppError('closed', 'The recorder is closing.', { whatToDo: 'The next start does it again.' })
    : new AppError('internal', 'The thread that checks and seals has ended without an answer.');
}
