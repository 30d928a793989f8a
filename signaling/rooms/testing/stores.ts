/** Real stores for tests: each a new database, SQLite in a file or a PostgreSQL server of the test's own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, startPostgres } from '../../../load-tests/servers/postgres.ts';
import { createLogger } from '../../../platform/log.ts';

/** Databases by address, so that two processes can be played on one of them. */
export interface TestDatabases {
  /** The address of a new, empty database. */
  fresh(): Promise<string>;
  /** A new, empty folder beside it. */
  folder(): Promise<string>;
  close(): Promise<void>;
}

export async function sqliteDatabases(): Promise<TestDatabases> {
  const root = await mkdtemp(join(tmpdir(), 'gh-rooms-'));
  let made = 0;
  return {
    fresh: async () => `sqlite:${join(root, `rooms-${made++}.db`)}`,
    folder: () => mkdtemp(join(root, 'spill-')),
    close: () => rm(root, { recursive: true, force: true }),
  };
}

/** Undefined where PostgreSQL is not installed: its tests are then named as not run. */
export async function postgresDatabases(): Promise<TestDatabases | undefined> {
  if ((await findPostgres()) === undefined) return undefined;
  const server = await startPostgres();
  const files = await sqliteDatabases();
  let made = 0;
  return {
    fresh: () => server.createDatabase(`rooms_${made++}`),
    folder: files.folder,
    close: async () => {
      await server.close();
      await files.close();
    },
  };
}

export const TEST_MASTER_KEY = randomBytes(32);
export const quiet = createLogger('test', {}, { level: 'silent' });
