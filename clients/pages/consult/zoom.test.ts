import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { captionHeight, snapshotName } from './snapshot.ts';
import { fitted, keepInside, MAX_SCALE, panBy, UNZOOMED, wheelFactor, zoomAt, zoomByKey } from './zoom.ts';

const box = { width: 1000, height: 500 };
const picture = { width: 3840, height: 2160 };
const near = (a: number, b: number) => Math.abs(a - b) < 1e-6;

describe('Zooming into a picture', () => {
  it('fits the picture whole before any zoom', () => {
    const fit = fitted(box, picture);
    assert(near(fit.height, 500) && near(fit.width, 500 * (16 / 9)));
  });

  it('keeps the point under the finger where it is', () => {
    const point = { x: 120, y: -60 };
    const before = zoomAt(UNZOOMED, 3, { x: 0, y: 0 }, box, picture);
    const after = zoomAt(before, 1.5, point, box, picture);
    const under = (zoom: typeof before) => ({
      x: (point.x - zoom.x) / zoom.scale,
      y: (point.y - zoom.y) / zoom.scale,
    });
    assert(near(under(before).x, under(after).x) && near(under(before).y, under(after).y));
  });

  it('never shows emptiness that a smaller pan would fill, whatever is done to it', async () => {
    const step = fc.record({
      factor: fc.double({ min: 0.2, max: 5, noNaN: true }),
      x: fc.double({ min: -500, max: 500, noNaN: true }),
      y: fc.double({ min: -250, max: 250, noNaN: true }),
    });
    await fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let zoom = UNZOOMED;
        for (const { factor, x, y } of steps) {
          zoom = panBy(zoomAt(zoom, factor, { x, y }, box, picture), { x: y, y: x }, box, picture);
        }
        const fit = fitted(box, picture);
        assert(zoom.scale >= 1 && zoom.scale <= MAX_SCALE);
        assert(Math.abs(zoom.x) <= Math.max(0, (fit.width * zoom.scale - box.width) / 2) + 1e-6);
        assert(Math.abs(zoom.y) <= Math.max(0, (fit.height * zoom.scale - box.height) / 2) + 1e-6);
      }),
    );
  });

  it('returns to the middle when it is whole again', () => {
    assert.deepEqual(keepInside({ scale: 0.3, x: 400, y: -90 }, box, picture), UNZOOMED);
  });

  it('answers the keys of the zoom and leaves the others alone', () => {
    const zoomed = zoomByKey('+', UNZOOMED, box, picture);
    assert(zoomed !== undefined && zoomed.scale > 1);
    assert.deepEqual(zoomByKey('0', zoomed, box, picture), UNZOOMED);
    assert.equal(zoomByKey('ArrowLeft', UNZOOMED, box, picture), undefined);
    assert((zoomByKey('ArrowLeft', { ...zoomed, scale: 4 }, box, picture)?.x ?? 0) > 0);
    assert.equal(zoomByKey('m', zoomed, box, picture), undefined);
  });

  it('treats lines and pixels of a wheel alike and never jumps', () => {
    assert(wheelFactor(-100, 0) > 1 && wheelFactor(100, 0) < 1);
    assert(near(wheelFactor(3, 1), wheelFactor(48, 0)));
    assert(wheelFactor(-100_000, 0) < 2);
  });
});

describe('A snapshot', () => {
  it('has a file name without any name of a person', () => {
    assert.equal(
      snapshotName('room-1', '0123456789abcdef', Date.UTC(2026, 0, 2, 3, 4, 5)),
      'goldenhour-room-1-0123456789ab-2026-01-02T03-04-05-000Z.png',
    );
    assert.equal(captionHeight(2160), 97);
    assert.equal(captionHeight(240), 36);
  });
});
