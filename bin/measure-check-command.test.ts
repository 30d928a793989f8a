import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { withSite } from './with-site.ts';

const program = join(import.meta.dirname, 'goldenhour');

describe('the check of measured lengths', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'measure-check-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const settings = () => ['--dataDir', join(folder, 'data')];
  const goldenhour = (...args: string[]) =>
    runProgram(process.execPath, [program, 'measure-check', ...args, ...settings()], { deadlineMs: 100_000 });
  /** A file of lengths that were measured with this error, in parts of each length. */
  const lengths = async (count: number, error: number): Promise<string> => {
    const file = join(folder, `${count}-${error}.json`);
    const made = Array.from({ length: count }, (_, n) => {
      const trueMm = 20 + n * 5;
      const sign = n % 2 === 0 ? 1 : -1;
      return { trueMm, measuredMm: trueMm * (1 + sign * error), uncertaintyMm: trueMm * 0.06 };
    });
    await writeFile(file, JSON.stringify({ v: 1, lengths: made }));
    return file;
  };
  const check = () => withSite(settings(), async ({ site }) => (await site.lengths.measuring()).check);

  it('records what keeps the limits, until it is taken back', async () => {
    const good = await lengths(24, 0.03);
    const judged = await goldenhour(good, '--json');
    const figures = { lengths: 24, meanError: 0.03, within: 1, meanUncertainty: 0.06 };
    assert.deepEqual(JSON.parse(judged.stdout), { ...figures, failed: [], recorded: false });
    assert.equal(await check(), undefined);
    assert.equal((await goldenhour(good, '--record')).code, 0);
    assert.deepEqual((await check())?.figures, figures);
    assert.equal((await goldenhour('--withdraw')).code, 0);
    assert.equal(await check(), undefined);
  });

  it('records nothing that is too little, too wrong, or wrong beyond what was shown', async () => {
    const few = await goldenhour(await lengths(19, 0.03), '--record', '--json');
    assert.deepEqual([few.code, JSON.parse(few.stdout).failed], [1, ['lengths']]);
    const wrong = await goldenhour(await lengths(24, 0.08), '--record', '--json');
    assert.deepEqual([wrong.code, JSON.parse(wrong.stdout).failed], [1, ['meanError', 'within']]);
    assert.equal(await check(), undefined);
  });

  it('is not understood without lengths', async () => {
    assert.match((await goldenhour()).tail, /measure-check --help/);
    assert.match((await goldenhour(program)).tail, /does not hold measured lengths/);
  });
});
