/**
 * One media node: workers, rooms and the requests of their owners (design.md sections 3 and 5). It decides nothing:
 * what should be is the owner's `MediaPlan`. An owner that vanishes changes nothing here; media flows on.
 */
import { type Clock, systemClock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Logger } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type {
  ControlMethod,
  ControlParams,
  ControlResult,
  ControlServer,
} from '../signaling/protocol/control.ts';
import { startBeats } from './beats.ts';
import type { Emit, NodeContext } from './context.ts';
import { mediaError } from './errors.ts';
import { expandAddresses, type ListenAddress } from './listen.ts';
import { createSfuMetrics } from './metrics.ts';
import { createHandlers } from './requests.ts';
import { Rooms } from './rooms.ts';
import { SilenceWatch } from './silence.ts';
import { StatusReporter } from './status.ts';
import { WorkerPool } from './workers.ts';

export interface MediaNodeOptions {
  readonly nodeId: string;
  readonly region: string;
  /** How many workers, one core each. */
  readonly workers: number;
  readonly listenAddresses: readonly ListenAddress[];
  /** Worker i takes UDP and TCP port `rtcBasePort + i`; 0 takes any free port for each. */
  readonly rtcBasePort: number;
  /** Where pipes from other nodes arrive; loopback unless given, which suffices for one node. */
  readonly pipeAddress?: ListenAddress;
  /** bit/s a receive transport starts with when nothing was measured; 10,000,000 unless given. */
  readonly initialOutgoingBitrate?: number;
  readonly av1: boolean;
  /** Program of the workers; mediasoup's own unless given. */
  readonly workerBin?: string | undefined;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Milliseconds until a room without owner and without connected peers is closed; 10 minutes unless given. */
  readonly orphanAfterMs?: number;
  readonly clock?: Clock;
}

type EventListener = Parameters<ControlServer['onEvent']>[0];

/** Starts the workers of a node and returns it; rejects with `worker-start-failed` and leaves nothing behind. */
export async function createMediaNode(options: MediaNodeOptions): Promise<MediaNode> {
  const listeners = new Set<EventListener>();
  const emit: Emit = (event, data) => {
    for (const listener of [...listeners]) listener(event, data);
  };
  const clock = options.clock ?? systemClock;
  const { logger } = options;
  const metrics = createSfuMetrics(options.metrics);
  const rooms = new Rooms(clock, logger);
  const workers = await WorkerPool.start({
    count: options.workers,
    addresses: expandAddresses(options.listenAddresses),
    basePort: options.rtcBasePort,
    workerBin: options.workerBin,
    logger,
    onDied: (workerId) => {
      metrics.workerDeaths.inc();
      emit('worker.died', { workerId, roomIds: rooms.takeLost(workerId) });
    },
    onStarted: (workerId) => emit('worker.started', { workerId }),
  });
  return new MediaNode(options, listeners, {
    nodeId: options.nodeId,
    region: options.region,
    bootId: newId(),
    workers,
    rooms,
    silence: new SilenceWatch({ clock, emit, logger, metrics }),
    emit,
    clock,
    logger,
    metrics,
    initialOutgoingBitrate: options.initialOutgoingBitrate ?? 10_000_000,
    pipeAddress: options.pipeAddress ?? { ip: '127.0.0.1' },
    av1: options.av1,
  });
}

export class MediaNode implements ControlServer {
  readonly #context: NodeContext;
  readonly #listeners: Set<EventListener>;
  readonly #handlers: ReturnType<typeof createHandlers>;
  readonly #status: StatusReporter;
  readonly #stopBeats: () => void;
  #closing: Promise<void> | undefined;

  constructor(options: MediaNodeOptions, listeners: Set<EventListener>, context: NodeContext) {
    this.#context = context;
    this.#listeners = listeners;
    this.#status = new StatusReporter(context, options.orphanAfterMs ?? 10 * 60_000);
    this.#handlers = createHandlers(context, this.#status);
    this.#stopBeats = startBeats(context.rooms);
  }

  get nodeId(): string {
    return this.#context.nodeId;
  }

  /** The worker processes, for the operator and for tests. */
  get workers(): readonly { workerId: string; pid: number; port: number }[] {
    return this.#context.workers
      .list()
      .map(({ workerId, worker, port }) => ({ workerId, pid: worker.pid, port }));
  }

  /** Carries out one request whose parameters are parsed. Every failure is a coded error of the contract. */
  async handle<M extends ControlMethod>(
    method: M,
    params: ControlParams<M>,
    linkId = 'local',
  ): Promise<ControlResult<M>> {
    const { metrics } = this.#context;
    const stop = metrics.requestSeconds.startTimer({ method });
    let code = 'ok';
    try {
      if (this.#closing !== undefined) throw nodeClosed(this.nodeId);
      return await this.#handlers[method](params, linkId);
    } catch (error) {
      const coded = mediaError(error);
      code = coded.code;
      throw coded;
    } finally {
      stop();
      metrics.requests.inc({ method, code });
    }
  }

  onEvent(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Called by the link server: the rooms of this owner have nobody until another claims them. */
  linkDown(linkId: string): void {
    this.#context.rooms.linkDown(linkId);
  }

  /** Asks owners to move their rooms elsewhere and to place nothing new here. */
  async drain(): Promise<void> {
    await this.#status.drain();
  }

  /** Closes rooms, then workers, and waits for their processes to end. Idempotent. */
  close(reason: string): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: string): Promise<void> {
    this.#stopBeats();
    this.#status.close();
    this.#context.silence.close();
    this.#context.rooms.closeAll(reason);
    await this.#context.workers.close();
    this.#listeners.clear();
    this.#context.logger.info({ reason }, 'media node closed');
  }
}

function nodeClosed(nodeId: string): AppError {
  return new AppError('media-unavailable', `Media node ${nodeId} is closing.`, {
    status: 503,
    whatToDo: 'Place the room on another node.',
  });
}
