import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CHANCE, judge } from './judge.ts';

const samples = (least: number) =>
  fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: least, maxLength: 60 });

/** A fixed sequence of numbers between 0 and 1 that look random (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('the judgement on a figure', () => {
  it('says worse and better by what is good for the figure', () => {
    const [low, high] = [
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ];
    assert.equal(judge(low, high, 'lower').verdict, 'worse');
    assert.equal(judge(low, high, 'higher').verdict, 'better');
    assert.equal(judge(high, low, 'lower').verdict, 'better');
    assert.equal(judge(high, low, 'higher').verdict, 'worse');
  });

  it('has the chances of the tables: 2 in 252 for five wholly apart from five', () => {
    assert.ok(Math.abs(judge([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 'lower').chance - 2 / 252) < 1e-12);
    assert.ok(Math.abs(judge([1, 2, 4], [3, 5, 6], 'lower').chance - 4 / 20) < 1e-12);
  });

  it('says that it cannot tell from too few samples, and same where they overlap', () => {
    assert.equal(judge([1, 2, 3], [7, 8, 9], 'lower').verdict, 'too few samples');
    assert.equal(judge([1], [1], 'lower').verdict, 'same');
    assert.equal(judge([1, 2, 3, 4, 9], [2, 3, 4, 8, 10], 'lower').verdict, 'same');
  });

  it('is not hidden by one outlier among many samples, which least and most would be', () => {
    const random = numbers(7);
    const old = Array.from({ length: 100 }, () => 10 + random());
    const now = Array.from({ length: 100 }, () => 13 + random());
    assert.equal(judge([...old, 50], now, 'lower').verdict, 'worse');
  });

  it('is the same for equal samples, and turns round when old and new change places', () => {
    const opposite = {
      better: 'worse',
      worse: 'better',
      same: 'same',
      'too few samples': 'too few samples',
    } as const;
    fc.assert(
      fc.property(samples(1), samples(1), (a, b) => {
        assert.equal(judge(a, a, 'lower').verdict, 'same');
        const [there, back] = [judge(a, b, 'lower'), judge(b, a, 'lower')];
        assert.equal(back.verdict, opposite[there.verdict]);
        assert.equal(judge(a, b, 'higher').verdict, opposite[there.verdict]);
        assert.ok(there.chance >= 0 && there.chance <= 1 + 1e-9);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('does not depend on order or scale, and finds every figure that left its whole spread', () => {
    fc.assert(
      fc.property(samples(5), fc.integer({ min: 1, max: 9 }), (a, scale) => {
        const moved = a.map((value) => value + 1001);
        assert.equal(judge(a, moved, 'lower').verdict, 'worse');
        const other = judge(
          [...a].reverse().map((value) => value * scale),
          moved.map((value) => value * scale),
          'lower',
        );
        assert.equal(other.verdict, 'worse');
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('raises a false alarm in no more than 1 of 100 comparisons of the same thing', () => {
    for (const [size, seed] of [
      [5, 11],
      [20, 12],
      [60, 13],
    ] as const) {
      const random = numbers(seed);
      const draw = () => Array.from({ length: size }, () => 100 + 20 * random() ** 3);
      let alarms = 0;
      const rounds = size > 40 ? 300 : 600;
      for (let n = 0; n < rounds; n += 1) if (judge(draw(), draw(), 'lower').verdict !== 'same') alarms += 1;
      assert.ok(alarms <= rounds * CHANCE * 1.5, `${alarms} of ${rounds} with ${size} samples`);
    }
  });
});
