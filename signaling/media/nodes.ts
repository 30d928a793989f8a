/** The media nodes this process talks to: which are reachable, which workers they have and how loaded those are. */
import type { Clock } from '../../platform/clock.ts';
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { ControlClient, WorkerStatus } from '../protocol/control.ts';
import type { RtpCapabilities } from '../protocol/media.ts';
import type { MediaConfig } from './config.ts';
import { workerKeyOf } from './ids.ts';
import type { Candidate } from './placement.ts';

export interface NodesListener {
  /** The node answers; what it holds must be compared with a dump. */
  nodeUp(nodeId: string): void;
  /** The node is gone, or came back as a new process: nothing of before exists. */
  nodeLost(nodeId: string): void;
  /** The node is about to stop and asks that its rooms move. */
  nodeDraining(nodeId: string): void;
}

interface Node {
  readonly client: ControlClient;
  readonly stop: (() => void)[];
  bootId?: string;
  region: string;
  draining: boolean;
  rtpCapabilities?: RtpCapabilities;
  workers: readonly WorkerStatus[];
  readonly expected: Map<string, number>;
  up: boolean;
  /** Out of reach for so long that its rooms have moved. */
  gone: boolean;
  /** Fires when the node has been out of reach for too long. */
  lostTimer?: NodeJS.Timeout | undefined;
  retryTimer?: NodeJS.Timeout | undefined;
}

export class Nodes {
  readonly #nodes = new Map<string, Node>();
  readonly #config: Pick<MediaConfig, 'nodeLostMs' | 'requestDeadlineMs'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listener: NodesListener;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(
    config: Pick<MediaConfig, 'nodeLostMs' | 'requestDeadlineMs'>,
    clock: Clock,
    log: Logger,
    listener: NodesListener,
  ) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.#listener = listener;
  }

  /** Takes a node in. Returns the function that takes it out again without closing its link. */
  add(client: ControlClient): () => void {
    const node: Node = {
      client,
      stop: [],
      region: '',
      draining: false,
      workers: [],
      expected: new Map(),
      up: false,
      gone: false,
    };
    this.#nodes.set(client.nodeId, node);
    node.stop.push(
      client.onLink((state) => (state === 'up' ? this.#describe(node) : this.#down(node))),
      client.on('node.status', ({ draining, workers }) => {
        const asks = draining && !node.draining;
        Object.assign(node, { draining, workers });
        node.expected.clear();
        if (asks) this.#listener.nodeDraining(client.nodeId);
      }),
      client.on('worker.died', ({ workerId }) => {
        node.workers = node.workers.filter((worker) => worker.workerId !== workerId);
      }),
      client.on('worker.started', () => this.#describe(node)),
    );
    if (client.connected) this.#describe(node);
    else this.#down(node);
    return () => this.#remove(node);
  }

  client(nodeId: string): ControlClient | undefined {
    return this.#nodes.get(nodeId)?.client;
  }

  isUp(nodeId: string): boolean {
    return this.#nodes.get(nodeId)?.up ?? false;
  }

  /** True for a node that is not known at all, and for one whose time to come back is over. */
  isGone(nodeId: string): boolean {
    return this.#nodes.get(nodeId)?.gone ?? true;
  }

  get upIds(): string[] {
    return [...this.#nodes].filter(([, node]) => node.up).map(([nodeId]) => nodeId);
  }

  hasWorker(nodeId: string, workerId: string): boolean {
    return this.#nodes.get(nodeId)?.workers.some((worker) => worker.workerId === workerId) ?? false;
  }

  /** Resolves when a worker may take something new, or after `ms`: just after a start nobody has answered yet. */
  whenAny(ms: number): Promise<void> {
    return this.#when(() => this.candidates().length > 0, ms);
  }

  /** Resolves when this node has described itself, or after `ms`, or at once when it is gone. */
  whenUp(nodeId: string, ms: number): Promise<void> {
    return this.#when(() => this.isUp(nodeId) || this.isGone(nodeId), ms);
  }

  /** Looks again each time a node has described itself. */
  async #when(holds: () => boolean, ms: number): Promise<void> {
    const late = AbortSignal.timeout(ms);
    while (!holds() && !this.#closed && !late.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      late.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      this.#waiting.delete(resolve);
    }
  }

  /** Workers that may take something new. */
  candidates(): Candidate[] {
    return [...this.#nodes.values()].flatMap((node) =>
      !node.up || node.draining
        ? []
        : node.workers.map((worker) => ({
            ...worker,
            workerKey: workerKeyOf(node.client.nodeId, worker.workerId),
            region: node.region,
            expected: node.expected.get(worker.workerId) ?? 0,
          })),
    );
  }

  /** Counts a peer that was just placed, until the node's own figures show it. */
  expect(nodeId: string, workerId: string): void {
    const node = this.#nodes.get(nodeId);
    node?.expected.set(workerId, (node.expected.get(workerId) ?? 0) + 1);
  }

  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting) resolve();
    for (const node of [...this.#nodes.values()]) this.#remove(node);
  }

  #remove(node: Node): void {
    for (const stop of node.stop.splice(0)) stop();
    clearTimeout(node.lostTimer);
    clearTimeout(node.retryTimer);
    node.up = false;
    this.#nodes.delete(node.client.nodeId);
  }

  /** Asks until it answers or the link goes down, which `onLink` then says. */
  #describe(node: Node): void {
    clearTimeout(node.retryTimer);
    const asked = this.#clock.monotonic();
    node.client.request('node.describe', {}, this.#config.requestDeadlineMs).then(
      (described) => {
        if (this.#closed || !this.#nodes.has(node.client.nodeId)) return;
        clearTimeout(node.lostTimer);
        node.lostTimer = undefined;
        const { bootId, ...rest } = described;
        const former = node.bootId;
        const wasUp = node.up;
        Object.assign(node, { bootId, up: true, gone: false, ...rest });
        this.#log.info({ nodeId: node.client.nodeId, ms: this.#clock.monotonic() - asked }, 'node described');
        if (former !== undefined && former !== bootId) this.#listener.nodeLost(node.client.nodeId);
        for (const resolve of this.#waiting) resolve();
        if (!wasUp || former !== bootId) this.#listener.nodeUp(node.client.nodeId);
      },
      (error: unknown) => {
        if (this.#closed || !this.#nodes.has(node.client.nodeId) || !node.client.connected) return;
        const fields = {
          nodeId: node.client.nodeId,
          code: isAppError(error) ? error.code : messageOf(error),
        };
        this.#log.warn(fields, 'node did not describe itself; asked again');
        node.retryTimer = setTimeout(() => this.#describe(node), 1000);
      },
    );
  }

  #down(node: Node): void {
    node.up = false;
    clearTimeout(node.retryTimer);
    node.lostTimer ??= setTimeout(() => {
      node.lostTimer = undefined;
      node.gone = true;
      this.#log.error({ nodeId: node.client.nodeId }, 'node lost');
      this.#listener.nodeLost(node.client.nodeId);
    }, this.#config.nodeLostMs);
  }
}
