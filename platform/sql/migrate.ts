/** Numbered migrations: each part brings its own list and only ever adds to its end. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { AppError } from '../errors.ts';
import type { Database } from './database.ts';

export interface Migration {
  /** 1, 2, 3 … without holes; a number that was released never changes its meaning. */
  readonly number: number;
  readonly name: string;
  /** Written for both engines: `sql` or the schema builder with text, bigint, bytea. */
  up(trx: Transaction<Record<never, never>>): Promise<void>;
}

interface MigrationTables {
  goldenhour_migrations: { part: string; number: number; name: string; applied_utc: number };
}

/** Any fixed number: it names the lock that two starting processes compete for on PostgreSQL. */
const ADVISORY_LOCK = 7_204_112_900;

/**
 * Brings the tables of one part up to date, all missing steps in one transaction. Two processes that start at once
 * take turns. Throws `database-newer` when a newer version of the program has been here, since going on would
 * misread its tables. Returns the names that were applied.
 */
export async function migrate(
  database: Database,
  part: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  assertNumbered(part, migrations);
  return database.withTables<MigrationTables>().transaction(async (trx) => {
    if (database.engine === 'postgres')
      await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(trx);
    await createTable(trx);
    const rows = await trx
      .selectFrom('goldenhour_migrations')
      .select(['number', 'name'])
      .where('part', '=', part)
      .orderBy('number')
      .execute();
    assertKnown(part, rows, migrations);
    const missing = migrations.slice(rows.length);
    for (const migration of missing) {
      await migration.up(trx.$omitTables<'goldenhour_migrations'>());
      await trx
        .insertInto('goldenhour_migrations')
        .values({ part, number: migration.number, name: migration.name, applied_utc: Date.now() })
        .execute();
    }
    return missing.map((migration) => migration.name);
  });
}

async function createTable(query: Kysely<MigrationTables>): Promise<void> {
  await query.schema
    .createTable('goldenhour_migrations')
    .ifNotExists()
    .addColumn('part', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('applied_utc', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('goldenhour_migrations_key', ['part', 'number'])
    .execute();
}

function assertNumbered(part: string, migrations: readonly Migration[]): void {
  const wrong = migrations.find((migration, index) => migration.number !== index + 1);
  if (wrong) {
    throw new AppError('internal', `Migration ${wrong.number} of ${part} is out of order.`, {
      whatToDo: 'Number migrations 1, 2, 3 … and add new ones at the end.',
    });
  }
}

function assertKnown(
  part: string,
  applied: readonly { number: number; name: string }[],
  migrations: readonly Migration[],
): void {
  const foreign = applied.find((row, index) => migrations[index]?.name !== row.name);
  if (foreign) {
    throw new AppError(
      'database-newer',
      `The database holds step ${foreign.number} of ${part}, unknown here.`,
      {
        whatToDo: 'Start the version of GoldenHour that made this database, or a newer one.',
        details: { part, number: foreign.number, name: foreign.name },
      },
    );
  }
}
