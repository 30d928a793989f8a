import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normal, randomOf } from '../cpr/random.ts';
import { fitCurve, type Sample, valueAt } from './fit.ts';

const coefficient = fc.double({ min: -50, max: 50, noNaN: true });
const steep = fc.double({ min: 0.5, max: 50, noNaN: true });
/** So gentle that the bend is worth naming. */
const gentle = fc.double({ min: 0, max: 5, noNaN: true });
const LEVELS = [0, 5, 10, 20, 30, 40];

function samplesOf(curve: readonly number[], deviation = 0, seed = 1, levels = LEVELS): Sample[] {
  const random = randomOf(seed);
  return [1, 2, 3].flatMap(() =>
    levels.map((x) => ({ x, y: valueAt(curve, x) + deviation * normal(random) })),
  );
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));

describe('fitting a curve to measured cost', () => {
  it('finds the line that exact points lie on', () => {
    fc.assert(
      fc.property(coefficient, steep, (constant, slope) => {
        const found = fitCurve(samplesOf([constant, slope]));
        assert.equal(found.coefficients.length, 2);
        assert.ok(near(found.coefficients[0] ?? 0, constant) && near(found.coefficients[1] ?? 0, slope));
        assert.ok(found.r2 > 0.999_999);
      }),
      { numRuns: 50 },
    );
  });

  it('finds the parabola that exact points lie on, also far from zero', () => {
    fc.assert(
      fc.property(gentle, steep, fc.constantFrom(1, 100, 10_000), (slope, bend, scale) => {
        const levels = LEVELS.map((level) => level * scale);
        const found = fitCurve(samplesOf([3, slope, bend], 0, 1, levels));
        assert.equal(found.coefficients.length, 3);
        assert.ok(near(found.coefficients[2] ?? 0, bend), String(found.coefficients));
      }),
      { numRuns: 50 },
    );
  });

  it('keeps to a line where the points only scatter about one', () => {
    const bent = Array.from({ length: 40 }, (_, seed) => fitCurve(samplesOf([1, 2], 1, seed))).filter(
      ({ coefficients }) => coefficients.length === 3,
    );
    assert.ok(bent.length <= 2, `${bent.length} of 40 were bent`);
  });

  it('covers the true slope by its interval about as often as it says', () => {
    const covered = Array.from({ length: 60 }, (_, seed) => fitCurve(samplesOf([1, 2], 1, seed))).filter(
      ({ intervals: [, slope = [0, 0]] }) => slope[0] <= 2 && slope[1] >= 2,
    );
    assert.ok(covered.length >= 48, `${covered.length} of 60`);
  });

  it('scales with its unit: ten times the cost gives ten times the coefficients and the same share explained', () => {
    const samples = samplesOf([1, 2], 3, 7);
    const [one, ten] = [fitCurve(samples), fitCurve(samples.map(({ x, y }) => ({ x, y: y * 10 })))];
    for (const [power, value] of one.coefficients.entries())
      assert.ok(near(value * 10, ten.coefficients[power] ?? 0));
    assert.ok(near(one.r2, ten.r2));
  });

  it('has residuals that sum to nothing and a band around the curve', () => {
    const found = fitCurve(samplesOf([1, 2], 1, 3));
    assert.ok(Math.abs(found.residuals.reduce((sum, each) => sum + each, 0)) < 1e-9);
    const [least, most] = found.band(20);
    assert.ok(least < valueAt(found.coefficients, 20) && valueAt(found.coefficients, 20) < most);
  });

  it('refuses what no line can be judged by', () => {
    assert.throws(() => fitCurve(samplesOf([1, 2], 0, 1, [0, 5])), /three different places/);
  });
});
