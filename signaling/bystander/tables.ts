/** Tables of what the site keeps for helpers at the scene: approvals of cards, volunteers, fixed codes at places. */
import { sql } from 'kysely';
import type { Database } from '../../platform/sql/database.ts';
import type { Migration } from '../../platform/sql/migrate.ts';

export interface SiteTables {
  guidance_approvals: { card_id: string; version: number; approver: string; approved_utc: number };
  volunteers: {
    volunteer_id: string;
    /** Name, number, language and position: personal data, so sealed. */
    sealed: string;
    /** Keyed hash of the number, so that nobody is registered twice. */
    phone_mac: string;
    positioned_utc: number;
  };
  places: {
    place_id: string;
    secret_hash: string;
    name: string;
    address: string;
    /** WGS-84 in degrees as JSON; null: not known. */
    point: string | null;
    kind: string;
    created_utc: number;
    revoked: number;
    /** The incident that was opened last, when, and how many there were. */
    room_id: string | null;
    opened_utc: number | null;
    incidents: number;
  };
  /** Checks of measuring compressions that kept the limits; `figures` is JSON. */
  cpr_checks: { checked_utc: number; version: number; figures: string };
  /** Checks of measuring lengths on pictures, in the same way. */
  measure_checks: { checked_utc: number; version: number; figures: string };
}
export type SiteDatabase = Database<SiteTables>;

/** The same words on SQLite and PostgreSQL: text, integer and bigint only. */
const FIRST = [
  `create table guidance_approvals (
    card_id text not null, version integer not null, approver text not null, approved_utc bigint not null,
    primary key (card_id, version))`,
  `create table volunteers (
    volunteer_id text primary key, sealed text not null, phone_mac text not null unique,
    positioned_utc bigint not null)`,
  `create table places (
    place_id text primary key, secret_hash text not null unique, name text not null, address text not null,
    point text, kind text not null, created_utc bigint not null, revoked integer not null,
    room_id text, opened_utc bigint, incidents integer not null)`,
];

export const SITE_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'approvals of guidance, volunteers, places',
    async up(trx) {
      for (const statement of FIRST) await sql.raw(statement).execute(trx);
    },
  },
  {
    number: 2,
    name: 'checks of measuring compressions',
    async up(trx) {
      const columns = 'checked_utc bigint primary key, version integer not null, figures text not null';
      await sql.raw(`create table cpr_checks (${columns})`).execute(trx);
    },
  },
  {
    number: 3,
    name: 'checks of measuring lengths',
    async up(trx) {
      const columns = 'checked_utc bigint primary key, version integer not null, figures text not null';
      await sql.raw(`create table measure_checks (${columns})`).execute(trx);
    },
  },
];
