/**
 * How other processes learn within two seconds what was changed here: numbered rows beside the change, read again and
 * again. The number comes from one counter row that a transaction holds until it commits, so that no number appears
 * behind a higher one (a database sequence would let that happen).
 */
import type { Logger } from '../../platform/log.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import type { PeopleDatabase, PeopleTransaction } from './tables.ts';

/**
 * `session`: one ended (detail: why). `principal`: name, roles or organisation changed. `organisation`: the same for
 * all of its people. `token`: tokens of a principal revoked (detail: `room utc`). `keys`: a signing key was made.
 */
export type ChangeKind = 'session' | 'principal' | 'organisation' | 'token' | 'keys';
export interface Change {
  readonly kind: ChangeKind;
  /** Id of what changed. */
  readonly subject: string;
  readonly detail?: string;
}
type Listener = (subject: string, detail: string) => Promise<void> | void;

const KEEP_MS = 3_600_000;

export class Changes {
  readonly #db: PeopleDatabase;
  readonly #log: Logger;
  readonly #queue = new SerialQueue('changes of people');
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #lostListeners = new Set<() => Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #last: number;
  #away = false;

  private constructor(db: PeopleDatabase, log: Logger, last: number) {
    this.#db = db;
    this.#log = log;
    this.#last = last;
  }

  /** @param pollMs how often other processes' changes are looked for; 0 leaves it to `catchUp`. */
  static async open(db: PeopleDatabase, log: Logger, pollMs: number): Promise<Changes> {
    const { value } = await db.query.selectFrom('people_revision').select('value').executeTakeFirstOrThrow();
    const changes = new Changes(db, log, value);
    if (pollMs > 0) {
      changes.#timer = setInterval(() => {
        // A slow database must not pile up polls behind one another.
        if (changes.#queue.length === 0) void changes.#pollQuietly();
      }, pollMs);
      changes.#timer.unref();
    }
    return changes;
  }

  /** Calls back for each change, made here or elsewhere, in order. */
  on(kind: ChangeKind, listener: Listener): void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener));
  }

  /** Calls back when changes were removed before they were read here, as after an hour of sleep: read everything anew. */
  onLost(listener: () => Promise<void>): void {
    this.#lostListeners.add(listener);
  }

  /** Writes a change in the transaction that makes it; call `catchUp` after the commit. */
  async record(trx: PeopleTransaction, change: Change, utc: number): Promise<void> {
    const { value } = await trx
      .updateTable('people_revision')
      .set((eb) => ({ value: eb('value', '+', 1) }))
      .returning('value')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('people_changes')
      .values({
        revision: value,
        kind: change.kind,
        subject: change.subject,
        detail: change.detail ?? '',
        utc,
      })
      .execute();
    await trx
      .deleteFrom('people_changes')
      .where('utc', '<', utc - KEEP_MS)
      .execute();
  }

  /** Runs `action` and the record of its changes in one transaction, and applies them here before it returns. */
  async commit<R>(
    utc: number,
    action: (trx: PeopleTransaction) => Promise<{ result: R; changes: readonly Change[] }>,
  ): Promise<R> {
    const result = await this.#db.transaction(async (trx) => {
      const done = await action(trx);
      for (const change of done.changes) await this.record(trx, change, utc);
      return done.result;
    });
    await this.catchUp();
    return result;
  }

  /** Applies everything that is committed by now. */
  catchUp(): Promise<void> {
    return this.#queue.push('catch up', async () => {
      const rows = await this.#db.query
        .selectFrom('people_changes')
        .select(['revision', 'kind', 'subject', 'detail'])
        .where('revision', '>', this.#last)
        .orderBy('revision')
        .execute();
      const [first] = rows;
      if (first && first.revision > this.#last + 1) {
        for (const listener of this.#lostListeners) await listener();
      }
      for (const row of rows) {
        for (const listener of this.#listeners.get(row.kind) ?? []) await listener(row.subject, row.detail);
        this.#last = row.revision;
      }
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#queue.close();
    this.#listeners.clear();
    this.#lostListeners.clear();
  }

  async #pollQuietly(): Promise<void> {
    try {
      await this.catchUp();
      if (this.#away) this.#log.info('the database answers again');
      this.#away = false;
    } catch (error) {
      if (this.#queue.closed) return;
      // Sessions go on from the cache: a call must not end because the database is away.
      if (!this.#away) this.#log.warn({ error }, 'changes of people cannot be read');
      this.#away = true;
    }
  }
}
