import assert from 'node:assert/strict';
import { randomOf } from '../cpr/random.ts';
import { Impairment, type ImpairmentOptions } from './impairment.ts';

const PACKETS = 50_000;

function run(options: ImpairmentOptions) {
  const impairment = new Impairment(options, randomOf(5));
  const fates = Array.from({ length: PACKETS }, () => impairment.next());
  return { fates, counts: impairment.counts };
}

function near(value: number, wanted: number, within: number): void {
  assert.ok(Math.abs(value - wanted) <= within, `${value} is not within ${within} of ${wanted}`);
}

describe('The fate of packets on a bad link', () => {
  it('is a delay alone where nothing else is asked', () => {
    const { fates, counts } = run({ delayMs: 20 });
    assert.ok(fates.every((delays) => delays.length === 1 && delays[0] === 20));
    assert.deepEqual(counts, { packets: PACKETS, lost: 0, ahead: 0, doubled: 0 });
  });

  it('is late by no more than the jitter, and evenly so', () => {
    const delays = run({ delayMs: 20, jitterMs: 10 }).fates.flat();
    assert.ok(delays.every((delay) => delay >= 20 && delay < 30));
    near(delays.reduce((sum, each) => sum + each, 0) / delays.length, 25, 0.1);
  });

  it('is lost as often as asked, in runs as long as asked', () => {
    for (const burst of [1, 4]) {
      const { fates, counts } = run({ delayMs: 0, lossPercent: 5, burst });
      near((100 * counts.lost) / PACKETS, 5, 0.6);
      const runs = fates.filter((f, i) => f.length === 0 && fates[i - 1]?.length !== 0).length;
      near(counts.lost / runs, burst === 1 ? 1 / 0.95 : burst, 0.4);
    }
  });

  it('is to go ahead, or to come twice, as often as asked', () => {
    const { fates, counts } = run({ delayMs: 20, reorderPercent: 3, duplicatePercent: 2 });
    near((100 * counts.ahead) / PACKETS, 3, 0.4);
    near((100 * counts.doubled) / PACKETS, 2, 0.4);
    assert.equal(fates.filter(([delay]) => delay === 0).length, counts.ahead);
    assert.equal(fates.filter(({ length }) => length === 2).length, counts.doubled);
  });

  it('is the same for the same numbers, and refuses what makes no sense', () => {
    const options = {
      delayMs: 9,
      jitterMs: 3,
      lossPercent: 4,
      burst: 3,
      reorderPercent: 2,
      duplicatePercent: 1,
    };
    assert.deepEqual(run(options), run(options));
    assert.throws(() => new Impairment({ delayMs: 1, lossPercent: 100 }), RangeError);
  });
});
