/** The media side of signaling: one MediaRoom for each room this process owns, fed by its facts and by the nodes. */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../platform/clock.ts';
import { AppError, isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { ControlClient } from '../protocol/control.ts';
import type { Params, Result } from '../protocol/methods.ts';
import type { RoomState } from '../protocol/state.ts';
import type { Rooms } from '../rooms/types.ts';
import { adoptFrom, takeOver } from './adopt.ts';
import { MEDIA_DEFAULTS, type MediaConfig } from './config.ts';
import { drainRoom } from './drain.ts';
import { listenTo } from './events.ts';
import { closeTransports } from './handle-start.ts';
import { HANDLERS, type Handlers } from './handlers.ts';
import { closeOrphans, findOrphans, loseWorkers, placeAgain } from './losses.ts';
import { type MediaDeps, MediaRoom } from './media-room.ts';
import { countRungs, createMediaMetrics } from './metrics.ts';
import { Nodes } from './nodes.ts';
import type { RecordingDemand } from './plan-types.ts';
import { tappedOf } from './tapped.ts';
import type { MediaMethod, MediaPeer, MediaService, Notifier, Tapped, TapService } from './types.ts';

export interface MediaServiceOptions {
  readonly rooms: Rooms;
  readonly notifier: Notifier;
  /** Links to the media nodes; they stay the caller's to close. More may be added later. */
  readonly nodes: readonly ControlClient[];
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly config?: Partial<MediaConfig>;
}

export interface RunningMediaService extends MediaService, TapService {
  /** Takes another node in. Returns the function that takes it out again. */
  addNode(client: ControlClient): () => void;
}

/** How often ladders step, and how often every room is compared even if nothing changed. */
const TICK_MS = 500;
const TICKS_PER_PASS = 6;

/** Opens the media of every room this process owns now or later. */
export function createMediaService(options: MediaServiceOptions): RunningMediaService {
  return new Service(options);
}

class Service implements RunningMediaService {
  readonly #rooms = new Map<string, MediaRoom>();
  readonly #deps: MediaDeps;
  readonly #address: Rooms['at'];
  readonly #stops: (() => void)[] = [];
  readonly #passes = new Set<(roomId: string) => void>();
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;
  #closed = false;

  constructor({ rooms, notifier, nodes, registry, logger, clock, config }: MediaServiceOptions) {
    const merged = { ...MEDIA_DEFAULTS, ...config };
    this.#address = (roomId) => rooms.at(roomId);
    this.#deps = {
      nodes: new Nodes(merged, clock, logger, {
        nodeUp: (nodeId) => this.#nodeUp(nodeId),
        nodeLost: (nodeId) => this.#nodeLost(nodeId),
        nodeDraining: (nodeId) => this.#nodeDraining(nodeId),
      }),
      notifier,
      metrics: createMediaMetrics(registry),
      clock,
      log: logger,
      config: merged,
      passed: (roomId) => {
        for (const listener of this.#passes) listener(roomId);
      },
    };
    for (const client of nodes) this.addNode(client);
    this.#stops.push(
      rooms.onOwned((roomId, epoch) => this.#owned(roomId, epoch)),
      rooms.onDisowned((roomId, reason) => this.#drop(roomId, reason)),
      rooms.onEntry((roomId, _entry, state) => this.#entry(roomId, state)),
    );
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  addNode(client: ControlClient): () => void {
    const stops = [listenTo(client, (roomId) => this.#rooms.get(roomId)), this.#deps.nodes.add(client)];
    const stop = () => {
      for (const each of stops.splice(0)) each();
    };
    this.#stops.push(stop);
    return stop;
  }

  async handle<M extends MediaMethod>(
    method: M,
    roomId: string,
    who: MediaPeer,
    params: Params<M>,
  ): Promise<Result<M>> {
    const room = this.#rooms.get(roomId);
    if (!room || room.closed) throw notOwner(roomId);
    await room.adopting;
    if (!room.state.peers[who.peerId]) await room.refresh();
    if (!room.state.peers[who.peerId]) throw notJoined();
    const peer = room.peer(who.peerId);
    const handler: Handlers[M] = HANDLERS[method];
    return peer.queue.push(method, () => handler(room, peer, params, who));
  }

  peerGone(roomId: string, peerId: string): void {
    const room = this.#rooms.get(roomId);
    const peer = room?.peers.get(peerId);
    if (!room || !peer) return;
    room.peers.delete(peerId);
    peer.close('the peer is gone');
    closeTransports(room, peerId).then(
      () => room.changed(),
      (error: unknown) => room.log.error({ peerId, reason: messageOf(error) }, 'peer could not be closed'),
    );
  }

  peerBack(roomId: string, peerId: string): void {
    const room = this.#rooms.get(roomId);
    const peer = room?.peers.get(peerId);
    if (!room || !peer) return;
    room.teller.tellAgain(peer);
    room.changed();
  }

  setRecording(roomId: string, demand: RecordingDemand | null): void {
    const room = this.#rooms.get(roomId);
    if (!room || isDeepStrictEqual(room.recording, demand)) return;
    room.recording = demand;
    room.changed();
  }

  tapped(roomId: string): Tapped | undefined {
    const room = this.#rooms.get(roomId);
    return room && !room.adopting ? tappedOf(room) : undefined;
  }

  onPass(listener: (roomId: string) => void): () => void {
    this.#passes.add(listener);
    return () => void this.#passes.delete(listener);
  }

  /** Ends the loops and waits for requests under way. Media flows on without us. */
  async close(reason: string): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    for (const stop of this.#stops.splice(0)) stop();
    const rooms = [...this.#rooms.values()];
    for (const room of rooms) this.#drop(room.roomId, reason);
    this.#deps.nodes.close();
    await Promise.all(rooms.map((room) => room.idle()));
  }

  #owned(roomId: string, epoch: number): void {
    this.#rooms.get(roomId)?.close('owned anew');
    const room = new MediaRoom(this.#address(roomId), epoch, this.#deps);
    this.#rooms.set(roomId, room);
    room.adopting = this.#adopt(room);
  }

  async #adopt(room: MediaRoom): Promise<void> {
    try {
      await room.refresh();
      await takeOver(room);
    } catch (error) {
      room.doubtful = true;
      room.log.error({ reason: messageOf(error) }, 'room could not be taken over by media yet');
    } finally {
      room.adopting = undefined;
      room.changed();
    }
  }

  #drop(roomId: string, reason: string): void {
    this.#rooms.get(roomId)?.close(reason);
    this.#rooms.delete(roomId);
  }

  #entry(roomId: string, state: RoomState): void {
    const room = this.#rooms.get(roomId);
    if (!room) return;
    room.fold(state);
    for (const peerId of room.peers.keys()) if (!state.peers[peerId]) this.peerGone(roomId, peerId);
    if (state.phase === 'closed') this.#closeRoom(room);
    else room.changed();
  }

  /** A closed room holds no media; the nodes forget it. */
  #closeRoom(room: MediaRoom): void {
    const nodeIds = new Set([...room.actual.routers.keys()].map((key) => key.slice(0, key.indexOf('/'))));
    this.#drop(room.roomId, 'room closed');
    for (const nodeId of nodeIds) {
      room.ask(`${nodeId}/any`, 'room.close', room.ids).catch((error: unknown) => {
        const code = isAppError(error) ? error.code : 'internal';
        room.log.warn(
          { nodeId, code },
          'node did not close the room; it does so by itself when nobody is there',
        );
      });
    }
  }

  #nodeUp(nodeId: string): void {
    for (const room of this.#rooms.values()) this.#compare(room, nodeId);
  }

  #nodeLost(nodeId: string): void {
    for (const room of this.#rooms.values()) {
      const workers = [...room.actual.routers.keys()].filter((key) => key.startsWith(`${nodeId}/`));
      if (room.home?.startsWith(`${nodeId}/`) && !workers.includes(room.home)) workers.push(room.home);
      if (workers.length > 0) loseWorkers(room, workers, 'node-lost');
    }
  }

  #nodeDraining(nodeId: string): void {
    for (const room of this.#rooms.values()) {
      drainRoom(room, nodeId).catch((error: unknown) =>
        room.log.error({ nodeId, reason: messageOf(error) }, 'room could not be moved off a draining node'),
      );
    }
  }

  /** Only rooms that may have something there; others are none of the node's business. */
  #compare(room: MediaRoom, nodeId: string): void {
    const concerned = [...room.actual.routers.keys(), room.home ?? ''].some((key) =>
      key.startsWith(`${nodeId}/`),
    );
    // A node that comes up during a takeover may not be among those it asked.
    if (room.adopting) room.doubtful = true;
    if (room.adopting || !concerned) return;
    adoptFrom(room, nodeId).then(
      () => findOrphans(room),
      (error: unknown) => {
        room.doubtful = true;
        const code = isAppError(error) ? error.code : 'internal';
        room.log.warn({ nodeId, code, reason: messageOf(error) }, 'node could not be compared');
      },
    );
  }

  #tick(): void {
    this.#ticks += 1;
    const everyRoom = this.#ticks % TICKS_PER_PASS === 0;
    const rungs = new Map<string, number>();
    for (const room of this.#rooms.values()) {
      if (room.adopting) continue;
      if (room.teller.tick() || everyRoom) room.changed();
      closeOrphans(room);
      room.teller.countRungs(rungs);
      if (!everyRoom) continue;
      if (room.home === undefined && [...room.peers.values()].some((peer) => peer.lost))
        placeAgain(room, 'node-lost');
      if (!room.doubtful) continue;
      room.doubtful = false;
      for (const nodeId of this.#deps.nodes.upIds) this.#compare(room, nodeId);
    }
    countRungs(this.#deps.metrics, rungs);
  }
}

function notOwner(roomId: string): AppError {
  return new AppError('not-owner', `Room ${roomId} is owned by another process now.`, {
    status: 503,
    whatToDo: 'Reconnect; the new owner answers there.',
  });
}

function notJoined(): AppError {
  return new AppError('conflict', 'Join the room before asking for media.', {
    status: 409,
    whatToDo: 'Send room.join first.',
    details: { state: 'not-joined' },
  });
}
