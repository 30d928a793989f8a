/** Tables of the room log, for SQLite and PostgreSQL alike. */
import { sql } from 'kysely';
import type { Migration } from '../../platform/sql/migrate.ts';

export interface RoomTables {
  /** One row per room: the lease stands beside the head, so that one statement checks and moves both. */
  rooms: {
    room_id: string;
    owner_id: string | null;
    epoch: number;
    /** UTC milliseconds; an expired lease may be taken. */
    lease_until: number;
    /** An owner that was lost, until an entry of the next one has named it: survives a crash between the two. */
    lost_owner_id: string | null;
    head_seq: number;
    head_hash: string;
    incident_id: string;
    drill: number;
    phase: string;
    created_utc: number;
    created_by: string;
    create_command_id: string | null;
  };
  room_entries: {
    room_id: string;
    seq: number;
    epoch: number;
    at: number;
    utc: number;
    actor: string;
    command_id: string | null;
    audience: string;
    payload_hash: string;
    hash: string;
    body: Uint8Array;
  };
  /** A null key is a destroyed one. */
  room_keys: { room_id: string; wrapped: Uint8Array | null };
}

export const roomMigrations: readonly Migration[] = [
  {
    number: 1,
    name: 'room log',
    async up(trx) {
      await sql`
        create table rooms (
          room_id text primary key,
          owner_id text,
          epoch bigint not null,
          lease_until bigint not null,
          lost_owner_id text,
          head_seq bigint not null,
          head_hash text not null,
          incident_id text not null,
          drill integer not null,
          phase text not null,
          created_utc bigint not null,
          created_by text not null,
          create_command_id text,
          unique (created_by, create_command_id)
        )`.execute(trx);
      await sql`create index rooms_by_phase on rooms (phase, created_utc)`.execute(trx);
      await sql`create index rooms_by_owner on rooms (owner_id)`.execute(trx);
      await sql`
        create table room_entries (
          room_id text not null references rooms (room_id),
          seq bigint not null,
          epoch bigint not null,
          at bigint not null,
          utc bigint not null,
          actor text not null,
          command_id text,
          audience text not null,
          payload_hash text not null,
          hash text not null,
          body bytea not null,
          primary key (room_id, seq),
          unique (room_id, command_id)
        )`.execute(trx);
      await sql`
        create table room_keys (
          room_id text primary key references rooms (room_id),
          wrapped bytea
        )`.execute(trx);
    },
  },
  {
    number: 2,
    name: 'rooms by incident',
    async up(trx) {
      await sql`create index rooms_by_incident on rooms (incident_id, created_utc)`.execute(trx);
    },
  },
];
