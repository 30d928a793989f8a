/** The rooms of a node and who may act for them: the epoch fence of design.md section 4. */
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { RoomMedia, staleEpoch } from './room-media.ts';

/** Epochs of closed rooms that are remembered, so that an owner that slept cannot open them again. */
const REMEMBERED_CLOSED_ROOMS = 10_000;

export interface RoomRequest {
  readonly roomId: string;
  readonly epoch: number;
}

export class Rooms {
  readonly #rooms = new Map<string, RoomMedia>();
  readonly #closedEpochs = new Map<string, number>();
  /** Rooms that had a router on a worker that has ended, until that is told. */
  readonly #lost = new Map<string, string[]>();
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  all(): RoomMedia[] {
    return [...this.#rooms.values()];
  }

  find(roomId: string): RoomMedia | undefined {
    return this.#rooms.get(roomId);
  }

  /** The room of a request, whose epoch is checked; rejects unknown rooms with `not-found`. */
  at(request: RoomRequest, linkId: string): RoomMedia {
    const room = this.#rooms.get(request.roomId);
    if (room === undefined) {
      this.#refuseClosed(request);
      throw new AppError('not-found', `This node holds nothing of room ${request.roomId}.`, {
        status: 404,
        whatToDo: 'Create a router for it first.',
        details: { id: request.roomId },
      });
    }
    return this.#heard(room, request, linkId);
  }

  /** The same, but opens the room when the node does not have it. */
  open(request: RoomRequest, linkId: string): RoomMedia {
    const existing = this.#rooms.get(request.roomId);
    if (existing !== undefined) return this.#heard(existing, request, linkId);
    this.#refuseClosed(request);
    const room = new RoomMedia(request.roomId, request.epoch);
    this.#rooms.set(room.roomId, room);
    this.#closedEpochs.delete(room.roomId);
    this.#logger.info({ roomId: room.roomId, epoch: request.epoch }, 'room opened on this node');
    return this.#heard(room, request, linkId);
  }

  /** Closes the room; a repeat does nothing, a lower epoch is refused. */
  close(request: RoomRequest, reason: string): void {
    const room = this.#rooms.get(request.roomId);
    if (room === undefined) {
      this.#refuseClosed(request);
      return;
    }
    room.admit(request.epoch);
    this.#end(room, reason);
  }

  closeAll(reason: string): void {
    for (const room of this.all()) this.#end(room, reason);
  }

  /** A worker has ended and taken the room's router with it. */
  noteLost(workerId: string, roomId: string): void {
    this.#lost.set(workerId, [...(this.#lost.get(workerId) ?? []), roomId]);
  }

  /** The rooms that lost a router with this worker, told once. */
  takeLost(workerId: string): string[] {
    const roomIds = this.#lost.get(workerId) ?? [];
    this.#lost.delete(workerId);
    return roomIds;
  }

  /** The rooms whose owner last spoke by this link have nobody now, until somebody speaks for them again. */
  linkDown(linkId: string): void {
    for (const room of this.#rooms.values()) {
      if (room.lastLinkId === linkId) room.ownerlessSince ??= this.#clock.monotonic();
    }
  }

  /** Closes what nobody has claimed for `afterMs` and nobody is connected to: the owner and its people are gone. */
  closeOrphans(afterMs: number): void {
    const now = this.#clock.monotonic();
    for (const room of this.all()) {
      if (room.ownerlessSince === undefined || now - room.ownerlessSince < afterMs) continue;
      if (!room.hasConnectedTransport) this.#end(room, 'no owner has claimed it');
    }
  }

  #heard(room: RoomMedia, request: RoomRequest, linkId: string): RoomMedia {
    room.admit(request.epoch);
    room.lastLinkId = linkId;
    room.ownerlessSince = undefined;
    return room;
  }

  #end(room: RoomMedia, reason: string): void {
    this.#rooms.delete(room.roomId);
    this.#remember(room);
    room.close(reason);
    this.#logger.info({ roomId: room.roomId, reason }, 'room closed on this node');
  }

  #remember(room: RoomMedia): void {
    this.#closedEpochs.set(room.roomId, room.epoch);
    const oldest = this.#closedEpochs.keys().next();
    if (this.#closedEpochs.size > REMEMBERED_CLOSED_ROOMS && !oldest.done)
      this.#closedEpochs.delete(oldest.value);
  }

  #refuseClosed({ roomId, epoch }: RoomRequest): void {
    const current = this.#closedEpochs.get(roomId);
    if (current !== undefined && epoch < current) throw staleEpoch(roomId, epoch, current);
  }
}
