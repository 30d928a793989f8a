import assert from 'node:assert/strict';
import type { SplitStack } from '../stack/split.ts';
import { runScenario, SCENARIOS } from './run.ts';
import { startScenarioStack } from './scene.ts';

/** Seconds with a handful of bots: what the scenarios promise of facts and pictures holds at any size, times do not. */
const FEW = { bots: 3, minutes: 0.04, seed: 7 };

describe('Scenarios of load', function () {
  this.timeout(180_000);
  let stack: SplitStack;

  before(async () => {
    stack = await startScenarioStack({ nodes: 2, recorder: true });
  });
  after(async () => {
    await stack?.close();
  });

  for (const scenario of SCENARIOS) {
    it(`${scenario.id}: ${scenario.summary}`, async () => {
      const { rows } = await runScenario(scenario, FEW, stack);
      const broken = rows.filter(({ ok, timed }) => ok === false && !timed);
      assert.deepEqual(broken, []);
      assert.ok(rows.length > 3);
    });
  }
});
