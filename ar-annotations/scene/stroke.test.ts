import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createSmoother,
  distanceToSegment,
  drawnMs,
  SIMPLIFY_ERROR,
  shapeUpTo,
  simplifyStroke,
} from './stroke.ts';
import { POINTS_MAX, type StrokePoint } from './types.ts';

const ASPECT = 16 / 9;

/** A hand that moves smoothly through random places. */
const strokes = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 2,
    maxLength: 12,
  })
  .map((stops) =>
    stops.slice(1).flatMap(([x, y], leg) => {
      const [fromX, fromY] = stops[leg] ?? [0, 0];
      return Array.from({ length: 40 }, (_, step): StrokePoint => {
        const part = (1 - Math.cos((Math.PI * step) / 39)) / 2;
        return [fromX + (x - fromX) * part, fromY + (y - fromY) * part, 0.5, (leg * 40 + step) * 16];
      });
    }),
  );

function placeAt(points: readonly StrokePoint[], ms: number): { x: number; y: number } {
  const next = Math.max(
    1,
    points.findIndex((point) => point[3] >= ms),
  );
  const [a, b] = [points[next - 1], points[next]];
  assert.ok(a && b);
  const part = (ms - a[3]) / (b[3] - a[3] || 1);
  return { x: a[0] + (b[0] - a[0]) * part, y: a[1] + (b[1] - a[1]) * part };
}

describe('a finished stroke', () => {
  it('is where it was drawn within 0.1 % of the width, at each moment, with fewer points', () => {
    fc.assert(
      fc.property(strokes, (points) => {
        const simple = simplifyStroke(points, ASPECT);
        assert.ok(simple.length <= points.length && simple.length <= POINTS_MAX);
        for (const [x, y, , ms] of points) {
          const place = placeAt(simple, ms);
          const error = Math.hypot(place.x - x, (place.y - y) / ASPECT);
          assert.ok(error <= SIMPLIFY_ERROR + 1e-9, `${error}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has at most the points that may be sent, also after minutes of scribbling and from garbage', () => {
    const scribble = Array.from({ length: 6000 }, (_, n): StrokePoint => {
      const turn = n / 15;
      return [0.5 + 0.4 * Math.cos(turn * 1.1), 0.5 + 0.4 * Math.sin(turn * 1.7), 0.5, n * 16];
    });
    const simple = simplifyStroke(scribble, ASPECT);
    assert.ok(simple.length <= POINTS_MAX);
    const jumps = Array.from(
      { length: 6000 },
      (_, n): StrokePoint => [(n * 7919) % 3, (n * 104_729) % 2, 0.5, 0],
    );
    assert.ok(simplifyStroke(jumps, ASPECT).length <= POINTS_MAX);
    assert.deepEqual(simplifyStroke([], ASPECT), []);
    assert.deepEqual(simplifyStroke([[0.1, 0.2, 0.5, 0]], ASPECT), [[0.1, 0.2, 0.5, 0]]);
  });

  it('keeps a change of pressure along a straight line', () => {
    const line = Array.from({ length: 50 }, (_, n): StrokePoint => [n / 50, 0.5, n < 25 ? 0.1 : 0.9, n * 16]);
    const simple = simplifyStroke(line, ASPECT);
    assert.ok(simple.some(([x, , pressure]) => x > 0.4 && x < 0.5 && pressure === 0.1));
  });

  it('is shown again point by point', () => {
    const points: StrokePoint[] = [
      [0.1, 0.1, 0.5, 0],
      [0.2, 0.2, 0.5, 100],
      [0.3, 0.3, 0.5, 200],
    ];
    const shape = { kind: 'stroke', points } as const;
    assert.equal(shapeUpTo(shape, -1), undefined);
    assert.deepEqual(shapeUpTo(shape, 150), { kind: 'stroke', points: points.slice(0, 2) });
    assert.equal(drawnMs(shape), 200);
  });
});

describe('a stroke while it is drawn', () => {
  it('is calmer than the hand at rest', () => {
    const smooth = createSmoother(ASPECT);
    let [raw, calm] = [0, 0];
    for (let n = 0; n < 200; n += 1) {
      const tremble = 0.001 * Math.sin(n * 2.9);
      const [x] = smooth([0.5 + tremble, 0.5, 0.5, n * 16]);
      if (n > 50) [raw, calm] = [raw + tremble ** 2, calm + (x - 0.5) ** 2];
    }
    assert.ok(calm < raw / 3, `${calm} ${raw}`);
  });

  it('does not lag behind a moving pen, and ends under it', () => {
    const smooth = createSmoother(ASPECT);
    for (let n = 0; n < 60; n += 1) {
      const x = n * 0.016 * 0.5;
      const [shown] = smooth([x, 0.5, 0.5, n * 16]);
      if (n > 10) assert.ok(x - shown < 0.004, `${x - shown} of the width at half a width a second`);
    }
    assert.deepEqual(smooth([0.9, 0.1, 0.7, 2000], true), [0.9, 0.1, 0.7, 2000]);
  });

  it('gives finite points for any order of times', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double({ min: -1, max: 2, noNaN: true }), fc.nat(600_000))), (raw) => {
        const smooth = createSmoother(ASPECT);
        for (const [x, ms] of raw) assert.ok(smooth([x, x, 0.5, ms]).every(Number.isFinite));
      }),
    );
  });
});

describe('the distance to a line', () => {
  it('is counted in parts of the width in both directions', () => {
    const [a, b] = [
      { x: 0, y: 0.5 },
      { x: 1, y: 0.5 },
    ];
    assert.ok(Math.abs(distanceToSegment({ x: 0.5, y: 0.5 + 0.16 }, a, b, 1.6) - 0.1) < 1e-12);
    assert.equal(distanceToSegment({ x: 0.4, y: 0.5 }, a, a, 1), 0.4);
  });
});
