import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';

describe('answers for programs', () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'answer-test-'));
  });
  after(() => rm(dataDir, { recursive: true, force: true }));

  async function json(...args: string[]) {
    const program = join(import.meta.dirname, 'goldenhour');
    const given = [program, ...args, '--json', '--dataDir', dataDir];
    const { code, stdout, tail } = await runProgram(process.execPath, given, { deadlineMs: 60_000 });
    assert.equal(code, 0, tail);
    return JSON.parse(stdout);
  }

  it('say with --json what they print for people', async function () {
    this.timeout(60_000);
    await runProgram(process.execPath, [
      join(import.meta.dirname, 'goldenhour'),
      ...['organisation', 'add', 'City', '--kind', 'unit-operator', '--dataDir', dataDir],
    ]);
    const person = ['--name', 'Crew', '--organisation', 'City', '--roles', 'crew'];
    const added = await json('user', 'add', 'crew1', ...person);
    assert.match(added.password, /^[a-z2-9-]{23}$/);
    const { password: _password, ...record } = added;
    assert.deepEqual(await json('user', 'list'), { people: [record] });
    const unit = await json('unit', 'add', 'A 1', '--organisation', 'City');
    assert.deepEqual(await json('unit', 'list'), { units: [unit] });
    const enrolment = await json('unit', 'enrol', 'a1', '--role', 'wearer');
    assert.deepEqual([enrolment.unitId, enrolment.role], [unit.unitId, 'wearer']);
    assert.match(enrolment.address, /\/enrol#[A-Za-z0-9_-]{22}$/);
    assert.deepEqual(await json('unit', 'devices', 'A 1'), { devices: [] });
  });
});
