import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitAffine, fitHomography, fitSimilarity } from './fit.ts';
import { eigenSymmetric, solveSymmetric } from './linear.ts';
import { apply, areaScale, compose, IDENTITY, invert, type Matrix3, normalise } from './matrix.ts';
import { createRandom } from './random.ts';
import { findConsensus, squaredError } from './ransac.ts';

/** Homographies as a camera makes them: no fold inside the square -1..1. */
const homographies = fc
  .tuple(
    fc.double({ min: -3, max: 3, noNaN: true }),
    fc.double({ min: 0.3, max: 3, noNaN: true }),
    fc.double({ min: 0.5, max: 2, noNaN: true }),
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    fc.double({ min: -0.3, max: 0.3, noNaN: true }),
  )
  .map(([angle, zoom, stretch, dx, dy, g, h]): Matrix3 => {
    const c = Math.cos(angle) * zoom;
    const s = Math.sin(angle) * zoom;
    return compose([c, -s * stretch, dx, s, c * stretch, dy, 0, 0, 1], [1, 0, 0, 0, 1, 0, g, h, 1]);
  });
const places = fc.tuple(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
);

function near(a: { x: number; y: number }, b: { x: number; y: number }, slack: number): void {
  const off = Math.hypot(a.x - b.x, a.y - b.y);
  assert.ok(off <= slack, `(${a.x}, ${a.y}) is ${off} away from (${b.x}, ${b.y})`);
}

/** Pairs of random places of the square and where the map puts them. */
function pairsOf(map: Matrix3, count: number, seed: number): { from: Float64Array; to: Float64Array } {
  const random = createRandom(seed);
  const from = Float64Array.from({ length: 2 * count }, () => random() * 2 - 1);
  const to = new Float64Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    const p = apply(map, from[2 * i] ?? 0, from[2 * i + 1] ?? 0);
    to.set([p.x, p.y], 2 * i);
  }
  return { from, to };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the maps of the plane', () => {
  it('come back after their inverse', () => {
    fc.assert(
      fc.property(homographies, places, (map, [x, y]) => {
        const back = invert(map);
        assert.ok(back);
        const there = apply(map, x, y);
        near(apply(back, there.x, there.y), { x, y }, 1e-8);
      }),
    );
  });

  it('do one after the other what their product does at once', () => {
    fc.assert(
      fc.property(homographies, homographies, places, (first, second, [x, y]) => {
        const once = apply(first, x, y);
        const w = second[6] * once.x + second[7] * once.y + second[8];
        fc.pre(w > 0.1);
        near(apply(compose(second, first), x, y), apply(second, once.x, once.y), 1e-7);
      }),
    );
  });

  it('keep their meaning when normalised and refuse what has none', () => {
    assert.deepEqual(normalise([2, 0, 4, 0, 2, 6, 0, 0, 2]), [1, 0, 2, 0, 1, 3, 0, 0, 1]);
    assert.equal(normalise([1, 0, 0, 0, 1, 0, 0, 0, 0]), undefined);
    assert.equal(invert([1, 2, 3, 2, 4, 6, 0, 0, 1]), undefined);
    assert.equal(invert([Number.NaN, 0, 0, 0, 1, 0, 0, 0, 1]), undefined);
    assert.ok(Number.isNaN(apply([1, 0, 0, 0, 1, 0, -1, 0, 1], 2, 0).x), 'a place behind the viewer');
  });

  it('tell a mirror by the sign of the area', () => {
    assert.ok(areaScale(IDENTITY, 0.3, 0.2) > 0);
    assert.ok(areaScale([-1, 0, 1, 0, 1, 0, 0, 0, 1], 0.3, 0.2) < 0);
  });
});

describe('the linear algebra', () => {
  it('solves symmetric systems and refuses singular ones', () => {
    const a = Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2);
    const b = Float64Array.of(6, 10, 8);
    assert.ok(solveSymmetric(a, b, 3));
    [1, 2, 3].forEach((value, i) => {
      assert.ok(Math.abs((b[i] ?? 0) - value) < 1e-12);
    });
    assert.equal(solveSymmetric(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 2), 2), false);
  });

  it('finds eigenvectors that the matrix only stretches', () => {
    const random = createRandom(4);
    const n = 6;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i += 1)
      for (let j = 0; j <= i; j += 1) a[i * n + j] = a[j * n + i] = random() - 0.5;
    const { values, vectors } = eigenSymmetric(a.slice(), n);
    for (let k = 0; k < n; k += 1) {
      for (let i = 0; i < n; i += 1) {
        let sum = 0;
        for (let j = 0; j < n; j += 1) sum += (a[i * n + j] ?? 0) * (vectors[j * n + k] ?? 0);
        assert.ok(Math.abs(sum - (values[k] ?? 0) * (vectors[i * n + k] ?? 0)) < 1e-10);
      }
    }
  });
});

describe('the fits', () => {
  it('find a homography again from four or more of its pairs', () => {
    fc.assert(
      fc.property(homographies, fc.integer({ min: 4, max: 30 }), fc.integer(), (map, count, seed) => {
        const pairs = pairsOf(map, count, seed);
        const found = fitHomography(pairs, upTo(count), count);
        // Four random places may lie nearly in a line: then no answer is the right answer.
        fc.pre(found !== undefined || count > 8);
        assert.ok(found);
        if (count > 8) near(apply(found, 0.2, -0.3), apply(map, 0.2, -0.3), 1e-4);
        for (let i = 0; i < count; i += 1) assert.ok(squaredError(found, pairs, i) < 1e-6);
      }),
    );
  });

  it('refuse places in a line', () => {
    const from = Float64Array.from({ length: 20 }, (_, i) => Math.floor(i / 2));
    assert.equal(fitHomography({ from, to: from }, upTo(10), 10), undefined);
    assert.equal(fitAffine({ from, to: from }, upTo(10), 10), undefined);
    const same = new Float64Array(20).fill(3);
    assert.equal(fitSimilarity({ from: same, to: same }, upTo(10), 10), undefined);
  });

  it('find turns, scales and affine maps exactly', () => {
    const turn: Matrix3 = [0.6, -0.8, 2, 0.8, 0.6, -1, 0, 0, 1];
    const found = fitSimilarity(pairsOf(turn, 5, 1), upTo(5), 5);
    assert.ok(found);
    near(apply(found, 0.5, 0.7), apply(turn, 0.5, 0.7), 1e-9);
    const shear: Matrix3 = [1, 0.5, 0, -0.2, 1.4, 3, 0, 0, 1];
    const affine = fitAffine(pairsOf(shear, 6, 2), upTo(6), 6);
    assert.ok(affine);
    near(apply(affine, -0.5, 0.1), apply(shear, -0.5, 0.1), 1e-9);
  });
});

describe('the consensus', () => {
  it('finds the homography of the majority under 40 % outliers, and the same each time', () => {
    fc.assert(
      fc.property(homographies, fc.integer(), (map, seed) => {
        const count = 60;
        const pairs = pairsOf(map, count, seed);
        const random = createRandom(seed + 1);
        for (let i = 0; i < 24; i += 1) pairs.to.set([random() * 8 - 4, random() * 8 - 4], 2 * i);
        const options = { solve: fitHomography, sample: 4, threshold: 0.02, rounds: 300, seed: 7 };
        const found = findConsensus(pairs, count, options);
        assert.ok(found);
        assert.ok(
          upTo(36).every((i) => found.inliers.includes(24 + i)),
          'every true pair agrees',
        );
        assert.deepEqual(findConsensus(pairs, count, options), found);
      }),
      { numRuns: 15 },
    );
  });

  it('finds nothing in noise', () => {
    const random = createRandom(9);
    const from = Float64Array.from({ length: 80 }, random);
    const to = Float64Array.from({ length: 80 }, random);
    const options = { solve: fitSimilarity, sample: 2, threshold: 0.005, rounds: 100, seed: 7 };
    const found = findConsensus({ from, to }, 40, options);
    assert.ok(!found || found.inliers.length < 6, `${found?.inliers.length} of 40 random pairs agree`);
  });
});
