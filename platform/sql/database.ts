/**
 * One way into both engines (design section 3: "the same SQL as SQLite, through one query builder"). Ids are text,
 * moments are integer milliseconds, JSON is text, bytes are `bytea` (a name SQLite accepts too).
 */
import { mkdir, open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Dialect, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { AppError } from '../errors.ts';
import { createLogger, type Logger } from '../log.ts';
import { NodeSqliteDialect, whenNotBusy } from './sqlite-dialect.ts';

export type { Kysely, Transaction } from 'kysely';

/** Tables by name, as Kysely wants them. */
export type Tables = Record<string, Record<string, unknown>>;
export type Engine = 'sqlite' | 'postgres';

/** Deadlines towards a PostgreSQL server, in milliseconds: a commit that takes longer counts as "the store is away". */
const CONNECT_MS = 3000;
const STATEMENT_MS = 8000;
const QUERY_MS = 10_000;
/** A process that was stopped inside a transaction holds its locks no longer than this: less than others wait for them. */
const IDLE_IN_TRANSACTION_MS = 3000;
const POOL_SIZE = 10;

/**
 * An open database. Each part adds its own table types by `withTables` and its own tables by `migrate`; all of them
 * share the connection, and only who opened it closes it.
 */
export class Database<T = Record<never, never>> {
  readonly engine: Engine;
  /** The query builder, outside any transaction. */
  readonly query: Kysely<T>;

  readonly #release: () => void;

  /** @param release closes what Kysely leaves open when no query was ever made. */
  constructor(engine: Engine, query: Kysely<T>, release: () => void = () => undefined) {
    this.engine = engine;
    this.query = query;
    this.#release = release;
  }

  /** The same database, seen with the tables of one part. */
  withTables<U extends { [name in keyof U]: { [column in keyof U[name]]: unknown } }>() {
    return new Database(this.engine, this.query.$extendTables<U>(), this.#release);
  }

  /**
   * Runs `action` in one transaction: committed when it resolves, rolled back when it throws. On SQLite it holds the
   * write lock from the start (BEGIN IMMEDIATE), on PostgreSQL rows are locked as they are updated (READ COMMITTED).
   * Inside, use only the `trx` given: `query` would wait for this very transaction on SQLite. Keep it short and wait for
   * nothing but the database in it: on SQLite everybody else waits meanwhile.
   */
  transaction<R>(action: (trx: Transaction<T>) => Promise<R>): Promise<R> {
    return this.query.transaction().execute(action);
  }

  /** Closes every connection. Idempotent. */
  async close(): Promise<void> {
    await this.query.destroy();
    this.#release();
  }
}

/**
 * Opens `sqlite:/path/file.db`, `sqlite::memory:` or `postgres://…`. The file and its folder are made when missing, for
 * this user's eyes only. Throws `bad-database-url`; a server that is away shows at the first query.
 */
export async function openDatabase(
  url: string,
  log: Logger = createLogger('platform.sql'),
): Promise<Database> {
  if (/^postgres(?:ql)?:\/\//.test(url)) {
    return new Database('postgres', new Kysely<Record<never, never>>({ dialect: postgresDialect(url, log) }));
  }
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new AppError('bad-database-url', 'The database address is neither sqlite: nor postgres:.', {
      whatToDo: 'Use sqlite:/path/to/file.db, or postgres://user@host/database.',
    });
  }
  const db = await openSqlite(path);
  return new Database(
    'sqlite',
    new Kysely<Record<never, never>>({ dialect: new NodeSqliteDialect(async () => db) }),
    () => {
      if (db.isOpen) db.close();
    },
  );
}

/**
 * synchronous=FULL: in WAL mode only this syncs the log at each commit, and a fact is durable before it is told to
 * anyone (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
async function openSqlite(path: string): Promise<DatabaseSync> {
  if (path !== ':memory:') {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await (await openFile(path, 'a', 0o600)).close();
  }
  const db = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    await whenNotBusy(() => db.exec('pragma journal_mode = wal'));
    db.exec('pragma synchronous = full; pragma trusted_schema = off');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function postgresDialect(url: string, log: Logger): Dialect {
  const types = new pg.TypeOverrides();
  // Milliseconds and numbers fit a double exactly; the driver would give text for 64-bit integers.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: QUERY_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    application_name: 'goldenhour',
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => log.warn({ error }, 'an idle database connection was lost'));
  return new PostgresDialect({ pool });
}
