import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ScenarioResult } from './testing/scenario-result.ts';

const run = promisify(execFile);
const SCENARIO = join(import.meta.dirname, 'testing', 'disk-full-scenario.ts');

describe('a recorder whose disk fills up (a real tmpfs of 40 MiB)', function () {
  this.timeout(120_000);
  let folder: string;
  let result: ScenarioResult;
  const roundOf = (level: string) => result.levels.find((each) => each.level === level)?.round ?? -1;
  const kept = (ssrc: number) => result.kept[String(ssrc)] ?? [];
  /** Packets of rounds up to the first full disk. */
  const keptBefore = (ssrc: number, round: number) => kept(ssrc).filter((each) => each < round);

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-disk-full-'));
    const inOwnMounts = (command: string) => run('unshare', ['-rm', 'sh', '-c', command], { maxBuffer: 1e8 });
    const mount = `mount -t tmpfs -o size=40m tmpfs '${folder}'`;
    const allowed = await inOwnMounts(mount).then(
      () => true,
      () => false,
    );
    if (!allowed) return this.skip();
    const { stdout } = await inOwnMounts(`${mount} && exec '${process.execPath}' '${SCENARIO}' '${folder}'`);
    result = ScenarioResult.parse(JSON.parse(stdout));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives up tracks in the order of their worth, loudly, and begins nothing new', () => {
    const order = result.levels.map(({ level }) => level);
    const wanted = ['no-thumbnails', 'no-overview', 'no-4k', 'essential'];
    assert.deepEqual(order.slice(0, 4), wanted);
    assert.ok(result.alarms.includes('shed'));
    assert.equal(result.refused, 'disk-full');
    assert.deepEqual(result.shedNotes.overview?.[0], 'no-overview');
    assert.deepEqual(result.shedNotes.glasses?.slice(0, 2), ['no-4k', 'essential']);
    assert.deepEqual(result.shedNotes.monitor?.[0], 'essential');
    const last = (ssrc: number) => Math.max(...keptBefore(ssrc, roundOf('essential') + 50));
    assert.ok(
      last(3) < last(6) && last(6) < last(4) && last(3) < last(7),
      'overview, then 4K, then the rest',
    );
  });

  it('keeps every packet of sound and of the patient while a byte is left', () => {
    const full = roundOf('full') === -1 ? result.rounds : roundOf('full');
    for (const ssrc of [1, 2]) assert.equal(keptBefore(ssrc, full).length, full, `SSRC ${ssrc}`);
  });

  it('goes on by itself when there is space again', () => {
    for (const ssrc of [1, 2]) assert.ok(kept(ssrc).includes(result.rounds - 1), `SSRC ${ssrc}`);
    assert.ok(['ok', 'no-4k'].includes(result.shedNotes.monitor?.at(-1) ?? ''));
    assert.ok(kept(7).includes(result.rounds - 1), 'the monitor is back');
  });
});
