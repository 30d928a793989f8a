import assert from 'node:assert/strict';
import { provideEnvironment } from '../../platform/setup/index.ts';
import { plotOf, textOf } from './report.ts';
import { runSoak } from './run.ts';

describe('A soak', function () {
  this.timeout(300_000);

  before(() => provideEnvironment());

  it('leaves no room, transport, connection, file or timer behind when all have left', async () => {
    const soak = await runSoak({ ms: 12_000, seed: 4, everyMs: 3_000 });
    assert.deepEqual(soak.leftovers, [], textOf(soak));
    assert.ok(soak.rooms >= 2 && soak.facts > 20 && soak.cuts > 2, textOf(soak));
    // The processes were really looked into: each of them holds something.
    for (const { processes } of soak.samples) {
      assert.deepEqual(Object.keys(processes).sort(), [
        'recorder',
        'sfu',
        'signaling-0',
        'signaling-1',
        'worker',
      ]);
      assert.ok(Object.values(processes).every(({ rssMb, files }) => rssMb > 5 && files > 5));
    }
    assert.match(plotOf(soak), /<polyline points="[\d., ]+"/);
  });
});
