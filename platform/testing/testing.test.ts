import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTestFiles, groupTests } from './groups.ts';
import { runMocha } from './run-mocha.ts';
import { shardsOf } from './run-shards.ts';
import { runTwice } from './run-twice.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the test runner', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'testing-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('finds the tests of all parts and sorts them by what they need', async () => {
    const files = findTestFiles(root);
    assert.ok(files.includes('platform/testing/testing.test.ts') && files.includes('bin/cli.test.ts'));
    assert.ok(!files.some((file) => file.includes('node_modules')));
    const groups = await groupTests([
      'sfu/a.browser.test.ts',
      'sfu/b.test.ts',
      'sfu/c.netns.test.ts',
      'sfu/d.test.ts',
    ]);
    assert.deepEqual(
      groups.map(({ name, files: members }) => [name, ...members]),
      [
        ['unit', 'sfu/b.test.ts', 'sfu/d.test.ts'],
        ['network', 'sfu/c.netns.test.ts'],
        ['browser', 'sfu/a.browser.test.ts'],
      ],
    );
  });

  it('runs every file of a large group in exactly one process, and keeps small groups together', async () => {
    for (const group of await groupTests(findTestFiles(root))) {
      const shards = shardsOf(group);
      assert.deepEqual(shards.flatMap(({ files }) => files).sort(), [...group.files].sort());
      assert.equal(shards.length, group.name === 'unit' ? 2 : 1);
    }
    const small = { name: 'unit', files: ['a.test.ts'], under: [], env: {} };
    assert.deepEqual(shardsOf(small), [small]);
  });

  async function run(content: string) {
    const file = join(folder, 'sample.test.ts');
    await writeFile(file, content);
    const shown: string[] = [];
    const group = { name: 'sample', files: [file], under: [], env: { SAMPLE: 'from the group' } };
    return { ...(await runMocha(root, group, [], (text) => shown.push(text))), shown: shown.join('') };
  }

  it('counts what passed, failed and was skipped, and keeps the failures to show them again', async () => {
    const result = await run(`
      it('passes', () => { if (process.env.SAMPLE !== 'from the group') throw new Error('no environment'); });
      it('fails', () => { throw new Error('on purpose'); });
      it('is skipped');
    `);
    assert.deepEqual([result.passed, result.failed, result.skipped], [1, 1, 1], result.shown);
    assert.match(result.failures, /1\) fails[\s\S]*on purpose/);
    assert.deepEqual(
      result.named.map(({ title }) => title),
      ['fails'],
    );
  });

  it('tries files that failed once more, and names what passed only then', async () => {
    const file = join(folder, 'moody.test.ts');
    const seen = join(folder, 'seen');
    await writeFile(
      file,
      `const { existsSync, writeFileSync } = await import('node:fs');
      it('is steady', () => undefined);
      it('is moody', () => {
        if (existsSync(${JSON.stringify(seen)})) return;
        writeFileSync(${JSON.stringify(seen)}, '');
        throw new Error('the first time');
      });
      it('is wrong', () => { if (process.env.WRONG) throw new Error('each time'); });`,
    );
    const group = { name: 'sample', files: [file], under: [], env: {} };
    const mended = await runTwice(root, group, [], () => undefined);
    assert.deepEqual([mended.passed, mended.failed, mended.flaky], [3, 0, ['is moody']]);
    await rm(seen);
    const wrong = await runTwice(root, { ...group, env: { WRONG: '1' } }, [], () => undefined);
    assert.deepEqual([wrong.passed, wrong.failed, wrong.flaky], [2, 1, ['is moody']]);
    assert.match(wrong.failures, /each time/);
    assert.doesNotMatch(wrong.failures, /the first time/);
  });

  it('counts a run as failed whose process dies or whose file cannot be read', async () => {
    assert.equal((await run(`it('passes', () => undefined); after(() => process.exit(7));`)).failed, 1);
    const broken = await run('this is no program');
    assert.equal(broken.failed, 1);
    assert.match(broken.failures, /ended with code/);
  });
});
