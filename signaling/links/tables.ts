/** The table of links: what finds a link by its secret. Everything else about it stands in the facts of its room. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../platform/sql/database.ts';
import { type Migration, migrate } from '../../platform/sql/migrate.ts';

export interface LinkTables {
  links: {
    link_id: string;
    /** SHA-256 of the secret; the secret itself is stored nowhere. */
    secret_hash: string;
    room_id: string;
    organisation_id: string;
    created_utc: number;
    /** Until when it may be opened for the first time, UTC milliseconds. */
    expires_utc: number;
    /** 1 once nobody needs to look whether it was opened in time. */
    settled: number;
    /** How often it was used after its end or in too many browsers. */
    misused: number;
  };
}
export type LinkDatabase = Database<LinkTables>;

/** The same words on SQLite and PostgreSQL: text, integer and bigint only. */
const FIRST = [
  `create table links (
    link_id text primary key, secret_hash text not null unique, room_id text not null,
    organisation_id text not null, created_utc bigint not null, expires_utc bigint not null,
    settled integer not null, misused integer not null)`,
  'create index links_settled on links (settled, expires_utc)',
];

const LINK_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'links to phones',
    async up(trx: Transaction<Record<never, never>>) {
      for (const statement of FIRST) await sql.raw(statement).execute(trx);
    },
  },
];

/** Brings the table up to date and answers the database with its type. */
export async function openLinkTables(database: Database): Promise<LinkDatabase> {
  await migrate(database, 'links', LINK_MIGRATIONS);
  return database.withTables<LinkTables>();
}
