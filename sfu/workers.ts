/** The workers of a node: one process per core, each with one UDP and TCP port; a dead one is replaced at once. */
import { createWorker, setLogEventListeners } from 'mediasoup';
import type * as mediasoup from 'mediasoup/types';
import { AppError, messageOf } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Logger } from '../platform/log.ts';
import { freePort, type ListenAddress, listenInfos } from './listen.ts';

/** Milliseconds between attempts to replace a dead worker, for instance while its port is still taken. */
const REPLACE_RETRY_MS = 250;
/** How often an ephemeral port that somebody else took first is exchanged for another. */
const PORT_ATTEMPTS = 5;

/** What every worker is started with; a measurement of workers starts its own with the same. */
export const WORKER_SETTINGS = {
  logLevel: 'warn',
  logTags: ['info', 'ice', 'dtls', 'sctp', 'bwe'],
} satisfies mediasoup.WorkerSettings;

export interface MediaWorker {
  readonly workerId: string;
  readonly worker: mediasoup.Worker;
  readonly webRtcServer: mediasoup.WebRtcServer;
  readonly port: number;
}

export interface WorkerPoolOptions {
  readonly count: number;
  readonly addresses: readonly ListenAddress[];
  /** Worker i listens on `basePort + i`; 0 takes any free port for each. */
  readonly basePort: number;
  readonly logger: Logger;
  /** Program of the workers; mediasoup's own unless given. */
  readonly workerBin?: string | undefined;
  onDied(workerId: string): void;
  onStarted(workerId: string): void;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Map<string, MediaWorker>();
  readonly #retries = new Set<NodeJS.Timeout>();
  readonly #replacing = new Set<Promise<void>>();
  #closed = false;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Starts all workers; rejects, with nothing left running, when one cannot start. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    logMediasoup(options.logger);
    try {
      for (let index = 0; index < options.count; index += 1) {
        await pool.#start(options.basePort === 0 ? 0 : options.basePort + index);
      }
    } catch (error) {
      await pool.close();
      throw new AppError('worker-start-failed', `A media worker cannot start: ${messageOf(error)}`, {
        whatToDo:
          'Check that the media ports are free and that the worker binary starts (goldenhour doctor).',
        cause: error,
      });
    }
    return pool;
  }

  get(workerId: string): MediaWorker {
    const found = this.#workers.get(workerId);
    if (found !== undefined) return found;
    throw new AppError('media-unavailable', `This node has no worker ${workerId} now.`, {
      status: 503,
      whatToDo: 'Choose a worker of the latest node.status.',
      details: { workerId },
    });
  }

  list(): MediaWorker[] {
    return [...this.#workers.values()];
  }

  /** Ends all workers and waits until their processes are gone. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#retries) clearTimeout(timer);
    await Promise.all(this.#replacing);
    const gone = this.list().map(({ worker }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (worker.subprocessClosed) resolve();
      else worker.once('subprocessclose', () => resolve());
      worker.close();
      return promise;
    });
    this.#workers.clear();
    await Promise.all(gone);
  }

  async #start(port: number): Promise<MediaWorker> {
    const worker = await spawnWorker(this.#options.workerBin);
    try {
      const server = await this.#listen(worker, port);
      const started: MediaWorker = { workerId: newId(), worker, ...server };
      this.#workers.set(started.workerId, started);
      worker.once('died', () => this.#died(started));
      this.#options.logger.info(
        { workerId: started.workerId, pid: worker.pid, port: started.port },
        'media worker started',
      );
      return started;
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  async #listen(worker: mediasoup.Worker, wanted: number) {
    const { addresses } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const port = wanted === 0 ? await freePort(addresses[0]?.ip ?? '127.0.0.1') : wanted;
      try {
        const webRtcServer = await worker.createWebRtcServer({ listenInfos: listenInfos(addresses, port) });
        return { webRtcServer, port };
      } catch (error) {
        if (wanted !== 0 || attempt >= PORT_ATTEMPTS) throw error;
      }
    }
  }

  #died(dead: MediaWorker): void {
    this.#workers.delete(dead.workerId);
    this.#options.logger.error({ workerId: dead.workerId, pid: dead.worker.pid }, 'media worker died');
    this.#options.onDied(dead.workerId);
    this.#replace(dead.port, 1);
  }

  /** On the same port, which firewalls and announced addresses know; never gives up while the node lives. */
  #replace(port: number, attempt: number): void {
    if (this.#closed) return;
    const replacing = this.#start(port).then(
      ({ workerId }) => this.#options.onStarted(workerId),
      (error: unknown) => {
        this.#options.logger.error({ attempt, reason: messageOf(error) }, 'media worker not replaced yet');
        const timer = setTimeout(() => {
          this.#retries.delete(timer);
          this.#replace(port, attempt + 1);
        }, REPLACE_RETRY_MS);
        this.#retries.add(timer);
        if (this.#closed) clearTimeout(timer);
      },
    );
    this.#replacing.add(replacing);
    void replacing.finally(() => this.#replacing.delete(replacing));
  }
}

/** mediasoup has one set of log listeners per process; what a worker says before it dies comes through here. */
function logMediasoup(logger: Logger): void {
  setLogEventListeners({
    onwarn: (namespace, log) => logger.warn({ namespace, log }, 'mediasoup warns'),
    onerror: (namespace, log) => logger.error({ namespace, log }, 'mediasoup reports an error'),
  });
}

/**
 * mediasoup closes its workers by itself on SIGTERM and SIGINT, which would end every call before a drain could
 * move it. Those listeners are taken off again: the node decides when its workers end. (Should this process
 * die all the same, the worker sees its channel close and ends by itself.)
 */
async function spawnWorker(workerBin: string | undefined): Promise<mediasoup.Worker> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const before = new Map(signals.map((signal) => [signal, new Set(process.listeners(signal))]));
  const spawning = createWorker({ ...WORKER_SETTINGS, ...(workerBin === undefined ? {} : { workerBin }) });
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.get(signal)?.has(listener)) process.off(signal, listener);
    }
  }
  return spawning;
}
