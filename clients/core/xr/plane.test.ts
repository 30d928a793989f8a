import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply } from '../../../ar-annotations/geometry/matrix.ts';
import { acrossPlane, meet, type Plane, project, rayThrough, type Vector, type View } from './plane.ts';

const CORNERS: readonly (readonly [number, number])[] = [
  [0.4, 0.4],
  [0.6, 0.4],
  [0.6, 0.6],
  [0.4, 0.6],
];

/** A view from a place, turned about the vertical axis and tilted, with a lens of 60° and its centre a little off. */
function viewFrom([x, y, z]: Vector, turn: number, tilt: number): View {
  const [c, s, d, e] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  const pose = [c, 0, -s, 0, s * e, d, c * e, 0, s * d, -e, c * d, 0, x, y, z, 1];
  const f = 1 / Math.tan(Math.PI / 6);
  return { pose, projection: [f / 1.78, 0, 0, 0, 0, f, 0, 0, 0.02, -0.03, -1, -1, 0, 0, -0.1, 0] };
}
/** A patient's chest 1 m before the first view, a little slanted. */
const chest: Plane = { point: [0, 0, -1], normal: [0.1, 0.2, Math.sqrt(1 - 0.05)] };
const small = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
const views = fc
  .tuple(small(0.2), small(0.2), small(0.2), small(0.15), small(0.15))
  .map(([x, y, z, turn, tilt]) => viewFrom([x, y, z], turn, tilt));

describe('A plane of the world', () => {
  it('is met by the ray through a place where that place is seen again', () => {
    fc.assert(
      fc.property(views, fc.constantFrom(...CORNERS), (view, [x, y]) => {
        const place = meet(rayThrough(view, x, y), chest);
        assert.ok(place);
        const seen = project(view, place);
        assert.ok(seen && Math.hypot(seen.x - x, seen.y - y) < 1e-9);
      }),
    );
  });

  it('carries every place of a mark from the picture it was drawn on to the picture of now', () => {
    const reference = viewFrom([0, 0, 0], 0, 0);
    const within = fc.double({ min: 0.42, max: 0.58, noNaN: true });
    fc.assert(
      fc.property(views, within, within, (now, x, y) => {
        const map = acrossPlane(reference, now, chest, CORNERS);
        const place = meet(rayThrough(reference, x, y), chest);
        const seen = place && project(now, place);
        assert.ok(map && seen);
        const mapped = apply(map, x, y);
        assert.ok(Math.hypot(mapped.x - seen.x, mapped.y - seen.y) < 1e-6);
      }),
    );
  });

  it('answers nothing from behind it, nor where it is seen from its edge, nor with the back turned', () => {
    const reference = viewFrom([0, 0, 0], 0, 0);
    assert.equal(acrossPlane(reference, viewFrom([0, 0, -2], Math.PI, 0), chest, CORNERS), undefined);
    assert.equal(acrossPlane(reference, viewFrom([0, 0, 0], Math.PI, 0), chest, CORNERS), undefined);
    const edge: Plane = { point: [0, 0, -1], normal: [0, 1, 0] };
    assert.equal(acrossPlane(reference, reference, edge, CORNERS), undefined);
  });
});
