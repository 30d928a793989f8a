import assert from 'node:assert/strict';
import { apply } from '../../ar-annotations/geometry/matrix.ts';
import { followForward } from '../../ar-annotations/tracker/flow.ts';
import { pyramidOf } from '../../ar-annotations/tracker/pyramid.ts';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';
import { quantile } from './figures.ts';
import type { Kind } from './kinds.ts';
import { shotOf } from './kinds.ts';
import { corners, greyMat, homography, loadOpencv, lucasKanade, type Opencv } from './opencv.ts';
import { drawnPictures } from './pictures.ts';
import { film, type Sequence, SIZE } from './shot.ts';

/** Side of the tracker's own window, so that both look at the same pixels. */
const WINDOW = 9;

/** Well-textured places of the first frame, away from its edges, followed by both into a later one. */
function bothFollow(cv: Opencv, { frames, truth }: Sequence, later: number) {
  const [a, b]: (GreyFrame | undefined)[] = [frames[0], frames[later]];
  const motion = truth[later]?.[0]?.homography;
  assert.ok(a && b && motion);
  const [first, second] = [greyMat(cv, a), greyMat(cv, b)];
  const open = new cv.Mat(SIZE.height, SIZE.width, cv.CV_8UC1, new cv.Scalar(255));
  const places = corners(cv, first, open, 150);
  const theirs = lucasKanade(cv, first, second, places, WINDOW);
  for (const mat of [first, second, open]) mat.delete();
  const from = Float64Array.from(places);
  const ours = Float64Array.from(places);
  const alive = new Uint8Array(places.length / 2).fill(1);
  followForward(pyramidOf(a), pyramidOf(b), from, ours, alive, alive.length);
  return Array.from(alive, (lives, i) => {
    const [x = 0, y = 0] = places.subarray(2 * i);
    const [tx = 0, ty = 0] = theirs.places.subarray(2 * i);
    const [ox = 0, oy = 0] = ours.subarray(2 * i);
    const true01 = apply(motion, (x + 0.5) / SIZE.width, (y + 0.5) / SIZE.height);
    const is = { x: true01.x * SIZE.width - 0.5, y: true01.y * SIZE.height - 0.5 };
    const inside = is.x > 12 && is.x < SIZE.width - 12 && is.y > 12 && is.y < SIZE.height - 12;
    return {
      both: lives === 1 && theirs.alive[i] === 1 && inside,
      apart: Math.hypot(tx - ox, ty - oy),
      ourError: Math.hypot(ox - is.x, oy - is.y),
      theirError: Math.hypot(tx - is.x, ty - is.y),
    };
  }).filter(({ both }) => both);
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

describe("the tracker's Lucas-Kanade beside OpenCV's", () => {
  let cv: Opencv;
  before(async () => {
    cv = await loadOpencv();
  });

  const kinds: readonly Kind[] = ['translation', 'rotation', 'scale', 'perspective', 'noise'];
  for (const kind of kinds) {
    it(`finds the same places within a fraction of a pixel: ${kind}`, async () => {
      // An even seed is a picture of clutter: corners that a window of nine pixels can tell apart.
      const shot = shotOf(kind, 5, (seed) => drawnPictures(seed * 2, 0));
      const sequence = await film({ ...shot, seconds: 0.6 });
      const found = bothFollow(cv, sequence, 2);
      assert.ok(found.length >= 60, `only ${found.length} places were followed by both`);
      const apart = ascending(found.map((place) => place.apart));
      assert.ok(quantile(apart, 0.5) < 0.1, `half are ${quantile(apart, 0.5).toFixed(3)} px apart`);
      assert.ok(quantile(apart, 0.8) < 0.3, `a fifth are ${quantile(apart, 0.8).toFixed(3)} px apart`);
      const own = quantile(ascending(found.map((place) => place.ourError)), 0.8);
      const other = quantile(ascending(found.map((place) => place.theirError)), 0.8);
      assert.ok(own < other + 0.1, `off the truth by ${own.toFixed(3)} px, OpenCV by ${other.toFixed(3)} px`);
    });
  }

  it('fits a homography to the truth with a third of the places wrong', () => {
    const from = Float32Array.from({ length: 60 }, (_, i) => ((i * 7919) % 300) + (i % 2));
    const to = from.map((value, i) => (i % 6 < 2 ? value + 40 + i : value + 5));
    const fit = homography(cv, from, to, 2);
    assert.ok(fit);
    const { x, y } = apply(fit.matrix, 100, 80);
    assert.ok(Math.hypot(x - 105, y - 85) < 0.1, `${x}, ${y}`);
    assert.equal(fit.count, 20);
  });
});
