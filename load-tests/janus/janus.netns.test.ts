import assert from 'node:assert/strict';
import { audioInput, publishers } from '../forwarding/input.ts';
import { measurePoint } from '../forwarding/point.ts';
import { inOwnNetwork } from '../network/host.ts';
import { startJanus } from './janus-server.ts';

describe('A measured point of forwarding through Janus', function () {
  this.timeout(120_000);

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
  });

  it('verifies every packet of two publishers with two sinks each, and sees the time that Janus took', async () => {
    const streams = publishers(await audioInput(), 2).map((input) => ({ input, sinks: 2 }));
    const point = await measurePoint({
      ...{ start: startJanus, streams, suite: 'AES_CM_128_HMAC_SHA1_80' },
      ...{ seconds: 1, sampleEvery: 1 },
    });
    const { server, expectedPackets, verified, lostPackets, refused, disordered } = point;
    assert.ok(expectedPackets > 0);
    assert.deepEqual(
      { server, verified, lostPackets, refused, disordered },
      { server: 'janus', verified: expectedPackets, lostPackets: 0, refused: 0, disordered: 0 },
    );
    assert.ok(point.delay.p50 > 0 && point.delay.p50 <= point.delay.p99);
  });
});
