/**
 * The media of one room that this process owns: what should be, what is, and the loop that makes the one into the other
 * (design section 5). Every request to a node carries the owner's epoch.
 */
import type { Clock } from '../../platform/clock.ts';
import { withDeadline } from '../../platform/deadline.ts';
import { AppError, isAppError, messageOf, toAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { ControlMethod, ControlParams, ControlResult } from '../protocol/control.ts';
import type { EventOf } from '../protocol/events.ts';
import type { RtpCapabilities } from '../protocol/media.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';
import { initialRoomState, type RoomState } from '../protocol/state.ts';
import { type RoomAddress, SYSTEM } from '../rooms/types.ts';
import { Actual } from './actual.ts';
import type { MediaConfig } from './config.ts';
import { type Action, diff } from './diff.ts';
import { splitWorkerKey } from './ids.ts';
import { Lanes } from './lanes.ts';
import type { MediaMetrics } from './metrics.ts';
import type { Nodes } from './nodes.ts';
import { PeerMedia } from './peer-media.ts';
import { perform } from './perform.ts';
import { leastLoaded } from './placement.ts';
import { makePlan } from './plan.ts';
import { planInputOf } from './plan-input.ts';
import type { DesiredConsumer, Plan, RecordingDemand } from './plan-types.ts';
import { Teller } from './teller.ts';
import type { Notifier } from './types.ts';

export interface MediaDeps {
  readonly nodes: Nodes;
  readonly notifier: Notifier;
  readonly metrics: MediaMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: MediaConfig;
  /** Told after each pass of a room's loop. */
  passed(roomId: string): void;
}

export type PlaceReason = EventOf<'MediaPlaced'>['reason'];

/** Changes that come together are planned once. */
const COALESCE_MS = 5;
/** How long a request waits for a node that can take the room, before it is told to try again. */
const PLACE_WAIT_MS = 2000;

export class MediaRoom {
  readonly roomId: string;
  readonly epoch: number;
  readonly address: RoomAddress;
  readonly deps: MediaDeps;
  readonly log: Logger;
  readonly actual: Actual;
  readonly peers = new Map<string, PeerMedia>();
  readonly teller: Teller;
  /** What the recording asks for; null: nothing. Undefined until that is known: then what is there stays. */
  recording?: RecordingDemand | null;
  /** Sources whose producer is gone while their peer may still bring it back, with when that was. */
  readonly orphans = new Map<string, number>();
  /** Peers of a former owner's time of which nothing has been found or heard yet. */
  readonly inherited = new Set<string>();
  state: RoomState = initialRoomState();
  /** Worker of the room's first router; absent until placed. */
  home?: string | undefined;
  plan?: Plan;
  /** Something answered that it is not there: what the nodes hold must be asked again. */
  doubtful = false;
  /** Set while a takeover has not yet compared what is there. */
  adopting?: Promise<void> | undefined;
  #losses = 0;
  #placing: Promise<string> | undefined;
  /** The worker being made the home, until that is written down. */
  #chosen: string | undefined;
  readonly #routing = new Map<string, Promise<RtpCapabilities>>();
  readonly #produced = new Map<string, number>();
  readonly #lanes: Lanes<Action>;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(address: RoomAddress, epoch: number, deps: MediaDeps) {
    this.roomId = address.roomId;
    this.epoch = epoch;
    this.address = address;
    this.deps = deps;
    this.log = deps.log.child({ roomId: this.roomId });
    this.teller = new Teller(this);
    this.actual = new Actual({
      consumer: (consumer) => this.teller.consumerGone(consumer),
      dataConsumer: (consumer) => this.teller.dataConsumerGone(consumer),
    });
    this.#lanes = new Lanes({
      clock: deps.clock,
      perform: (action) => perform(this, action),
      done: (retryInMs) => this.changed(retryInMs),
      failed: (action, error, attempt) => this.#failed(action, error, attempt),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Stands in front of every request about the room. */
  get ids(): { roomId: string; epoch: number } {
    return { roomId: this.roomId, epoch: this.epoch };
  }

  /** Grows with every loss and with every owner, so that no client ever sees it repeated. */
  get generation(): number {
    return this.epoch * 1000 + this.#losses;
  }

  now(): number {
    return this.deps.clock.monotonic();
  }

  /** The peer's media state; made when it first asks. */
  peer(peerId: string): PeerMedia {
    const known = this.peers.get(peerId);
    if (known) return known;
    const peer = new PeerMedia(this.roomId, peerId);
    this.peers.set(peerId, peer);
    return peer;
  }

  /** Takes in the newest state of the room; an older one, overtaken on the way, changes nothing. */
  fold(state: RoomState): void {
    if (state.seq >= this.state.seq) this.state = state;
  }

  /** Reads the room's state, when what was just decided may not have been told yet. */
  async refresh(): Promise<void> {
    this.fold(await this.address.state());
  }

  /** Plans anew soon, or `inMs` from now at the latest. */
  changed(inMs = COALESCE_MS): void {
    if (this.#closed) return;
    if (inMs > COALESCE_MS) {
      setTimeout(() => this.changed(), inMs).unref();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.reconcile();
    }, COALESCE_MS);
  }

  /** One pass: what should be, what differs, what to do about it. Waits for nothing. */
  reconcile(): void {
    if (this.#closed || this.adopting) return;
    this.plan = makePlan(planInputOf(this, this.now()));
    this.teller.tell(this.plan);
    const ready = new Set([...this.peers.values()].flatMap((peer) => [...peer.ready]));
    const beating = new Set([...this.peers.values()].flatMap((peer) => [...peer.beats.keys()]));
    const placed = new Set([...this.peers.values()].map((peer) => peer.workerKey ?? ''));
    placed.add(this.home ?? '').add(this.#chosen ?? '');
    const present = new Set(Object.keys(this.state.peers));
    this.#lanes.start(diff(this.plan, this.actual, { ready, beating, placed, present }));
    this.deps.passed(this.roomId);
  }

  /** Asks the node of a worker. Rejects with `media-unavailable` when it is not known here, and as the node does. */
  async ask<M extends ControlMethod>(
    workerKey: string,
    method: M,
    params: ControlParams<M>,
  ): Promise<ControlResult<M>> {
    const { nodeId } = splitWorkerKey(workerKey);
    const client = this.deps.nodes.client(nodeId);
    if (!client) throw unavailable(`Media node ${nodeId} is not known.`);
    const ms = this.deps.config.requestDeadlineMs;
    // The link has a deadline of its own; this one also holds when the link itself does not answer.
    return withDeadline(client.request(method, params, ms), ms + 500, `${method} on node ${nodeId}`);
  }

  /** Makes the room's router on a worker, once however many ask, and answers what it can carry. */
  ensureRouter(workerKey: string): Promise<RtpCapabilities> {
    const known = this.actual.routers.get(workerKey);
    if (known) return Promise.resolve(known);
    const running = this.#routing.get(workerKey);
    if (running) return running;
    const making = this.#makeRouter(workerKey).finally(() => this.#routing.delete(workerKey));
    this.#routing.set(workerKey, making);
    return making;
  }

  /** Puts the room on a worker unless it is on one, and writes down where. */
  ensureHome(reason: PlaceReason): Promise<string> {
    if (this.home !== undefined) return Promise.resolve(this.home);
    this.#placing ??= this.#place(reason).finally(() => {
      this.#placing = undefined;
      this.#chosen = undefined;
    });
    return this.#placing;
  }

  /** A new generation of transports begins; clients of the former one are told by the caller. */
  nextGeneration(): void {
    this.#losses += 1;
  }

  notify<N extends NotificationName>(peerId: string, name: N, data: NotificationData<N>): void {
    this.deps.notifier.notify(this.roomId, peerId, name, data);
  }

  /** Pushes a consumer that exists to its viewer. */
  announce(consumer: DesiredConsumer): void {
    this.teller.announce(consumer);
  }

  /** Starts the stopwatch that `firstConsumer` stops. */
  produced(producerId: string): void {
    this.#produced.set(producerId, this.now());
  }

  firstConsumer(producerId: string): void {
    const since = this.#produced.get(producerId);
    if (since === undefined) return;
    this.#produced.delete(producerId);
    this.deps.metrics.firstConsumer.observe((this.now() - since) / 1000);
  }

  forgetProduced(producerId: string): void {
    this.#produced.delete(producerId);
  }

  /** Stops the loop and the peers' queues. Media flows on: whoever owns the room next goes on with it. Idempotent. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#lanes.close();
    for (const peer of this.peers.values()) peer.close(reason);
    this.peers.clear();
  }

  /** Resolves when no request of the loop is under way. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  async #makeRouter(workerKey: string): Promise<RtpCapabilities> {
    const { workerId } = splitWorkerKey(workerKey);
    const { rtpCapabilities } = await this.ask(workerKey, 'router.create', { ...this.ids, workerId });
    this.actual.routers.set(workerKey, rtpCapabilities);
    return rtpCapabilities;
  }

  async #place(reason: PlaceReason): Promise<string> {
    const { nodes, config, metrics } = this.deps;
    await nodes.whenAny(PLACE_WAIT_MS);
    const chosen = leastLoaded(nodes.candidates(), config.region);
    if (!chosen) throw unavailable('No media node can take this room now.');
    const { nodeId, workerId } = splitWorkerKey(chosen.workerKey);
    nodes.expect(nodeId, workerId);
    this.#chosen = chosen.workerKey;
    await this.ensureRouter(chosen.workerKey);
    await this.address.execute('media.place', { nodeId, workerId, reason }, SYSTEM);
    this.home = chosen.workerKey;
    metrics.placed.inc({ reason });
    this.log.info({ nodeId, workerId, reason }, 'media placed');
    return chosen.workerKey;
  }

  #failed(action: Action, error: unknown, attempt: number): void {
    const { code } = toAppError(error);
    this.deps.metrics.failures.inc({ action: action.do, code });
    if (isAppError(error, 'stale-epoch')) this.close('a newer owner acts for the room');
    if (isAppError(error, 'not-found') || isAppError(error, 'deadline-exceeded')) this.doubtful = true;
    const fields = { action: action.do, key: action.key, code, attempt, reason: messageOf(error) };
    if (attempt > 1) this.log.warn(fields, 'media request failed again');
    else this.log.debug(fields, 'media request failed');
  }
}

export function unavailable(message: string): AppError {
  return new AppError('media-unavailable', message, {
    status: 503,
    whatToDo: 'Try again in a second; it is also tried again by itself.',
    details: { retryAfterMs: 1000 },
  });
}
