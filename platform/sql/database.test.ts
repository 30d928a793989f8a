import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { findPostgres, type PostgresServer, startPostgres } from '../../load-tests/servers/postgres.ts';
import { isAppError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { type Database, openDatabase } from './database.ts';
import { type Migration, migrate } from './migrate.ts';
import { isStoreAway, isUniqueViolation } from './store-errors.ts';

interface Tables {
  thing: { id: string; utc: number; body: Uint8Array | null };
}

const migrations: Migration[] = [
  {
    number: 1,
    name: 'things',
    async up(trx) {
      await trx.schema
        .createTable('thing')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('utc', 'bigint', (column) => column.notNull())
        .addColumn('body', 'bytea')
        .execute();
    },
  },
];

/** What both engines must do alike. `fresh` answers the address of an empty database. */
function contract(name: string, fresh: () => Promise<string>): void {
  describe(name, () => {
    let url: string;
    let root: Database;
    beforeEach(async () => {
      url = await fresh();
      root = await openDatabase(url);
    });
    afterEach(() => root.close());

    it('gives back text, milliseconds as numbers, and bytes', async () => {
      await migrate(root, 'things', migrations);
      const db = root.withTables<Tables>();
      const row = { id: 'a', utc: 1_790_000_000_123, body: Buffer.from([0, 255, 7]) };
      await db.query.insertInto('thing').values(row).execute();
      const back = await db.query.selectFrom('thing').selectAll().executeTakeFirstOrThrow();
      assert.deepEqual({ ...back, body: Buffer.from(back.body ?? []) }, row);
    });

    it('rolls the whole transaction back when its action throws', async () => {
      await migrate(root, 'things', migrations);
      const db = root.withTables<Tables>();
      await assert.rejects(
        db.transaction(async (trx) => {
          await trx.insertInto('thing').values({ id: 'a', utc: 1, body: null }).execute();
          throw new Error('no');
        }),
        /no/,
      );
      assert.deepEqual(await db.query.selectFrom('thing').select('id').execute(), []);
    });

    it('tells a repeated key from a store that is away', async () => {
      await migrate(root, 'things', migrations);
      const db = root.withTables<Tables>();
      const insert = () => db.query.insertInto('thing').values({ id: 'a', utc: 1, body: null }).execute();
      await insert();
      await assert.rejects(insert, (error) => isUniqueViolation(error) && !isStoreAway(error));
    });

    it('counts the rows a conditional update changed', async () => {
      await migrate(root, 'things', migrations);
      const db = root.withTables<Tables>();
      await db.query.insertInto('thing').values({ id: 'a', utc: 1, body: null }).execute();
      const change = (id: string) =>
        db.query.updateTable('thing').set({ utc: 2 }).where('id', '=', id).executeTakeFirstOrThrow();
      assert.equal((await change('a')).numUpdatedRows, 1n);
      assert.equal((await change('b')).numUpdatedRows, 0n);
    });

    it('lets two starting processes migrate at once, each step applied once', async () => {
      const other = await openDatabase(url);
      try {
        const applied = await Promise.all([root, other].map((db) => migrate(db, 'things', migrations)));
        assert.deepEqual(applied.flat(), ['things']);
      } finally {
        await other.close();
      }
    });

    it('refuses to work on tables of a newer program', async () => {
      await migrate(root, 'things', migrations);
      await assert.rejects(migrate(root, 'things', []), (error) => isAppError(error, 'database-newer'));
    });

    it('serialises read-then-write transactions of two connections without losing one', async () => {
      await migrate(root, 'things', migrations);
      const other = await openDatabase(url);
      const count = async (database: Database) => {
        const db = database.withTables<Tables>();
        for (let step = 0; step < 15; step++) {
          await db.transaction(async (trx) => {
            await trx
              .updateTable('thing')
              .set((eb) => ({ utc: eb('utc', '+', 1) }))
              .where('id', '=', 'a')
              .execute();
          });
        }
      };
      try {
        const db = root.withTables<Tables>();
        await db.query.insertInto('thing').values({ id: 'a', utc: 0, body: null }).execute();
        await Promise.all([count(root), count(other)]);
        assert.equal((await db.query.selectFrom('thing').select('utc').executeTakeFirstOrThrow()).utc, 30);
      } finally {
        await other.close();
      }
    });
  });
}

describe('database', () => {
  let folder: string;
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gh-sql-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  contract('over SQLite', async () => `sqlite:${join(folder, `${files++}.db`)}`);

  it('keeps the SQLite file for its own user and syncs every commit', async () => {
    const path = join(folder, 'private', 'own.db');
    const db = await openDatabase(`sqlite:${path}`);
    try {
      await migrate(db, 'things', migrations);
      assert.equal((await stat(path)).mode & 0o077, 0);
      const { rows } = await sql`pragma synchronous`.execute(db.query);
      assert.deepEqual(rows, [{ synchronous: 2 }]);
    } finally {
      await db.close();
    }
  });

  it('leaves nothing open, also when no query was made', async () => {
    const path = join(folder, 'unused.db');
    const db = await openDatabase(`sqlite:${path}`);
    await db.close();
    await db.close();
    const open = await readdir('/proc/self/fd');
    const files = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    assert.ok(!files.includes(path));
  });

  it('refuses an address it does not know', async () => {
    await assert.rejects(openDatabase('mysql://x'), (error) => isAppError(error, 'bad-database-url'));
  });

  it('says that a server which is not there is away', async () => {
    const db = await openDatabase(`postgres://nobody@/none?host=${encodeURIComponent(folder)}`);
    try {
      await assert.rejects(migrate(db, 'things', migrations), isStoreAway);
    } finally {
      await db.close();
    }
  });
});

describe('database over a real PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer | undefined;
  let databases = 0;
  before(async function () {
    if ((await findPostgres()) === undefined) return this.skip();
    server = await startPostgres();
  });
  after(() => server?.close());

  contract('PostgreSQL', async () => {
    assert.ok(server);
    return server.createDatabase(`d${databases++}`);
  });

  it('knows a server that was stopped, and uses it again when it is back', async () => {
    assert.ok(server);
    const db = await openDatabase(
      await server.createDatabase('restart'),
      createLogger('test', {}, { level: 'silent' }),
    );
    try {
      await migrate(db, 'things', migrations);
      await server.stop();
      await assert.rejects(migrate(db, 'things', migrations), isStoreAway);
      await server.start();
      assert.deepEqual(await migrate(db, 'things', migrations), []);
    } finally {
      await db.close();
    }
  });
});
