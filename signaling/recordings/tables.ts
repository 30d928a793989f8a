/** Tables of the catalog of recordings, for SQLite and PostgreSQL alike. What people wrote or are called is sealed. */
import { sql } from 'kysely';
import type { Database } from '../../platform/sql/database.ts';
import type { Migration } from '../../platform/sql/migrate.ts';

export interface RecordingTables {
  recordings: {
    room_id: string;
    /** Media host whose recorder holds the package; null until one has told of it. */
    node_id: string | null;
    incident_id: string;
    drill: number;
    /** As in the contract; `none`: nothing of this room was recorded, and the row only says that its log was read. */
    state: string;
    title_sealed: string;
    /** JSON list of names. */
    people_sealed: string;
    /** JSON list of patients with their names. */
    patients_sealed: string;
    started_utc: number;
    /** When the room closed. */
    ended_utc: number | null;
    duration_ms: number;
    bytes: number;
    tracks: number;
    gaps: number;
    verified: number | null;
    /** Number of the last log entry that this row knows. */
    log_seq: number;
    retention_class: string;
    /** JSON of who holds it, why, since when. */
    hold_sealed: string | null;
    reviewed_sealed: string | null;
    reviewed_utc: number | null;
    /** A deletion under way, so that two processes do not run the same one. */
    destroying_utc: number | null;
  };
  recording_units: { room_id: string; unit_id: string };
  /** Organisations that took part, whose reviewers may look. */
  recording_organisations: { room_id: string; organisation_id: string };
  /** Keyed hashes of words: found by whoever knows a word, read by nobody. */
  recording_words: { kind: string; word: string; room_id: string };
  recording_reasons: {
    reason_id: string;
    room_id: string;
    principal_id: string;
    utc: number;
    sealed: string;
  };
  recording_visits: {
    visit_id: string;
    room_id: string;
    sid: string;
    principal_id: string;
    purpose: string;
    reason_id: string;
    expires_utc: number;
  };
  /** What is left of what was deleted. */
  recording_tombstones: {
    tombstone_id: string;
    room_id: string;
    utc: number;
    /** Who, or `system` for a rule. */
    by_id: string;
    reason_id: string | null;
    /** Name of the rule, such as `retention-short`; null when a person did it. */
    rule: string | null;
    /** Purposes, with commas. */
    purposes: string;
    root: string | null;
    manifest: string | null;
    files_removed: number;
  };
}
export type RecordingDatabase = Database<RecordingTables>;

const FIRST = [
  `create table recordings (
    room_id text primary key, node_id text, incident_id text not null, drill integer not null, state text not null,
    title_sealed text not null, people_sealed text not null, patients_sealed text not null,
    started_utc bigint not null, ended_utc bigint, duration_ms bigint not null, bytes bigint not null,
    tracks integer not null, gaps integer not null, verified integer, log_seq bigint not null,
    retention_class text not null, hold_sealed text, reviewed_sealed text, reviewed_utc bigint,
    destroying_utc bigint)`,
  'create index recordings_by_time on recordings (started_utc, room_id)',
  'create index recordings_by_incident on recordings (incident_id)',
  'create index recordings_by_class on recordings (retention_class, ended_utc)',
  `create table recording_units (
    room_id text not null references recordings, unit_id text not null, primary key (unit_id, room_id))`,
  'create index recording_units_room on recording_units (room_id)',
  `create table recording_organisations (
    room_id text not null references recordings, organisation_id text not null,
    primary key (organisation_id, room_id))`,
  'create index recording_organisations_room on recording_organisations (room_id)',
  `create table recording_words (
    kind text not null, word text not null, room_id text not null references recordings,
    primary key (kind, word, room_id))`,
  'create index recording_words_room on recording_words (room_id)',
  `create table recording_reasons (
    reason_id text primary key, room_id text not null, principal_id text not null, utc bigint not null,
    sealed text not null)`,
  `create table recording_visits (
    visit_id text primary key, room_id text not null, sid text not null, principal_id text not null,
    purpose text not null, reason_id text not null references recording_reasons, expires_utc bigint not null)`,
  'create index recording_visits_end on recording_visits (expires_utc)',
  `create table recording_tombstones (
    tombstone_id text primary key, room_id text not null references recordings, utc bigint not null,
    by_id text not null, reason_id text, rule text, purposes text not null, root text, manifest text,
    files_removed integer not null)`,
  'create index recording_tombstones_room on recording_tombstones (room_id)',
];

export const RECORDING_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'catalog, visits, reasons, tombstones',
    async up(trx) {
      for (const statement of FIRST) await sql.raw(statement).execute(trx);
    },
  },
];
