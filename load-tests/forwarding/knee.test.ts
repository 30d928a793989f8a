import assert from 'node:assert/strict';
import { carried, findKnee } from './knee.ts';
import type { Point } from './types.ts';

const CALM: Point = {
  ...{ server: 'mediasoup', version: '3', suite: 'AEAD_AES_128_GCM', input: 'audio', sinks: 1, seconds: 1 },
  ...{ packetsPerSecond: 50, expectedPackets: 50, lostPackets: 0, verified: 50, refused: 0, disordered: 0 },
  ...{ delay: { p50: 0.1, p99: 1, p999: 2 }, late: { p50: 0, p99: 0, max: 0 } },
  ...{ serverCore: 1, generatorCore: 1, serverProcesses: 1 },
};

/** A server that carries so many sinks, and one less for long. */
function modelOf(capacity: number, spoil: (n: number) => string | undefined = () => undefined) {
  let n = 0;
  return async (sinks: number, seconds: number): Promise<Point> => {
    n += 1;
    const invalid = spoil(n);
    const late = sinks > capacity - (seconds > 5 ? 1 : 0);
    return {
      ...{ ...CALM, sinks, seconds, serverCore: Math.min(100, (100 * sinks) / capacity) },
      delay: { ...CALM.delay, p99: late ? 50 : 1 },
      ...(invalid === undefined ? {} : { invalid }),
    };
  };
}

const options = { first: 20, step: 1, seconds: 4, confirmSeconds: 10 };

describe('The search for the knee', () => {
  it('finds the greatest load that is carried for long', async () => {
    for (const capacity of [25, 57, 113, 400]) {
      const { sinks, point, invalid } = await findKnee(modelOf(capacity), options);
      assert.equal(sinks, capacity - 1);
      assert.equal(point.seconds, 10);
      assert.equal(invalid, undefined);
    }
  });

  it('needs few points when it begins near the knee', async () => {
    const { sinks, points } = await findKnee(modelOf(113), { ...options, around: 110, step: 3 });
    assert.ok(sinks >= 109 && sinks < 113, String(sinks));
    assert.ok(points.length <= 6, String(points.length));
  });

  it('measures a spoilt point again, and gives up when it stays spoilt', async () => {
    const once = await findKnee(
      modelOf(57, (n) => (n === 2 ? 'busy' : undefined)),
      options,
    );
    assert.deepEqual([once.sinks, once.invalid], [56, undefined]);
    const often = await findKnee(
      modelOf(57, (n) => (n > 1 && n < 5 ? 'busy' : undefined)),
      options,
    );
    assert.equal(often.invalid, 'busy');
    assert.equal(often.points.length, 4);
  });

  it('ends with nothing when nothing is carried', async () => {
    const { sinks } = await findKnee(modelOf(0), options);
    assert.equal(sinks, 0);
  });

  it('takes a lost, a refused and a disordered packet for too much', () => {
    assert.ok(carried(CALM));
    for (const flaw of [{ lostPackets: 1 }, { refused: 1 }, { disordered: 1 }]) {
      assert.ok(!carried({ ...CALM, ...flaw }));
    }
    assert.ok(!carried({ ...CALM, delay: { ...CALM.delay, p99: 5 } }));
  });
});
