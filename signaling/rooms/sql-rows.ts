/** Between rows of the database and the words of the log store. */
import type { Kysely, Transaction } from '../../platform/sql/database.ts';
import type { NewRoomRow, RoomHead, SealedEntry } from './log-store.ts';
import type { RoomTables } from './sql-tables.ts';

/** Rows per insert: SQLite allows 32,766 parameters in one statement, an entry takes 11. */
const ROWS_PER_INSERT = 500;

export function headOf(row: RoomTables['rooms']): RoomHead {
  return {
    roomId: row.room_id,
    epoch: row.epoch,
    seq: row.head_seq,
    hash: row.head_hash,
    createdUtc: row.created_utc,
    leaseUntil: row.lease_until,
    ...(row.owner_id === null ? {} : { ownerId: row.owner_id }),
    ...(row.lost_owner_id === null ? {} : { lostOwnerId: row.lost_owner_id }),
    incidentId: row.incident_id,
    drill: row.drill !== 0,
    phase: row.phase === 'closed' ? 'closed' : 'open',
  };
}

export function sealedOf(row: RoomTables['room_entries']): SealedEntry {
  return {
    seq: row.seq,
    epoch: row.epoch,
    at: row.at,
    utc: row.utc,
    actor: row.actor,
    ...(row.command_id === null ? {} : { commandId: row.command_id }),
    audience: row.audience,
    payloadHash: row.payload_hash,
    hash: row.hash,
    body: row.body,
  };
}

function rowOf(roomId: string, entry: SealedEntry): RoomTables['room_entries'] {
  return {
    room_id: roomId,
    seq: entry.seq,
    epoch: entry.epoch,
    at: entry.at,
    utc: entry.utc,
    actor: entry.actor,
    command_id: entry.commandId ?? null,
    audience: entry.audience,
    payload_hash: entry.payloadHash,
    hash: entry.hash,
    body: entry.body,
  };
}

/** The room that the same creator already made by this command. */
export async function findCreated(query: Kysely<RoomTables>, room: NewRoomRow): Promise<string | undefined> {
  if (room.commandId === undefined) return undefined;
  const row = await query
    .selectFrom('rooms')
    .select('room_id')
    .where('created_by', '=', room.createdBy)
    .where('create_command_id', '=', room.commandId)
    .executeTakeFirst();
  return row?.room_id;
}

export async function insertRoom(
  trx: Transaction<RoomTables>,
  room: NewRoomRow,
  ownerId: string,
  leaseUntil: number,
  entries: readonly SealedEntry[],
): Promise<void> {
  await trx
    .insertInto('rooms')
    .values({
      room_id: room.roomId,
      owner_id: ownerId,
      epoch: 1,
      lease_until: leaseUntil,
      lost_owner_id: null,
      head_seq: entries.at(-1)?.seq ?? 0,
      head_hash: entries.at(-1)?.hash ?? '',
      incident_id: room.incidentId,
      drill: room.drill ? 1 : 0,
      phase: room.phase,
      created_utc: room.createdUtc,
      created_by: room.createdBy,
      create_command_id: room.commandId ?? null,
    })
    .execute();
  await trx.insertInto('room_keys').values({ room_id: room.roomId, wrapped: room.wrappedKey }).execute();
  await insertEntries(trx, room.roomId, entries);
}

export async function insertEntries(
  trx: Transaction<RoomTables>,
  roomId: string,
  entries: readonly SealedEntry[],
): Promise<void> {
  for (let from = 0; from < entries.length; from += ROWS_PER_INSERT) {
    const rows = entries.slice(from, from + ROWS_PER_INSERT).map((entry) => rowOf(roomId, entry));
    await trx.insertInto('room_entries').values(rows).execute();
  }
}
