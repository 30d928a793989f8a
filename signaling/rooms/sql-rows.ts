/** Between rows of the database and the words of the log store. */
import type { RoomHead, SealedEntry } from './log-store.ts';
import type { RoomTables } from './sql-tables.ts';

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

export function rowOf(roomId: string, entry: SealedEntry): RoomTables['room_entries'] {
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
