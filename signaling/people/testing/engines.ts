/** Runs one suite of tests over SQLite and over a real PostgreSQL, each test on an empty database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, type PostgresServer, startPostgres } from '../../../load-tests/servers/postgres.ts';
import { ManualClock } from '../../../platform/clock.ts';
import { createLogger } from '../../../platform/log.ts';
import { type Database, openDatabase } from '../../../platform/sql/database.ts';
import { openPeople, type People, type PeopleOptions } from '../people.ts';

export interface Process {
  readonly people: People;
  readonly database: Database;
}
export interface Bench {
  readonly clock: ManualClock;
  readonly first: Process;
  readonly people: People;
  /** Opens the same database once more, as another process would. */
  another(options?: Partial<PeopleOptions>): Promise<Process>;
}

/** Hashes that cost nothing. */
export const CHEAP = { cost: { memoryKiB: 8, passes: 1, log2N: 4 } };

/** @param suite is given a function that returns the bench of the running test */
export function onBothEngines(name: string, suite: (bench: () => Bench) => void): void {
  describe(`${name}, over SQLite`, () => {
    let folder: string;
    let files = 0;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gh-people-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));
    suite(benchOf(async () => `sqlite:${join(folder, `${files++}.db`)}`));
  });
  describe(`${name}, over PostgreSQL`, function () {
    this.timeout(60_000);
    let server: PostgresServer | undefined;
    let databases = 0;
    before(async function () {
      if ((await findPostgres()) === undefined) return this.skip();
      server = await startPostgres();
    });
    after(() => server?.close());
    suite(
      benchOf(async () => {
        if (!server) throw new Error('the server has not started');
        return server.createDatabase(`people${databases++}`);
      }),
    );
  });
}

function benchOf(fresh: () => Promise<string>): () => Bench {
  let bench: Bench | undefined;
  let processes: Process[] = [];
  beforeEach(async () => {
    const url = await fresh();
    const clock = new ManualClock();
    processes = [];
    const another = async (options: Partial<PeopleOptions> = {}) => {
      const database = await openDatabase(url);
      const opening = openPeople({
        database,
        masterKey: new Uint8Array(32).fill(9),
        publicOrigin: () => 'https://gh.example',
        clock,
        log: createLogger('test', {}, { level: 'silent' }),
        passwords: CHEAP,
        pollMs: 0,
        ...options,
      });
      const people = await opening.catch(async (error: unknown) => {
        await database.close();
        throw error;
      });
      const opened = { database, people };
      processes.push(opened);
      return opened;
    };
    const first = await another();
    bench = { clock, first, people: first.people, another };
  });
  afterEach(async () => {
    for (const { people, database } of processes.splice(0)) {
      await people.close();
      await database.close();
    }
    bench = undefined;
  });
  return () => {
    if (!bench) throw new Error('the bench exists inside a test only');
    return bench;
  };
}
