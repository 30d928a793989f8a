import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { withPeople } from './with-people.ts';

const program = join(import.meta.dirname, 'goldenhour');

describe('the commands about people', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'people-commands-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  async function goldenhour(...args: string[]): Promise<string> {
    const { code, stdout, tail } = await runProgram(
      process.execPath,
      [program, ...args, '--dataDir', dataDir],
      {
        deadlineMs: 60_000,
      },
    );
    assert.equal(code, 0, tail);
    return stdout;
  }

  async function refused(...args: string[]): Promise<string> {
    const { code, tail } = await runProgram(process.execPath, [program, ...args, '--dataDir', dataDir]);
    assert.notEqual(code, 0, tail);
    return tail;
  }

  it('add a person who can sign in with the printed password, until disabled', async () => {
    await goldenhour('organisation', 'add', 'City Hospital', '--kind', 'hospital');
    const user = [
      '--name',
      'Dr Wang',
      '--organisation',
      'City Hospital',
      '--roles',
      'specialist,coordinator',
    ];
    const added = await goldenhour('user', 'add', 'wang', ...user);
    const password = /with the password (\S+)\n$/.exec(added)?.[1] ?? '';
    const signIn = () =>
      withPeople(['--dataDir', dataDir], ({ people }) =>
        people.signIn.withPassword({ username: 'wang', password }, '10.0.0.1'),
      );
    assert.equal((await signIn()).session.principal.organisationName, 'City Hospital');
    assert.match(
      await goldenhour('user', 'list'),
      /^wang +Dr Wang +City Hospital +specialist,coordinator +active$/m,
    );
    await goldenhour('user', 'change', 'wang', '--roles', 'reviewer');
    await goldenhour('user', 'disable', 'wang');
    assert.match(await goldenhour('user', 'list'), /^wang +Dr Wang +City Hospital +reviewer +disabled$/m);
    await assert.rejects(signIn());
    const actions = await withPeople(['--dataDir', dataDir], async ({ people }) =>
      (await people.audit.list({ limit: 20 })).map(({ action }) => action),
    );
    for (const action of ['organisation.add', 'person.add', 'person.change', 'person.disable']) {
      assert.ok(actions.includes(action), `${action} is not in the audit: ${actions}`);
    }
  });

  it('add a unit and print a code that enrols one device', async () => {
    await goldenhour('organisation', 'add', 'Rescue', '--kind', 'unit-operator');
    await goldenhour('unit', 'add', 'A 12', '--organisation', 'Rescue');
    const printed = await goldenhour('unit', 'enrol', 'a12');
    const code = /and type ([A-Z]{2}\d{6})\n/.exec(printed)?.[1] ?? '';
    assert.match(printed, /▀/, 'there is no QR code');
    assert.match(printed, /\/enrol#[\w-]{22}\n/);
    const { session } = await withPeople(['--dataDir', dataDir], ({ people }) =>
      people.devices.enrol(code, 'Front tablet'),
    );
    const line = (await goldenhour('unit', 'devices', 'A12')).split('\n')[1] ?? '';
    assert.match(line, /^Front tablet +crew +active/);
    await goldenhour('unit', 'revoke', session.principal.principalId);
    assert.match(await goldenhour('unit', 'devices', 'A12'), /^Front tablet +crew +revoked/m);
  });

  it('say what is wrong and what there is', async () => {
    assert.match(await refused('user', 'add', 'x'), /needs --name, --organisation and --roles/);
    assert.match(
      await refused('user', 'add', 'x', '--name', 'X', '--organisation', 'No', '--roles', 'king'),
      /not a role/,
    );
    assert.match(
      await refused('user', 'add', 'x', '--name', 'X', '--organisation', 'No', '--roles', 'crew'),
      /no organisation "No"/,
    );
    assert.match(await refused('user', 'disable', 'nobody'), /no user "nobody"/);
    assert.match(await refused('unit', 'enrol', 'nobody'), /no unit "nobody"/);
    assert.match(await refused('organisation', 'add', 'X', '--kind', 'shop'), /--kind is one of centre/);
  });

  it('make keys of services that are shown once, listed without, and revoked by name or id', async () => {
    const first = (await goldenhour('service', 'add', 'cad')).trim();
    assert.match(first, /^ghs_[A-Za-z0-9_-]{43}$/);
    const second = (await goldenhour('service', 'add', 'cad')).trim();
    const list = await goldenhour('service', 'list');
    assert.ok(!list.includes(first));
    const [keyId = ''] = /\S+$/m.exec(list.split('\n')[1] ?? '') ?? [];
    assert.equal(await goldenhour('service', 'revoke', keyId), '1 key is revoked.\n');
    await withPeople(['--dataDir', dataDir], async ({ people }) => {
      const known = await people.services.authenticate(`Bearer ${second}`, '10.0.0.1');
      assert.deepEqual(known, { name: 'cad', principalId: 'service-cad' });
      await assert.rejects(people.services.authenticate(`Bearer ${first}`, '10.0.0.1'), {
        code: 'unauthenticated',
      });
    });
    await goldenhour('service', 'revoke', 'cad');
    assert.match(await refused('service', 'revoke', 'cad'), /No key/);
    assert.match(await refused('service', 'add', 'Not a name'), /lower-case/);
  });
});
