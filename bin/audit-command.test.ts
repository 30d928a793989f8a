import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { runProgram } from '../platform/setup/run-program.ts';
import { openDatabase } from '../platform/sql/database.ts';
import { readMasterKey } from '../signaling/people/keyring.ts';
import { openReasons } from '../signaling/recordings/reasons.ts';
import { withPeople } from './with-people.ts';

const program = join(import.meta.dirname, 'goldenhour');

describe('goldenhour audit', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'audit-command-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const goldenhour = (...args: string[]) =>
    runProgram(process.execPath, [program, 'audit', ...args, '--dataDir', dataDir], { deadlineMs: 60_000 });

  /** Writes one look at a recording and returns the address of the database. */
  const look = () =>
    withPeople(['--dataDir', dataDir], async ({ people, config }) => {
      const database = await openDatabase(config.database.url);
      try {
        const reasons = await openReasons(database, await readMasterKey(config.dataDir));
        const reasonId = await reasons.keep('room-1', 'p1', 'a complaint of the family');
        const details = { reasonId };
        await people.audit.write({
          ...{ action: 'recording.open', allowed: true, principalId: 'p1', roomId: 'room-1', details },
        });
      } finally {
        await database.close();
      }
      return config.database.url;
    });

  it('lists what was done with the reasons that were given, and notes that it was read', async () => {
    await look();
    const listed = await goldenhour('--room', 'room-1');
    assert.match(listed.stdout, /recording\.open +p1 +room-1 +a complaint of the family/);
    const { stdout } = await goldenhour('--json');
    const { entries } = JSON.parse(stdout);
    assert.deepEqual(
      entries.map(({ action }: { action: string }) => action),
      ['audit.read', 'audit.read', 'recording.open'],
    );
    assert.notEqual((await goldenhour('--limit', '0')).code, 0);
  });

  it('says whether the chain holds, also by its exit code', async () => {
    const url = await look();
    const whole = await goldenhour('--check');
    assert.deepEqual([whole.code, /^The chain holds/.test(whole.stdout)], [0, true]);
    const database = await openDatabase(url);
    await sql`update people_audit set principal_id = 'p2' where seq = 1`.execute(database.query);
    await database.close();
    const broken = await goldenhour('--check');
    assert.deepEqual(
      [broken.code, broken.stdout],
      [1, 'The chain is broken at row 1: it was changed, removed or moved.\n'],
    );
  });
});
