/** The log store over SQL. The head is moved by a conditional update, which both checks the lease and locks the row. */
import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Kysely, Transaction } from '../../platform/sql/database.ts';
import { migrate } from '../../platform/sql/migrate.ts';
import { isUniqueViolation } from '../../platform/sql/store-errors.ts';
import {
  type Claim,
  headMoved,
  type Lease,
  type LogStore,
  type NewRoomRow,
  notOwner,
  type RoomFacts,
  type RoomHead,
  roomNotFound,
  type SealedEntry,
  staleEpoch,
} from './log-store.ts';
import { findCreated, headOf, insertEntries, insertRoom, sealedOf } from './sql-rows.ts';
import { type RoomTables, roomMigrations } from './sql-tables.ts';

export class SqlLogStore implements LogStore {
  readonly #database: Database<RoomTables>;
  readonly #clock: Clock | undefined;

  /** @param clock measures leases; absent, PostgreSQL's own clock does, so that no two hosts need to agree. */
  constructor(database: Database<RoomTables>, clock?: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Brings the tables up to date and returns the store. */
  static async open(database: Database, clock?: Clock): Promise<SqlLogStore> {
    await migrate(database, 'rooms', roomMigrations);
    return new SqlLogStore(database.withTables<RoomTables>(), clock);
  }

  async create(
    room: NewRoomRow,
    ownerId: string,
    leaseMs: number,
    entries: readonly SealedEntry[],
  ): Promise<string> {
    try {
      return await this.#database.transaction(async (trx) => {
        const former = await findCreated(trx, room);
        if (former !== undefined) return former;
        await insertRoom(trx, room, ownerId, (await this.#now(trx)) + leaseMs, entries);
        return room.roomId;
      });
    } catch (error) {
      // Two processes may have been asked at once by the same impatient caller; the first one's room counts.
      const former = isUniqueViolation(error) ? await findCreated(this.#database.query, room) : undefined;
      if (former !== undefined) return former;
      throw error;
    }
  }

  claim(roomId: string, ownerId: string, leaseMs: number): Promise<Claim> {
    return this.#database.transaction(async (trx) => {
      const now = await this.#now(trx);
      const before = await this.#headIn(trx, roomId);
      if (!before) throw roomNotFound(roomId);
      const lease = { ownerId, epoch: before.epoch + 1 };
      const interrupted =
        before.ownerId === ownerId ? before.lostOwnerId : (before.ownerId ?? before.lostOwnerId);
      // The condition is checked again here, since on PostgreSQL another claim may have come between.
      const taken = await trx
        .updateTable('rooms')
        .set({
          owner_id: ownerId,
          epoch: lease.epoch,
          lease_until: now + leaseMs,
          lost_owner_id: interrupted ?? null,
        })
        .where('room_id', '=', roomId)
        .where('epoch', '=', before.epoch)
        .where((eb) =>
          eb.or([eb('owner_id', 'is', null), eb('owner_id', '=', ownerId), eb('lease_until', '<=', now)]),
        )
        .executeTakeFirstOrThrow();
      const head = await this.#headIn(trx, roomId);
      if (!head) throw roomNotFound(roomId);
      if (taken.numUpdatedRows === 0n) {
        throw notOwner(roomId, {
          leaseUntil: head.leaseUntil,
          retryAfterMs: Math.max(0, head.leaseUntil - now),
        });
      }
      return { head, lease, ...(interrupted === undefined ? {} : { interrupted }) };
    });
  }

  renew(ownerId: string, roomIds: readonly string[], leaseMs: number): Promise<ReadonlyMap<string, number>> {
    return this.#database.transaction(async (trx) => {
      const until = (await this.#now(trx)) + leaseMs;
      const rows = await trx
        .updateTable('rooms')
        .set({ lease_until: until })
        .where('owner_id', '=', ownerId)
        .where('room_id', 'in', roomIds)
        .returning(['room_id', 'epoch'])
        .execute();
      return new Map(rows.map((row) => [row.room_id, row.epoch]));
    });
  }

  async release(roomId: string, lease: Lease): Promise<void> {
    await this.#database.query
      .updateTable('rooms')
      .set({ owner_id: null, lease_until: 0 })
      .where('room_id', '=', roomId)
      .where('owner_id', '=', lease.ownerId)
      .where('epoch', '=', lease.epoch)
      .execute();
  }

  async append(
    roomId: string,
    lease: Lease,
    entries: readonly SealedEntry[],
    facts: RoomFacts,
  ): Promise<void> {
    const first = entries[0];
    const last = entries.at(-1);
    if (!first || !last) return;
    await this.#database.transaction(async (trx) => {
      const moved = await trx
        .updateTable('rooms')
        .set({
          head_seq: last.seq,
          head_hash: last.hash,
          incident_id: facts.incidentId,
          drill: facts.drill ? 1 : 0,
          phase: facts.phase,
          lost_owner_id: null,
        })
        .where('room_id', '=', roomId)
        .where('owner_id', '=', lease.ownerId)
        .where('epoch', '=', lease.epoch)
        .where('head_seq', '=', first.seq - 1)
        .executeTakeFirstOrThrow();
      if (moved.numUpdatedRows !== 1n) throw await this.#refusal(trx, roomId, lease, first.seq - 1);
      await insertEntries(trx, roomId, entries);
    });
  }

  async read(roomId: string, fromSeq: number, limit: number): Promise<readonly SealedEntry[]> {
    const rows = await this.#database.query
      .selectFrom('room_entries')
      .selectAll()
      .where('room_id', '=', roomId)
      .where('seq', '>=', fromSeq)
      .orderBy('seq')
      .limit(limit)
      .execute();
    return rows.map(sealedOf);
  }

  head(roomId: string): Promise<RoomHead | undefined> {
    return this.#headIn(this.#database.query, roomId);
  }

  async openRooms(): Promise<readonly RoomHead[]> {
    const rows = await this.#database.query
      .selectFrom('rooms')
      .selectAll()
      .where('phase', '!=', 'closed')
      .orderBy('created_utc')
      .execute();
    return rows.map(headOf);
  }

  /** All rooms that were opened for an incident, oldest first, closed ones too. */
  async roomsOfIncident(incidentId: string): Promise<readonly RoomHead[]> {
    const rows = await this.#database.query
      .selectFrom('rooms')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .orderBy('created_utc')
      .execute();
    return rows.map(headOf);
  }

  async wrappedKey(roomId: string): Promise<Uint8Array | undefined> {
    const row = await this.#database.query
      .selectFrom('room_keys')
      .select('wrapped')
      .where('room_id', '=', roomId)
      .executeTakeFirst();
    if (!row) throw roomNotFound(roomId);
    return row.wrapped ?? undefined;
  }

  async destroyKey(roomId: string): Promise<void> {
    const gone = await this.#database.query
      .updateTable('room_keys')
      .set({ wrapped: null })
      .where('room_id', '=', roomId)
      .executeTakeFirstOrThrow();
    if (gone.numUpdatedRows === 0n) throw roomNotFound(roomId);
    // The old page would otherwise stay readable in the write-ahead log until enough new facts came.
    if (this.#database.engine === 'sqlite') {
      await sql`pragma wal_checkpoint(truncate)`.execute(this.#database.query);
    }
  }

  async #headIn(query: Kysely<RoomTables>, roomId: string): Promise<RoomHead | undefined> {
    const row = await query.selectFrom('rooms').selectAll().where('room_id', '=', roomId).executeTakeFirst();
    return row && headOf(row);
  }

  /** Says why the conditional update found no row. */
  async #refusal(
    trx: Transaction<RoomTables>,
    roomId: string,
    lease: Lease,
    expected: number,
  ): Promise<Error> {
    const head = await this.#headIn(trx, roomId);
    if (!head) return roomNotFound(roomId);
    if (head.epoch > lease.epoch) return staleEpoch(roomId, lease.epoch, head.epoch);
    if (head.ownerId !== lease.ownerId || head.epoch !== lease.epoch) return notOwner(roomId);
    return headMoved(roomId, expected, head.seq);
  }

  async #now(query: Kysely<RoomTables>): Promise<number> {
    if (this.#clock) return this.#clock.now();
    if (this.#database.engine === 'sqlite') return Date.now();
    const { rows } = await sql<{ now: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(query);
    return rows[0]?.now ?? Date.now();
  }
}
