import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { descendants } from './interrupt.ts';
import { Report, readReports } from './report.ts';
import { chosen, listOf, NO_FIGURE, runBenches, WORSE } from './run.ts';
import { type Bench, series } from './types.ts';

/** A benchmark that measures nothing: it answers with these samples. */
function fake(
  id: string,
  samples: readonly number[],
  more: Partial<Bench> & { invalid?: string } = {},
): Bench {
  const { invalid, ...rest } = more;
  return {
    id,
    target: `${id} ≤ 10 ms`,
    run: async () => {
      const figure = series('ms', samples);
      const met = figure.median <= 10;
      return {
        ...figure,
        ...{ value: figure.median, reached: met, leftOut: ['The way to the moon.'] },
        ...{ versions: { Janus: '1.1.2' }, files: { [`benchmarks/${id}.svg`]: `<svg id="${id}"/>` } },
        ...(invalid === undefined ? {} : { invalid }),
      };
    },
    ...rest,
  };
}

const throwing: Bench = {
  id: 'S2',
  target: 'never',
  run: async () => {
    throw new Error('the sky fell');
  },
};

describe('the runner of benchmarks', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-runner-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(benches: readonly Bench[], ids: readonly string[], more: { baseline?: string } = {}) {
    let [out, err] = ['', ''];
    const code = await runBenches(benches, ids, {
      ...{ json: true, write: true, docs: pathToFileURL(`${folder}/`), ...more },
      print: (text) => {
        out += text;
      },
      tell: (text) => {
        err += text;
      },
    });
    return { code, out, err };
  }
  const published = async () => readReports(await readFile(join(folder, 'benchmarks.json'), 'utf8'), 'it');

  it('prints one flat object a line that says where and with what it was measured', async () => {
    const { code, out } = await run([fake('S1', [1, 2, 3])], ['s1']);
    assert.equal(code, 0);
    const report = Report.parse(JSON.parse(out));
    assert.deepEqual(
      { ...report.spread, value: report.value, unit: report.unit, met: report.met, better: report.better },
      { min: 1, max: 3, median: 2, samples: [1, 2, 3], value: 2, unit: 'ms', met: true, better: 'lower' },
    );
    assert.ok(report.machine.cores > 0 && report.machine.memoryGiB > 0);
    assert.match(report.machine.kernel, /^Linux \d/);
    assert.equal(report.versions.Janus, '1.1.2');
    assert.match(report.versions.mediasoup ?? '', /^\d+\./);
    assert.equal(report.command, 'goldenhour bench S1');
    assert.deepEqual(report.leftOut, ['The way to the moon.']);
  });

  it('goes on after one that fails, names its error, publishes the others sorted, and tells by its code', async () => {
    const benches = [fake('S10', [4]), throwing, fake('R1', [20])];
    const { code, out, err } = await run(benches, ['R1', 'S2', 'S10']);
    assert.equal(code, NO_FIGURE);
    assert.match(err, /S2 failed:\n.*the sky fell/);
    assert.equal(out.trim().split('\n').length, 2);
    assert.deepEqual(
      (await published()).map(({ id }) => id),
      ['S10', 'R1'],
    );
    const page = await readFile(join(folder, 'benchmarks.md'), 'utf8');
    assert.match(page, /!\[R1\]\(benchmarks\/R1\.svg\)/);
    assert.equal(await readFile(join(folder, 'benchmarks', 'R1.svg'), 'utf8'), '<svg id="R1"/>');
  });

  it('says void plainly, meets nothing by it and keeps the figure that was published before', async () => {
    await run([fake('S1', [7])], ['S1']);
    const { code, out } = await run([fake('S1', [1], { invalid: 'the generator was too slow' })], ['S1']);
    assert.equal(code, NO_FIGURE);
    const report = Report.parse(JSON.parse(out));
    assert.equal(report.invalid, 'the generator was too slow');
    assert.equal(report.met, false);
    assert.equal((await published())[0]?.value, 7);
  });

  it('runs nothing when one of the names is unknown, and says why a known row has no benchmark', async () => {
    let ran = 0;
    const counting: Bench = {
      ...fake('S1', [1]),
      run: async () => {
        ran += 1;
        return fake('S1', [1]).run();
      },
    };
    await assert.rejects(run([counting], ['S1', 'S99']), { code: 'usage', message: /no benchmark S99/ });
    await assert.rejects(run([counting], ['P2']), {
      code: 'usage',
      message: /P2 has no benchmark: Held by tests/,
    });
    await assert.rejects(run([counting], ['S1'], { baseline: join(folder, 'none.json') }), { code: 'usage' });
    await writeFile(join(folder, 'odd.json'), '{"id":"S1"}');
    await assert.rejects(run([counting], ['S1'], { baseline: join(folder, 'odd.json') }), { code: 'usage' });
    assert.equal(ran, 0);
  });

  it('ends with the code for worse only when a figure left its noise, and names what has none', async () => {
    const before = [fake('S1', [1, 2, 3, 4, 5]), fake('S3', [1, 2, 3, 4, 5]), fake('S4', [5, 6, 7, 8, 9])];
    const { out } = await run(before, ['all']);
    const baseline = join(folder, 'before.jsonl');
    await writeFile(baseline, out);
    const same = await run([fake('S1', [1, 3, 3, 4, 6])], ['all'], { baseline });
    assert.equal(same.code, 0);
    const after = [
      ...[fake('S1', [6, 7, 8, 9, 10]), throwing, fake('S3', [9], { invalid: 'void' })],
      ...[fake('S4', [1, 1, 2, 3, 4]), fake('S5', [1])],
    ];
    const worse = await run(after, ['all'], { baseline });
    assert.equal(worse.code, WORSE);
    const verdict = (id: string) =>
      new RegExp(`^${id} .*`, 'm').exec(worse.err.slice(worse.err.indexOf('before')))?.[0];
    assert.match(verdict('S1') ?? '', /worse/);
    assert.match(verdict('S2') ?? '', /no figure now/);
    assert.match(verdict('S3') ?? '', /no figure now/);
    assert.match(verdict('S4') ?? '', /better/);
    assert.match(verdict('S5') ?? '', /not in the baseline/);
  });

  it('chooses by id in any case, each once, and all in the order of the targets', () => {
    const benches = [fake('R2', [1]), fake('STILL', [1]), fake('S10', [1]), fake('S2', [1])];
    const ids = (some: readonly string[]) => chosen(benches, some).map(({ id }) => id);
    assert.deepEqual(ids(['r2', 'S2', 'R2']), ['R2', 'S2']);
    assert.deepEqual(ids(['ALL']), ['S2', 'S10', 'R2', 'STILL']);
  });

  it('lists each with its time, and the rows that nothing measures with the reason', () => {
    const list = listOf([fake('S10', [1], { minutes: 3 }), fake('S2', [1])]);
    assert.match(list, /^S2 {18}\s*S2 ≤ 10 ms\nS10 {4}about 3 min {3}S10 ≤ 10 ms\n/);
    assert.match(list, /Without a benchmark:\n(?:.*\n)*R9 .*Webhooks/);
  });
});

/** A runner in a process of its own, whose benchmark starts another program and then waits for ever. */
const HANGING = `
  import { spawn } from 'node:child_process';
  import { runBenches } from ${JSON.stringify(new URL('run.ts', import.meta.url).href)};
  const bench = {
    id: 'S1',
    target: 'none',
    run: async () => {
      const child = spawn('sleep', ['60'], { stdio: 'ignore' });
      process.stdout.write(child.pid + '\\n');
      await new Promise((resolve) => child.on('exit', resolve));
      process.stdout.write('closed\\n');
      throw new Error('the program is gone');
    },
  };
  process.exit(await runBenches([bench], ['S1'], { json: true, write: false }));
`;

describe('an interrupted benchmark', () => {
  it('ends what it started, closes what it opened and says so by its code', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', HANGING], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    const started = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        text += chunk;
        resolve();
      });
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await started;
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    const [pid = '', closed] = text.split('\n');
    assert.equal(closed, 'closed');
    assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
  });

  it('is found with all that it started', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & echo up; wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const all = descendants();
    const { pid = 0 } = child;
    assert.ok(all.includes(pid));
    const [grandchild = 0] = descendants(pid);
    assert.ok(
      grandchild > 0 && all.indexOf(grandchild) < all.indexOf(pid),
      'children come before their parents',
    );
    for (const each of descendants(pid)) process.kill(each, 'SIGKILL');
    child.kill('SIGKILL');
    await ended;
  });
});
