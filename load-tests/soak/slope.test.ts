import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomOf } from '../cpr/random.ts';
import { type Point, slopeOf } from './slope.ts';

const MINUTE = 60_000;

function line(perHour: number, count: number, noise: (index: number) => number): Point[] {
  return Array.from({ length: count }, (_, i) => ({
    at: i * MINUTE,
    value: 100 + (perHour * i) / 60 + noise(i),
  }));
}

describe('The slope of a soak', () => {
  it('is that of a straight line', () => {
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 4, max: 60 }), (perHour, count) => {
        const slope = slopeOf(line(perHour, count, () => 0)) ?? assert.fail();
        assert.ok(Math.abs(slope.perHour - perHour) < 1e-6);
        assert.ok(slope.low <= slope.perHour && slope.perHour <= slope.high);
      }),
    );
  });

  it('holds the true slope in its interval at least nine times of ten, with noise', () => {
    let held = 0;
    for (let seed = 0; seed < 100; seed += 1) {
      const random = randomOf(seed);
      const slope = slopeOf(line(12, 40, () => (random() - 0.5) * 8)) ?? assert.fail();
      if (slope.low <= 12 && slope.high >= 12) held += 1;
    }
    assert.ok(held >= 90, String(held));
  });

  it('is not moved by a single leap that goes back', () => {
    const slope = slopeOf(line(0, 30, (i) => (i === 12 ? 500 : 0))) ?? assert.fail();
    assert.equal(slope.perHour, 0);
  });

  it('is not given for a handful of samples', () => {
    assert.equal(slopeOf(line(1, 3, () => 0)), undefined);
  });
});
