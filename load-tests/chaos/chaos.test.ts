import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideEnvironment } from '../../platform/setup/index.ts';
import { checkHistory } from './check.ts';
import { linesOf } from './facts.ts';
import { readHistory } from './history.ts';
import { replayOf, reportOf, textOf } from './report.ts';
import { runChaos } from './run.ts';
import type { Wishes } from './schedule.ts';
import { type ChaosStack, openChaosStack } from './stack.ts';

/** A whole stack and every kind of fault. */
const WHOLE: Wishes = { seed: 9, faults: 12, storm: false };
/** Signaling alone, and many faults of links around a few of processes. */
const STORMS: readonly Wishes[] = [11, 12].map((seed) => ({ seed, faults: 100, storm: true }));

describe('Chaos', function () {
  this.timeout(300_000);
  let stack: ChaosStack | undefined;

  before(() => provideEnvironment());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(`${stack?.output()}\n`);
    await stack?.close();
    stack = undefined;
  });

  it('keeps every promise on a whole stack, with media, through faults of every kind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'goldenhour-history-'));
    try {
      stack = await openChaosStack({ media: true });
      const file = join(folder, 'history.jsonl');
      const { history, violations } = await runChaos({ stack, wishes: WHOLE, file });
      assert.deepEqual(violations, [], replayOf(WHOLE));
      const report = reportOf(history.lines, violations);
      assert.ok(report.acknowledged > 20 && report.facts > 20, textOf(report));
      const again = await readHistory(file);
      assert.deepEqual(reportOf(again, checkHistory(again)), report);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('keeps every promise through storms of cut links, lost answers and killed owners', async () => {
    stack = await openChaosStack({ media: false });
    for (const wishes of STORMS) {
      const { history, violations } = await runChaos({ stack, wishes });
      assert.deepEqual(violations, [], replayOf(wishes));
      assert.ok(linesOf(history.lines, 'joined').length > 60, 'clients were cut and came back');
    }
  });

  for (const [planted, promise] of [
    ['drop', 'gap'],
    ['replay', 'gap'],
  ] as const) {
    it(`finds a service that is made to ${planted} entries, and says how to see it again`, async () => {
      stack = await openChaosStack({ media: false, planted });
      const wishes: Wishes = { seed: 5, faults: 10, storm: true, only: ['cut', 'repeat'] };
      const { history, violations } = await runChaos({ stack, wishes, settleMs: 2_000 });
      assert.ok(violations.some((each) => each.promise === promise));
      const text = textOf(reportOf(history.lines, violations));
      assert.match(text, /VIOLATED \(gap\)/);
      assert.match(text, /goldenhour chaos --seed 5 --faults 10 --only cut,repeat --storm/);
    });
  }
});
