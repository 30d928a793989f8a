import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { parsePoint, withSite } from './with-site.ts';

const program = join(import.meta.dirname, 'goldenhour');

describe('the commands about helpers at the scene', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(120_000);

  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'site-commands-test-'));
  });
  after(() => rm(dataDir, { recursive: true, force: true }));

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runProgram(process.execPath, [program, ...args, '--dataDir', dataDir], {
      deadlineMs: 60_000,
      env: { ...process.env, ...env },
    });
  async function goldenhour(...args: string[]): Promise<string> {
    const { code, stdout, tail } = await run(args);
    assert.equal(code, 0, tail);
    return stdout;
  }
  async function refused(...args: string[]): Promise<string> {
    const { code, tail } = await run(args);
    assert.notEqual(code, 0, tail);
    return tail;
  }
  const site = <T>(action: Parameters<typeof withSite<T>>[1]) => withSite(['--dataDir', dataDir], action);

  it('approve a card by name, list it, and take the approval back', async () => {
    assert.match(await goldenhour('guidance', 'list'), /^aed +1 +not approved/m);
    assert.match(
      await goldenhour('guidance', 'approve', 'aed', '--by', 'Dr Li'),
      /Version 1 of aed is approved/,
    );
    assert.match(await goldenhour('guidance', 'list'), /^aed +1 +Dr Li, \d{4}-\d{2}-\d{2} +AHA 2025/m);
    const { stdout } = await run(['guidance', 'list', '--json'], { NODE_ENV: 'production' });
    const { cards } = JSON.parse(stdout);
    const pushable = cards.filter((card: { pushable: boolean }) => card.pushable);
    assert.deepEqual(
      pushable.map((card: { cardId: string }) => card.cardId),
      ['aed'],
    );
    await goldenhour('guidance', 'withdraw', 'aed');
    assert.match(await goldenhour('guidance', 'list'), /^aed +1 +not approved/m);
    assert.match(await refused('guidance', 'approve', 'aed'), /--by/);
    assert.match(await refused('guidance', 'approve', 'nonsense', '--by', 'x'), /no card "nonsense"/);
  });

  it('register a volunteer once by number, list and remove them', async () => {
    const add = ['volunteer', 'add', '--name', 'Zhao Min', '--phone', '+86 138-0013-8000'];
    const added = await goldenhour(...add, '--near', '39.9,116.4', '--json');
    const { volunteerId } = JSON.parse(added);
    assert.match(await goldenhour('volunteer', 'list'), /^Zhao Min +\+8613800138000 +39\.9,116\.4/m);
    assert.match(await refused(...add), /registered already/);
    assert.match(await refused('volunteer', 'add', '--name', 'x', '--phone', '138'), /phone/);
    assert.match(
      await refused('volunteer', 'add', '--name', 'x', '--phone', '+8613800138001', '--near', '95,0'),
      /LAT,LON/,
    );
    await goldenhour('volunteer', 'remove', volunteerId);
    assert.doesNotMatch(await goldenhour('volunteer', 'list'), /Zhao/);
    assert.match(await refused('volunteer', 'remove', volunteerId), /no such volunteer/);
  });

  it('make the code of a place, which is shown once, and revoke it', async () => {
    const file = join(dataDir, 'code.svg');
    const place = ['--name', 'AED, station', '--address', 'Main station, hall 2', '--at', '39.9,116.4'];
    const text = await goldenhour('place', 'add', ...place, '--kind', 'aed', '--svg', file);
    const [, secret = ''] = /^https:\/\/\S+\/v#p\.([A-Za-z0-9_-]{22})$/m.exec(text) ?? [];
    const [, placeId = ''] = /Place ([0-9a-f-]{36})\./.exec(text) ?? [];
    assert.match(text, /[▀▄█]/);
    assert.match(await readFile(file, 'utf8'), /^<svg/);
    const found = await site(({ site: { places } }) => places.find(secret));
    assert.deepEqual([found?.placeId, found?.kind], [placeId, 'aed']);
    assert.deepEqual(found?.address, { text: 'Main station, hall 2', point: { lat: 39.9, lon: 116.4 } });
    const list = await goldenhour('place', 'list');
    assert.match(list, /^AED, station +aed +Main station, hall 2 +active +0 /m);
    assert.ok(!list.includes(secret));
    await goldenhour('place', 'revoke', placeId);
    assert.equal(await site(({ site: { places } }) => places.find(secret)), undefined);
    assert.match(await refused('place', 'add', '--name', 'x'), /--address/);
    const actions = await site(async ({ people }) =>
      (await people.audit.list({ limit: 50 })).map((row) => row.action),
    );
    for (const action of ['guidance.approve', 'volunteer.add', 'place.add', 'place.revoke'])
      assert.ok(actions.includes(action), action);
  });

  it('read points in degrees, and nothing else', () => {
    assert.deepEqual(parsePoint('39.9,116.4'), { lat: 39.9, lon: 116.4 });
    assert.deepEqual(parsePoint(' -33.9 , 151 '), { lat: -33.9, lon: 151 });
    for (const text of ['', '1', '1,', ',1', '1,2,3', 'a,b', '91,0', '0,181']) {
      assert.equal(parsePoint(text), undefined, text);
    }
  });
});
