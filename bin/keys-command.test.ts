import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';

const program = join(import.meta.dirname, 'goldenhour');
const main = join(import.meta.dirname, '..', 'main.ts');

describe('the command about the master key', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'keys-command-test-'));
  });
  after(() => rm(dataDir, { recursive: true, force: true }));

  const goldenhour = (command: string) =>
    runProgram(process.execPath, [program, ...command.split(' '), '--dataDir', dataDir], {
      deadlineMs: 60_000,
    });

  it('refuses a start in production until the copy of the very key is confirmed', async () => {
    const start = await runProgram(process.execPath, [main, '--dataDir', dataDir, '--http.port', '0'], {
      deadlineMs: 60_000,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    assert.notEqual(start.code, 0);
    assert.match(start.tail, /key-copy-missing/);
    const [fingerprint = ''] = /keys confirm ([0-9a-f-]+)/.exec(start.tail)?.slice(1) ?? [];
    const shown = await goldenhour('keys');
    assert.match(shown.stdout, /No copy is confirmed/);
    assert.ok(shown.stdout.includes(fingerprint) && fingerprint.length === 19);
    const wrong = await goldenhour('keys confirm 0000-0000-0000-0000');
    assert.match(wrong.tail, /key-copy-differs/);
    assert.equal((await goldenhour(`keys confirm ${fingerprint}`)).code, 0);
    const { copyConfirmed } = JSON.parse((await goldenhour('keys --json')).stdout);
    assert.equal(copyConfirmed, true);
  });

  it('is not understood with other words', async () => {
    assert.match((await goldenhour('keys burn')).tail, /goldenhour keys --help/);
  });
});
