/** All rooms of this process: claims them on demand, keeps their leases, and hands out addresses instead of Rooms. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { AppError, isAppError } from '../../platform/errors.ts';
import { createLogger, type Logger } from '../../platform/log.ts';
import { isStoreAway, toStoreError } from '../../platform/sql/store-errors.ts';
import type { LogEntry } from '../protocol/entry.ts';
import type { RoomState } from '../protocol/state.ts';
import { createRoom } from './create.ts';
import { Leases } from './leases.ts';
import type { LogStore, RoomHead } from './log-store.ts';
import type { Room } from './room.ts';
import { addressOf } from './room-address.ts';
import { SpillFolder } from './spill.ts';
import { recoverAll } from './spill-recovery.ts';
import { type OwnerOptions, takeRoom } from './takeover.ts';
import type { Actor, NewRoom, RoomAddress, Rooms } from './types.ts';

export interface RoomsOptions {
  readonly store: LogStore;
  /** 32 bytes that wrap the keys of all rooms; whoever loses them loses the words of every room. */
  readonly masterKey: Uint8Array;
  /** Folder for commits while the store is away; it also holds this owner's id, so no two processes may share it. */
  readonly spillFolder: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** How long a lease runs without being renewed, in milliseconds. Default 4000; renewed every third of it. */
  readonly leaseMs?: number;
  /** How long one commit may take before the store counts as away and commits are spilled, in milliseconds. Default 2000. */
  readonly appendMs?: number;
  /** False: leases are renewed and spills written back only by calling `tend`, as tests do. Default true. */
  readonly timer?: boolean;
}

type Listener<A extends unknown[]> = (...args: A) => void;

export class LocalRooms implements Rooms {
  readonly #owner: OwnerOptions;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #live = new Map<string, Room>();
  /** Attempts that give up at once while another process owns the room: no answer for whoever is ready to wait. */
  readonly #impatient = new WeakSet<Promise<Room>>();
  readonly #closing = new AbortController();
  readonly #leases: Leases;
  readonly #owned = new Set<Listener<[string, number]>>();
  readonly #disowned = new Set<Listener<[string, string]>>();
  readonly #entries = new Set<Listener<[string, LogEntry, RoomState]>>();
  #closed: Promise<void> | undefined;

  private constructor(owner: OwnerOptions, timer: boolean) {
    this.#owner = owner;
    this.#leases = new Leases(owner, () => [...this.#live.values()], timer);
  }

  /**
   * Opens the rooms of this process and writes back what an earlier run left in the spill folder. While the store is
   * away that is put off: each room is then written back before it is claimed.
   */
  static async open(options: RoomsOptions): Promise<LocalRooms> {
    const spill = await SpillFolder.open(options.spillFolder);
    const owner: OwnerOptions = {
      store: options.store,
      masterKey: options.masterKey,
      spill,
      clock: options.clock ?? systemClock,
      log: options.log ?? createLogger('signaling.rooms', { ownerId: spill.ownerId }),
      health: { away: false },
      leaseMs: options.leaseMs ?? 4000,
      appendMs: options.appendMs ?? 2000,
    };
    await recoverAll(spill, owner.store, owner.log);
    return new LocalRooms(owner, options.timer ?? true);
  }

  /** This owner's id, as it stands in the rooms' rows. */
  get ownerId(): string {
    return this.#owner.spill.ownerId;
  }

  async create(room: NewRoom, actor: Actor, commandId?: string): Promise<RoomAddress> {
    this.#assertOpen();
    const made = await createRoom(this.#owner, room, actor, commandId, (roomId) => this.#listeners(roomId));
    if ('existing' in made) return this.at(made.existing);
    if (this.#closed) {
      // Made while this process was going down: it stands in the store, and whoever repeats the command finds it.
      await this.#leases.letGo(made.room, 'closing');
      this.#assertOpen();
    }
    this.#rooms.set(made.room.roomId, Promise.resolve(made.room));
    this.#welcome(made.room);
    for (const { entry, state } of made.steps) this.#tell(made.room.roomId, entry, state);
    return this.at(made.room.roomId);
  }

  at(roomId: string): RoomAddress {
    return addressOf(roomId, () => this.#own(roomId, true));
  }

  async openRooms(): Promise<readonly { roomId: string; state: RoomState }[]> {
    const found: { roomId: string; state: RoomState }[] = [];
    for (const roomId of await this.#openIds()) {
      try {
        const room = await this.#own(roomId, false);
        found.push({ roomId, state: room.state });
      } catch (error) {
        // One damaged or foreign room must not hide the others from the board.
        if (!isAppError(error, 'not-owner'))
          this.#owner.log.error({ roomId, error }, 'an open room cannot be taken');
      }
    }
    return found;
  }

  onOwned(listener: Listener<[string, number]>): () => void {
    // A room may be claimed by an early request before whoever follows rooms is there.
    for (const room of this.#live.values()) this.#guarded(() => listener(room.roomId, room.lease.epoch));
    return subscribe(this.#owned, listener);
  }

  onDisowned(listener: Listener<[string, string]>): () => void {
    return subscribe(this.#disowned, listener);
  }

  onEntry(listener: Listener<[string, LogEntry, RoomState]>): () => void {
    return subscribe(this.#entries, listener);
  }

  /** Renews leases and writes spills back now; the timer does the same. */
  tend(): Promise<void> {
    return this.#leases.tend();
  }

  /** Releases every room whose facts all stand in the store; others keep their lease and spill for the next start. */
  close(reason: string): Promise<void> {
    this.#closed ??= this.#close(reason);
    return this.#closed;
  }

  async #close(reason: string): Promise<void> {
    this.#closing.abort();
    await this.#leases.close();
    await Promise.allSettled(this.#rooms.values());
    await Promise.all([...this.#live.values()].map((room) => this.#leases.letGo(room, reason)));
    this.#owner.spill.close();
  }

  /** The room, claimed when it is not ours yet. `patient`: waits once for another owner's lease to run out. */
  async #own(roomId: string, patient: boolean): Promise<Room> {
    this.#assertOpen();
    const known = this.#rooms.get(roomId);
    if (known) {
      if (!patient || !this.#impatient.has(known)) return known;
      const settled = await Promise.allSettled([known]);
      if (settled[0].status === 'fulfilled') return settled[0].value;
      return this.#own(roomId, patient);
    }
    const taking = this.#take(roomId, patient);
    if (!patient) this.#impatient.add(taking);
    this.#rooms.set(roomId, taking);
    try {
      return await taking;
    } catch (error) {
      if (this.#rooms.get(roomId) === taking) this.#rooms.delete(roomId);
      throw error;
    }
  }

  async #take(roomId: string, patient: boolean): Promise<Room> {
    const first = await this.#tryTake(roomId);
    if (!isAppError(first)) return first;
    const retryAfterMs = Number(first.details?.retryAfterMs ?? 0);
    if (!patient || retryAfterMs > this.#owner.leaseMs) throw first;
    // A living owner renews long before its lease ends: if it still runs after this wait, the room is in good hands.
    await delay(retryAfterMs + 20, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    this.#assertOpen();
    const second = await this.#tryTake(roomId);
    if (isAppError(second)) throw second;
    return second;
  }

  /** The room, or the refusal while another owner's lease runs. */
  async #tryTake(roomId: string): Promise<Room | AppError> {
    try {
      const { room, missingTail } = await takeRoom(this.#owner, roomId, this.#listeners(roomId));
      this.#welcome(room);
      if (room.state.phase !== 'closed' || missingTail) await room.anchor(missingTail);
      return room;
    } catch (error) {
      if (isAppError(error, 'not-owner')) return error;
      throw toStoreError(error);
    }
  }

  #welcome(room: Room): void {
    this.#live.set(room.roomId, room);
    this.#owner.log.info({ roomId: room.roomId, epoch: room.lease.epoch }, 'room owned');
    for (const listener of this.#owned) this.#guarded(() => listener(room.roomId, room.lease.epoch));
  }

  #listeners(roomId: string) {
    return {
      onEntry: (entry: LogEntry, state: RoomState) => this.#tell(roomId, entry, state),
      onEnded: (reason: string) => {
        this.#rooms.delete(roomId);
        if (!this.#live.delete(roomId)) return;
        this.#owner.log.info({ roomId, reason }, 'room let go');
        for (const listener of this.#disowned) this.#guarded(() => listener(roomId, reason));
      },
    };
  }

  #tell(roomId: string, entry: LogEntry, state: RoomState): void {
    for (const listener of this.#entries) this.#guarded(() => listener(roomId, entry, state));
  }

  async #openIds(): Promise<readonly string[]> {
    this.#assertOpen();
    try {
      const heads = await this.#owner.store.openRooms();
      const now = this.#owner.clock.now();
      // Asking for rooms in other hands would only load the store; this host's clock is good enough to tell.
      const claimable = heads.filter((head) => !isForeign(head, this.ownerId) || head.leaseUntil <= now);
      return claimable.map((head) => head.roomId);
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      // A running call needs no store: the rooms in hand are still shown.
      const open = [...this.#live.values()].filter((room) => room.state.phase === 'open');
      return open.map((room) => room.roomId);
    }
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#owner.log.error({ error }, 'a listener of the rooms failed');
    }
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new AppError('not-owner', 'This process is going down and owns no rooms any more.', {
      status: 503,
      whatToDo: 'Connect again; another process takes the room.',
    });
  }
}

function isForeign(head: RoomHead, ownerId: string): boolean {
  return head.ownerId !== undefined && head.ownerId !== ownerId;
}

function subscribe<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => {
    set.delete(listener);
  };
}
