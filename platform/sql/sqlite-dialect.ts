/**
 * A Kysely dialect over Node's own `node:sqlite`. Kysely's SqliteDialect hands parameters over as one array, which that
 * module takes for named parameters ("Unknown named parameter"), and asks statements for `reader`, which it lacks.
 *
 * One connection per process; Kysely's mutex (the adapter says `supportsMultipleConnections: false`) makes it one
 * queue for everything, so a transaction never sees another one half done. Other processes are kept out by BEGIN IMMEDIATE.
 * A locked file is waited for without blocking the event loop: a busy handler inside SQLite would stop the very
 * process that may hold the lock on another connection. Several processes that must survive each other's standstill need
 * PostgreSQL: a process stopped inside a transaction keeps SQLite's lock until it goes on or dies.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { AppError } from '../errors.ts';
import { isBusy, storeUnavailable } from './store-errors.ts';

/** How long a write waits for another process's transaction, in milliseconds. */
const BUSY_DEADLINE_MS = 5000;
const BUSY_PAUSE_MS = 4;

export class NodeSqliteDialect implements Dialect {
  readonly #open: () => Promise<DatabaseSync>;

  /** @param open opens the file when the first query comes; it is closed by `Kysely.destroy`. */
  constructor(open: () => Promise<DatabaseSync>) {
    this.#open = open;
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#open);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(query: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(query);
  }
}

class NodeSqliteDriver implements Driver {
  readonly #open: () => Promise<DatabaseSync>;
  #connection: NodeSqliteConnection | undefined;

  constructor(open: () => Promise<DatabaseSync>) {
    this.#open = open;
  }

  async init(): Promise<void> {
    this.#connection = new NodeSqliteConnection(await this.#open());
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#live();
  }

  async beginTransaction(): Promise<void> {
    await this.#live().run('begin immediate');
  }

  async commitTransaction(): Promise<void> {
    await this.#live().run('commit');
  }

  async rollbackTransaction(): Promise<void> {
    await this.#live().rollback();
  }

  async releaseConnection(): Promise<void> {
    // The one connection stays; Kysely's mutex lets the next query in.
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #live(): NodeSqliteConnection {
    if (this.#connection) return this.#connection;
    throw new AppError('closed', 'The database is closed.', { status: 503 });
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters.map(toSqlite);
    return whenNotBusy(() => this.#execute<R>(query.sql, parameters));
  }

  // biome-ignore lint/correctness/useYield: streaming is part of Kysely's interface; nothing here reads that much.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new AppError('internal', 'Streaming of queries is not offered by this store; read in pages.');
  }

  run(sql: string): Promise<void> {
    return whenNotBusy(() => this.#db.exec(sql));
  }

  /** SQLite rolls back by itself after some failures (a full disk); a second rollback would then hide the first error. */
  async rollback(): Promise<void> {
    if (this.#db.isTransaction) this.#db.exec('rollback');
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #execute<R>(sql: string, parameters: SQLInputValue[]): QueryResult<R> {
    const statement = this.#db.prepare(sql);
    if (statement.columns().length > 0) {
      // Rows come without a prototype; copies are plain objects like those of every other driver.
      const rows = statement.all(...parameters).map((row) => ({ ...row }));
      return { rows: asRows<R>(rows) };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }
}

/**
 * The one place where the type of rows is taken on trust: Kysely infers it from the table types, as it does for
 * every other driver, and the statement cannot tell.
 */
function asRows<R>(rows: unknown[]): R[] {
  const isRows = (_: unknown[]): _ is R[] => true;
  return isRows(rows) ? rows : [];
}

function toSqlite(value: unknown): SQLInputValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  throw new AppError('internal', `A ${typeof value} cannot be stored; keep to text, numbers and bytes.`);
}

/** Repeats `action` while another connection holds the write lock; throws `store-unavailable` after 5 s. */
export async function whenNotBusy<T>(action: () => T, deadlineMs = BUSY_DEADLINE_MS): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > end) throw storeUnavailable(error);
    }
    await delay(BUSY_PAUSE_MS);
  }
}
