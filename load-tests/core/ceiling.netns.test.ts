import assert from 'node:assert/strict';
import { inOwnNetwork } from '../network/host.ts';
import { measureCeiling, measureSending, SUITES, shareOfCeiling, WAYS } from './ceiling.ts';
import { RatePrograms } from './programs.ts';

/** Of the usual number of packets. */
const SHARE = 0.02;

describe('The ceiling of a core', function () {
  this.timeout(120_000);

  before(async function () {
    if (!(await inOwnNetwork())) this.skip();
  });

  it('is measured with packets that all arrive, whichever way they were sent', async () => {
    const programs = await RatePrograms.build(['send-rate']);
    try {
      const sent = await measureSending(programs, { core: 0, destinations: 7, share: SHARE });
      for (const way of WAYS) {
        const { packets, refused, arrived } = sent[way];
        assert.equal(refused, 0, way);
        // The program sends a twentieth more to warm up.
        assert.equal(arrived, packets + Math.floor(packets / 20) + 1, way);
      }
    } finally {
      await programs.close();
    }
  });

  it('is lower for both parts together than for each alone', async () => {
    const ceiling = await measureCeiling({ core: 0, share: SHARE });
    for (const suite of SUITES) {
      assert.ok(ceiling.forward[suite] > 0);
      assert.ok(ceiling.forward[suite] < Math.min(ceiling.send.call, ceiling.cipher[suite]));
      assert.equal(shareOfCeiling(ceiling.forward[suite], ceiling, suite), 100);
    }
    assert.equal(ceiling.invalid, undefined);
  });
});
