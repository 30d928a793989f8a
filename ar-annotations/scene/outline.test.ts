import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markOn } from '../testing/arbitraries.ts';
import { evolveScene, initialScene } from './evolve.ts';
import { hitTest, nextStamp, outlineOf, regionOf } from './outline.ts';
import type { Shape } from './types.ts';

const ASPECT = 16 / 9;
const place = fc.record({
  x: fc.double({ min: -1, max: 2, noNaN: true }),
  y: fc.double({ min: -1, max: 2, noNaN: true }),
});
const shapes: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constant('pointer' as const), at: place }),
  fc.record({ kind: fc.constant('arrow' as const), from: place, to: place }),
  fc.record({
    kind: fc.constant('ellipse' as const),
    centre: place,
    rx: fc.double({ min: 0.001, max: 2, noNaN: true }),
    ry: fc.double({ min: 0.001, max: 2, noNaN: true }),
    rotation: fc.double({ min: -7, max: 7, noNaN: true }),
  }),
);

describe('the region of a shape', () => {
  it('lies inside the frame, is large enough to be tracked, and holds what lies in the frame', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { x, y, width, height } = regionOf(shape, ASPECT);
        assert.ok(x >= 0 && y >= 0 && x + width <= 1 + 1e-9 && y + height <= 1 + 1e-9);
        assert.ok(width >= 0.12 - 1e-9 && height >= 0.12 * ASPECT - 1e-9);
        for (const point of outlineOf(shape, ASPECT).flat()) {
          if (point.x < 0 || point.x > 1 || point.y < 0 || point.y > 1) continue;
          assert.ok(point.x >= x - 1e-9 && point.x <= x + width + 1e-9);
          assert.ok(point.y >= y - 1e-9 && point.y <= y + height + 1e-9);
        }
      }),
    );
  });
});

describe('an ellipse', () => {
  it('is as wide as high in pixels where its half axes are the same', () => {
    const [line = []] = outlineOf(
      { kind: 'ellipse', centre: { x: 0.5, y: 0.5 }, rx: 0.1, ry: 0.1, rotation: 0.7 },
      ASPECT,
    );
    for (const { x, y } of line) assert.ok(Math.abs(Math.hypot(x - 0.5, (y - 0.5) / ASPECT) - 0.1) < 1e-9);
  });
});

describe('a finger on a mark', () => {
  const arrow = (markId: string, y: number) => ({
    mark: { ...markOn(markId), shape: { kind: 'arrow', from: { x: 0.2, y }, to: { x: 0.8, y } } as const },
  });

  it('finds the topmost one near it, and none far away', () => {
    const marks = [arrow('a', 0.5), arrow('b', 0.51)];
    assert.equal(hitTest(marks, { x: 0.5, y: 0.505 }), 'b');
    assert.equal(hitTest(marks, { x: 0.5, y: 0.48 }), 'a');
    assert.equal(hitTest(marks, { x: 0.5, y: 0.7 }), undefined);
    assert.equal(hitTest(marks, { x: 0.85, y: 0.5 }), undefined);
  });

  it('finds it where it is now, not where it was drawn', () => {
    const homography = [1, 0, 0, 0, 1, 0.3, 0, 0, 1] as const;
    const marks = [{ ...arrow('a', 0.5), homography }];
    assert.equal(hitTest(marks, { x: 0.5, y: 0.8 }), 'a');
    assert.equal(hitTest(marks, { x: 0.5, y: 0.5 }), undefined);
  });

  it('finds an image anywhere inside it', () => {
    const corners = [
      { x: 0.2, y: 0.2 },
      { x: 0.6, y: 0.2 },
      { x: 0.6, y: 0.6 },
      { x: 0.2, y: 0.6 },
    ] as const;
    const marks = [{ mark: { ...markOn('i'), shape: { kind: 'image', imageId: 'x', corners } as const } }];
    assert.equal(hitTest(marks, { x: 0.4, y: 0.4 }), 'i');
    assert.equal(hitTest(marks, { x: 0.7, y: 0.4 }), undefined);
  });
});

describe('the next stamp', () => {
  const stamps = (numbers: readonly number[]) =>
    numbers.reduce((scene, number, index) => {
      const shape: Shape = { kind: 'stamp', at: { x: 0.5, y: 0.5 }, number };
      const mark = { ...markOn(`s${index}`), shape };
      return evolveScene(scene, { type: 'MarkAdded', mark }, index);
    }, initialScene());

  it('has one more than the highest that is seen, and a free one after 99', () => {
    assert.equal(nextStamp(initialScene()), 1);
    assert.equal(nextStamp(stamps([1, 4])), 5);
    assert.equal(nextStamp(stamps([1, 99])), 2);
    const erased = evolveScene(
      stamps([1, 2]),
      { type: 'MarksErased', markIds: ['s1'], author: 'anna', reason: 'undo' },
      9,
    );
    assert.equal(nextStamp(erased), 2);
  });
});
