import assert from 'node:assert/strict';
import { measureJoins } from './joins.ts';

describe('Joining side by side', function () {
  this.timeout(120_000);

  it('sees the first packet and the first frame of a bare worker, of Janus and of the whole system with one kind of viewer', async () => {
    const { services, lateMs } = await measureJoins({
      services: ['mediasoup', 'Janus', 'GoldenHour'],
      rounds: 1,
      apartMs: 0,
      deadlineMs: 100_000,
    });
    assert.deepEqual(
      services.map(({ name }) => name),
      ['mediasoup', 'Janus', 'GoldenHour'],
    );
    assert.ok(lateMs >= 0);
    for (const { name, version, joins } of services) {
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.equal(joins.length, 1);
      for (const { packetMs, frameMs, roundTrips } of joins) {
        assert.ok(packetMs > 0 && frameMs >= packetMs, `${packetMs} ms, then ${frameMs} ms`);
        if (name === 'GoldenHour') assert.ok(roundTrips > 3, `${roundTrips} round trips`);
        else assert.equal(roundTrips, 3);
      }
    }
  });
});
