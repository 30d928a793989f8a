import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { pageOf } from './page.ts';
import { DOCS, publishedReports } from './publish.ts';
import { Report, readReports } from './report.ts';
import { absentRows, byId } from './rows.ts';

const figure = (unit: string, ...samples: number[]) => ({
  ...{ unit, median: samples[1] ?? samples[0], min: samples[0], max: samples.at(-1), samples },
});
const { unit: _, ...spread } = figure('packets/s', 118_000, 121_345.5, 126_000);

/** A report with everything a report can have. */
const RICH = {
  ...{ id: 'S1', target: 'packets ≥ 150,000/s | core', value: 121_345.5, unit: 'packets/s', spread },
  ...{ met: false, better: 'higher', date: '2026-11-21T02:00:00.000Z', seconds: 245, load: 0.3 },
  more: { 'p99 of the added delay': figure('ms', 1.2, 1.9, 3) },
  peers: {
    Janus: {
      ...figure('packets/s', 40_000, 41_000, 43_000),
      version: '1.1.2',
      more: { 'p99 of the added delay': figure('ms', 2, 2.5, 9) },
    },
  },
  claims: [{ who: 'Them', figure: '500 users', source: 'a paper', machine: 'not said', date: '2018' }],
  leftOut: ['The sending of nothing.'],
  why: 'The kernel’s send path takes 63 % of the core.',
  files: ['benchmarks/s1.svg', 'benchmarks/s1.md'],
  details: 'benchmarks/s1.md',
  command: 'goldenhour bench S1',
  machine: { cpu: 'Test', cores: 2, memoryGiB: 24, kernel: 'Linux 6.1', node: '24.0.0' },
  versions: { mediasoup: '3.27.1' },
  commit: { id: 'abc1234', dirty: true },
};

const readRich = () => readReports(JSON.stringify([RICH]), 'the fixture');

describe('the page of benchmarks', () => {
  it('shows figure, peers side by side, claims, what is left out, why, where and with what', () => {
    const page = pageOf(readRich());
    for (const line of [
      '| [S1](#s1) | packets ≥ 150,000/s \\| core | 121,345.5 packets/s | 121,345.5 packets/s (118,000 to 126,000), 3 samples | **no** | 2026-11-21 |',
      '**121,345.5 packets/s: not met.** The kernel’s send path takes 63 % of the core.',
      '|  | GoldenHour | Janus 1.1.2 |',
      '| p99 of the added delay | 1.9 ms (1.2 to 3), 3 samples | 2.5 ms (2 to 9), 3 samples |',
      '![s1](benchmarks/s1.svg)',
      'Claimed by themselves, not measured here:',
      '- Them: 500 users (2018; machine: not said; source: a paper)',
      '- The sending of nothing.',
      'More: [benchmarks/s1.md](benchmarks/s1.md).',
      'Measured on 2026-11-21 with `goldenhour bench S1` on [machine 1](#machines), took 4 min 5 s; load at its begin 0.3; commit abc1234 with changes that were not committed.',
      '1. 2 × Test, 24 GiB, Linux 6.1, Node 24.0.0; mediasoup 3.27.1.',
    ])
      assert.ok(page.split('\n').includes(line), `${line}\nis not on\n${page}`);
  });

  it('names each row of the targets once: with a figure, or with the reason why not', () => {
    const page = pageOf(readRich());
    assert.doesNotMatch(page.slice(page.indexOf('## Without a figure')), /^\| S1 \|/m);
    assert.match(page, /^\| R9 \| .* \| Webhooks are still to be built\. \|$/m);
    assert.equal(absentRows([]).length, 32);
  });

  it('sorts S2 before S10, and R behind S', () => {
    const ids = ['R10', 'STILL', 'S10', 'R2', 'S2', 'P1'].map((id) => ({ id }));
    assert.deepEqual(
      ids.sort(byId).map(({ id }) => id),
      ['S2', 'S10', 'R2', 'R10', 'P1', 'STILL'],
    );
  });

  it('is made of strict reports: an unknown key or unit is refused with its place', () => {
    const flaw = (change: object) => () => readReports(JSON.stringify([{ ...RICH, ...change }]), 'it');
    assert.throws(flaw({ colour: 'red' }), { code: 'bench-file-invalid', message: /colour/ });
    assert.throws(flaw({ unit: 'furlongs' }), { code: 'bench-file-invalid', message: /0\.unit/ });
    assert.throws(flaw({ spread: { ...spread, samples: [] } }), { message: /0\.spread\.samples/ });
    assert.throws(() => readReports('{"id":', 'it'), { code: 'bench-file-invalid' });
  });

  it('reads what --json prints, one report a line, as well as the file', () => {
    const [rich] = readRich();
    const lines = `${JSON.stringify(rich)}\n${JSON.stringify({ ...rich, id: 'S2' })}\n`;
    assert.deepEqual(
      readReports(lines, 'it').map(({ id }) => id),
      ['S1', 'S2'],
    );
    assert.deepEqual(Report.parse(rich), rich);
  });

  it('is in git as the figures in git make it', async () => {
    const reports = await publishedReports();
    assert.ok(reports.length > 10);
    assert.equal(await readFile(new URL('benchmarks.md', DOCS), 'utf8'), pageOf(reports));
    for (const { id, invalid, met, value } of reports)
      assert.ok(invalid === undefined && Number.isFinite(value), `${id} is ${met}, ${value}`);
  });
});
