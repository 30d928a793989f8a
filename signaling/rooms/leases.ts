/** Keeps the leases of this process's rooms, writes spills back when the store returns, and lets idle closed rooms go. */
import { withDeadline } from '../../platform/deadline.ts';
import { isStoreAway } from '../../platform/sql/store-errors.ts';
import type { Room } from './room.ts';
import type { OwnerOptions } from './takeover.ts';
import { isOwnershipLost } from './writer.ts';

/** A closed room that nobody reads stays in memory this long, in milliseconds. */
const CLOSED_LINGER_MS = 60_000;
/** Renewals per lease: two may fail before another process may take a room. */
const RENEWALS_PER_LEASE = 3;

export class Leases {
  readonly #owner: OwnerOptions;
  readonly #rooms: () => readonly Room[];
  readonly #closedSince = new WeakMap<Room, number>();
  #timer: NodeJS.Timeout | undefined;
  #tending: Promise<void> | undefined;
  #closed = false;

  constructor(owner: OwnerOptions, rooms: () => readonly Room[], timer: boolean) {
    this.#owner = owner;
    this.#rooms = rooms;
    if (timer) this.#schedule();
  }

  /** One round. Rounds never overlap: a call during one waits for that one. Never rejects. */
  tend(): Promise<void> {
    this.#tending ??= this.#tendOnce().finally(() => {
      this.#tending = undefined;
    });
    return this.#tending;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#tending;
  }

  /**
   * Ends a room in good order: writes its spill back and releases it. When the store is away the lease is left to
   * run out, so that whoever takes the room over names what may be missing.
   */
  async letGo(room: Room, reason: string): Promise<void> {
    const whole = await this.#writeBack(room);
    await room.close(reason);
    if (!whole || room.spilling) return;
    try {
      const release = this.#owner.store.release(room.roomId, room.lease);
      await withDeadline(release, this.#owner.appendMs, 'releasing a room');
    } catch (error) {
      this.#owner.log.warn(
        { roomId: room.roomId, error },
        'a room could not be released; its lease runs out',
      );
    }
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.tend().then(() => this.#schedule());
    }, this.#owner.leaseMs / RENEWALS_PER_LEASE);
  }

  async #tendOnce(): Promise<void> {
    try {
      await this.#renew();
    } catch (error) {
      // Spills are written back only after a renewal went through: a store that hangs must not hold up the rooms' queues.
      this.#owner.log.warn({ error, storeAway: isStoreAway(error) }, 'leases could not be renewed');
      return;
    }
    for (const room of this.#rooms()) {
      try {
        if (room.spilling) await this.#writeBack(room);
        if (this.#isIdle(room)) await this.letGo(room, 'closed');
      } catch (error) {
        // One room that cannot be tended must not keep the others waiting.
        this.#owner.log.error({ roomId: room.roomId, error }, 'a room could not be tended');
      }
    }
  }

  async #renew(): Promise<void> {
    const asked = this.#rooms();
    if (asked.length === 0) return;
    const { store, spill, health, leaseMs, appendMs } = this.#owner;
    const renewal = store.renew(
      spill.ownerId,
      asked.map((room) => room.roomId),
      leaseMs,
    );
    const held = await withDeadline(renewal, appendMs, 'renewing leases');
    health.away = false;
    for (const room of asked) {
      if (held.get(room.roomId) !== room.lease.epoch && room.ended === undefined) {
        await room.disown('not-owner');
      }
    }
  }

  /** Answers whether nothing is left to write. */
  async #writeBack(room: Room): Promise<boolean> {
    if (room.ended !== undefined) return !room.spilling;
    try {
      return await room.writeBack();
    } catch (error) {
      // The room has ended itself and set its spill aside; that is logged where it happened.
      if (isOwnershipLost(error)) return false;
      throw error;
    }
  }

  #isIdle(room: Room): boolean {
    if (room.state.phase !== 'closed' || room.watched) {
      this.#closedSince.delete(room);
      return false;
    }
    const now = this.#owner.clock.monotonic();
    const since = this.#closedSince.get(room) ?? now;
    this.#closedSince.set(room, since);
    return now - since >= CLOSED_LINGER_MS;
  }
}
