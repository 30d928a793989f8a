import assert from 'node:assert/strict';
import { runScenario, SCENARIOS } from './run.ts';

/** Seconds with a handful of bots: what the scenarios promise of facts and pictures holds at any size, times do not. */
const FEW = { bots: 3, minutes: 0.05, seed: 7 };

describe('Scenarios of load', function () {
  this.timeout(120_000);

  for (const scenario of SCENARIOS) {
    it(`${scenario.id}: ${scenario.summary}`, async () => {
      const { rows } = await runScenario(scenario, FEW);
      const broken = rows.filter(({ ok, value }) => ok === false && !value.startsWith('p50'));
      assert.deepEqual(broken, []);
      assert.ok(rows.length > 3);
    });
  }
});
