/** The tables of people, and the numbered steps that make them. Flags are 0 or 1, moments UTC milliseconds, lists JSON. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../platform/sql/database.ts';
import type { Migration } from '../../platform/sql/migrate.ts';

export interface PeopleTables {
  people_organisations: { organisation_id: string; name: string; kind: string; disabled: number };
  people_persons: {
    principal_id: string;
    username: string;
    name: string;
    organisation_id: string;
    roles: string;
    password: string;
    must_change: number;
    disabled: number;
  };
  people_known_addresses: { principal_id: string; address_hash: string; seen_utc: number };
  people_units: {
    unit_id: string;
    name: string;
    /** The name as it is compared when someone types it. */
    name_key: string;
    organisation_id: string;
    disabled: number;
    room_id: string | null;
  };
  people_devices: {
    device_id: string;
    unit_id: string;
    label: string;
    role: string;
    /** Of its credentials; see devices.ts. */
    salt: string;
    counter: number;
    revoked: number;
    seen_utc: number;
  };
  people_enrolments: {
    enrolment_id: string;
    /** The two letters before the digits: they name the code and are no secret. For bare digits `~` and the id. */
    handle: string;
    unit_id: string;
    role: string;
    code_mac: string;
    secret_hash: string;
    expires_utc: number;
    tries_left: number;
    used: number;
  };
  people_sessions: {
    sid: string;
    secret_hash: string;
    principal_id: string;
    ends_utc: number;
    ended: string | null;
  };
  people_invites: {
    invite_id: string;
    secret_hash: string;
    room_id: string;
    role: string;
    name: string;
    organisation_id: string;
    created_by: string;
    expires_utc: number;
    revoked: number;
    /** The guest it made when it was opened. */
    principal_id: string | null;
  };
  people_link_guests: {
    /** Also the id of the opening in the facts of the room. */
    principal_id: string;
    link_id: string;
    room_id: string;
    role: string;
    name: string;
    organisation_id: string;
    created_utc: number;
  };
  people_service_keys: {
    key_id: string;
    /** The system's name; several keys of one name are one principal, so that keys can be changed. */
    name: string;
    key_hash: string;
    created_utc: number;
    revoked: number;
  };
  people_signing_keys: {
    kid: string;
    public_key: string;
    private_key_sealed: string;
    created_utc: number;
    /** Until when it verifies; null for the key that signs. */
    retires_utc: number | null;
  };
  people_token_revocations: { principal_id: string; room_id: string; revoked_utc: number };
  people_throttle: { counter: string; failures: number; last_utc: number };
  people_revision: { one: number; value: number };
  people_changes: { revision: number; kind: string; subject: string; detail: string; utc: number };
  people_audit: {
    seq: number;
    utc: number;
    action: string;
    allowed: number;
    principal_id: string;
    room_id: string | null;
    details: string;
    previous: string;
    hash: string;
  };
}
export type PeopleDatabase = Database<PeopleTables>;
export type PeopleTransaction = Transaction<PeopleTables>;

/** The same words on SQLite and PostgreSQL: text, integer and bigint only. */
const FIRST = [
  `create table people_organisations (
    organisation_id text primary key, name text not null, kind text not null, disabled integer not null)`,
  `create table people_persons (
    principal_id text primary key, username text not null unique, name text not null,
    organisation_id text not null references people_organisations, roles text not null,
    password text not null, must_change integer not null, disabled integer not null)`,
  `create table people_known_addresses (
    principal_id text not null, address_hash text not null, seen_utc bigint not null,
    primary key (principal_id, address_hash))`,
  `create table people_units (
    unit_id text primary key, name text not null, name_key text not null unique,
    organisation_id text not null references people_organisations, disabled integer not null, room_id text)`,
  'create index people_units_organisation on people_units (organisation_id)',
  `create table people_devices (
    device_id text primary key, unit_id text not null references people_units, label text not null,
    role text not null, salt text not null, counter integer not null, revoked integer not null,
    seen_utc bigint not null)`,
  `create table people_enrolments (
    enrolment_id text primary key, handle text not null unique, unit_id text not null references people_units,
    role text not null, code_mac text not null, secret_hash text not null, expires_utc bigint not null,
    tries_left integer not null, used integer not null)`,
  `create table people_sessions (
    sid text primary key, secret_hash text not null unique, principal_id text not null,
    ends_utc bigint not null, ended text)`,
  'create index people_sessions_principal on people_sessions (principal_id)',
  `create table people_invites (
    invite_id text primary key, secret_hash text not null unique, room_id text not null, role text not null,
    name text not null, organisation_id text not null references people_organisations, created_by text not null,
    expires_utc bigint not null, revoked integer not null, principal_id text)`,
  'create index people_invites_principal on people_invites (principal_id)',
  `create table people_signing_keys (
    kid text primary key, public_key text not null, private_key_sealed text not null,
    created_utc bigint not null, retires_utc bigint)`,
  `create table people_token_revocations (
    principal_id text not null, room_id text not null, revoked_utc bigint not null,
    primary key (principal_id, room_id))`,
  `create table people_throttle (
    counter text primary key, failures integer not null, last_utc bigint not null)`,
  'create table people_revision (one integer primary key, value bigint not null)',
  'insert into people_revision (one, value) values (1, 0)',
  `create table people_changes (
    revision bigint primary key, kind text not null, subject text not null, detail text not null,
    utc bigint not null)`,
  `create table people_audit (
    seq bigint primary key, utc bigint not null, action text not null, allowed integer not null,
    principal_id text not null, room_id text, details text not null, previous text not null, hash text not null)`,
];

const LINKS_AND_SERVICES = [
  `create table people_link_guests (
    principal_id text primary key, link_id text not null, room_id text not null, role text not null,
    name text not null, organisation_id text not null references people_organisations, created_utc bigint not null)`,
  'create index people_link_guests_created on people_link_guests (created_utc)',
  `create table people_service_keys (
    key_id text primary key, name text not null, key_hash text not null unique, created_utc bigint not null,
    revoked integer not null)`,
];

export const PEOPLE_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'people, units, sessions, invites, keys, audit',
    async up(trx: Transaction<Record<never, never>>) {
      for (const statement of FIRST) await sql.raw(statement).execute(trx);
    },
  },
  {
    number: 2,
    name: 'audit by room and by person',
    async up(trx: Transaction<Record<never, never>>) {
      await sql.raw('create index people_audit_room on people_audit (room_id, seq)').execute(trx);
      await sql.raw('create index people_audit_person on people_audit (principal_id, seq)').execute(trx);
    },
  },
  {
    number: 3,
    name: 'guests of links, keys of services',
    async up(trx: Transaction<Record<never, never>>) {
      for (const statement of LINKS_AND_SERVICES) await sql.raw(statement).execute(trx);
    },
  },
];
