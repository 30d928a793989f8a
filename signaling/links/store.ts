/** Rows of links on the SQL database. */
import type { Clock } from '../../platform/clock.ts';
import { sha256 } from '../people/keyring.ts';
import type { LinkDatabase, LinkTables } from './tables.ts';

export type LinkRow = LinkTables['links'];

/** Rows are kept this long after their link could last be opened for the first time, in milliseconds. */
const KEEP_MS = 30 * 86_400_000;

export class LinkStore {
  readonly #db: LinkDatabase;
  readonly #clock: Clock;

  constructor(db: LinkDatabase, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Answers the row as it stands: of a repeated command, that of the first time. */
  async add(link: {
    linkId: string;
    secret: string;
    roomId: string;
    organisationId: string;
    lifetimeMs: number;
  }): Promise<LinkRow> {
    const now = this.#clock.now();
    await this.#db.query
      .insertInto('links')
      .values({
        link_id: link.linkId,
        secret_hash: sha256(link.secret),
        room_id: link.roomId,
        organisation_id: link.organisationId,
        created_utc: now,
        expires_utc: now + link.lifetimeMs,
        settled: 0,
        misused: 0,
      })
      .onConflict((conflict) => conflict.column('link_id').doNothing())
      .execute();
    return this.#db.query
      .selectFrom('links')
      .selectAll()
      .where('link_id', '=', link.linkId)
      .executeTakeFirstOrThrow();
  }

  find(linkId: string): Promise<LinkRow | undefined> {
    return this.#db.query.selectFrom('links').selectAll().where('link_id', '=', linkId).executeTakeFirst();
  }

  bySecret(secret: string): Promise<LinkRow | undefined> {
    return this.#db.query
      .selectFrom('links')
      .selectAll()
      .where('secret_hash', '=', sha256(secret))
      .executeTakeFirst();
  }

  /** A link that the room did not take: nobody can open it. */
  async remove(linkId: string): Promise<void> {
    await this.#db.query.deleteFrom('links').where('link_id', '=', linkId).execute();
  }

  unsettled(): Promise<LinkRow[]> {
    return this.#db.query.selectFrom('links').selectAll().where('settled', '=', 0).execute();
  }

  async settle(linkId: string): Promise<void> {
    await this.#db.query.updateTable('links').set({ settled: 1 }).where('link_id', '=', linkId).execute();
  }

  /** Counts one misuse and answers how many there were with it. */
  async countMisuse(linkId: string): Promise<number> {
    const row = await this.#db.query
      .updateTable('links')
      .set((eb) => ({ misused: eb('misused', '+', 1) }))
      .where('link_id', '=', linkId)
      .returning('misused')
      .executeTakeFirst();
    return row?.misused ?? 0;
  }

  /** Removes what nobody can open any more. */
  async clean(): Promise<void> {
    await this.#db.query
      .deleteFrom('links')
      .where('settled', '=', 1)
      .where('expires_utc', '<', this.#clock.now() - KEEP_MS)
      .execute();
  }
}
