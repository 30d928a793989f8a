import assert from 'node:assert/strict';
import { measureJoins } from './joins.ts';

describe('Joining side by side', function () {
  this.timeout(120_000);

  it('sees the first packet and the first frame of a bare worker and of Janus with one kind of viewer', async () => {
    const joined = await measureJoins({
      services: ['mediasoup', 'Janus'],
      rounds: 2,
      apartMs: 0,
      deadlineMs: 100_000,
    });
    assert.deepEqual(
      joined.map(({ name }) => name),
      ['mediasoup', 'Janus'],
    );
    for (const { version, joins } of joined) {
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.equal(joins.length, 2);
      for (const { packetMs, frameMs, roundTrips } of joins) {
        assert.ok(packetMs > 0 && frameMs >= packetMs, `${packetMs} ms, then ${frameMs} ms`);
        assert.equal(roundTrips, 3);
      }
    }
  });
});
