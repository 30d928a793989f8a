import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distanceM, fromWgs84, isInOffsetArea, toWgs84 } from './datum.ts';
import { DATUMS } from './geo.ts';

/** Pairs that the widely used implementations agree on (eviltransform's own tests: Shanghai, Shenzhen, Beijing). */
const GCJ02_PAIRS = [
  { wgs84: { lat: 31.1774276, lon: 121.5272106 }, gcj02: { lat: 31.17530398364597, lon: 121.531541859215 } },
  { wgs84: { lat: 22.543847, lon: 113.912316 }, gcj02: { lat: 22.540796131694766, lon: 113.9171764808363 } },
  { wgs84: { lat: 39.911954, lon: 116.377817 }, gcj02: { lat: 39.91334545536069, lon: 116.38404722455657 } },
];
/** Tiananmen as the documentation of BD-09 converters has it. */
const BD09_PAIR = {
  gcj02: { lat: 39.915, lon: 116.404 },
  bd09: { lat: 39.92133699351022, lon: 116.41036949371029 },
};

/** Inside the area by more than the offset, so that the edge is crossed by no conversion. */
const inChina = fc.record({
  lat: fc.double({ min: 0.9, max: 55.7, noNaN: true }),
  lon: fc.double({ min: 72.1, max: 137.7, noNaN: true }),
});
const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('datums', () => {
  it('convert known pairs within half a metre, both ways', () => {
    for (const { wgs84, gcj02 } of GCJ02_PAIRS) {
      assert.ok(distanceM(fromWgs84(wgs84, 'gcj02'), gcj02) < 0.5);
      assert.ok(distanceM(toWgs84(gcj02, 'gcj02'), wgs84) < 0.5);
    }
    const { gcj02, bd09 } = BD09_PAIR;
    const viaWgs84 = fromWgs84(toWgs84(gcj02, 'gcj02'), 'bd09');
    assert.ok(distanceM(viaWgs84, bd09) < 0.5, String(distanceM(viaWgs84, bd09)));
    assert.ok(distanceM(toWgs84(bd09, 'bd09'), toWgs84(gcj02, 'gcj02')) < 0.5);
  });

  it('come back to where they began, within a millimetre', () => {
    for (const datum of DATUMS) {
      fc.assert(
        fc.property(inChina, (point) => {
          assert.ok(distanceM(toWgs84(fromWgs84(point, datum), datum), point) < 0.001);
        }),
      );
    }
  });

  it('differ by some hundred metres in China, which is a wrong street, and never by kilometres', () => {
    fc.assert(
      fc.property(inChina, (point) => {
        const gcj02 = distanceM(fromWgs84(point, 'gcj02'), point);
        assert.ok(gcj02 > 1 && gcj02 < 1500, String(gcj02));
        const bd09 = distanceM(fromWgs84(point, 'bd09'), fromWgs84(point, 'gcj02'));
        assert.ok(bd09 > 300 && bd09 < 1500, String(bd09));
      }),
    );
    const [shanghai] = GCJ02_PAIRS;
    assert.ok(shanghai && distanceM(shanghai.wgs84, shanghai.gcj02) > 400);
  });

  it('are the same elsewhere, and every point stays one', () => {
    fc.assert(
      fc.property(anywhere, fc.constantFrom(...DATUMS), (point, datum) => {
        for (const { lat, lon } of [toWgs84(point, datum), fromWgs84(point, datum)]) {
          assert.ok(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180);
          if (!isInOffsetArea(point)) assert.deepEqual([lat, lon], [point.lat, point.lon]);
        }
      }),
    );
  });
});

describe('distances', () => {
  it('are those of a sphere: a degree of latitude, half the way round, and nothing', () => {
    const pole = { lat: 90, lon: 0 };
    assert.ok(Math.abs(distanceM({ lat: 0, lon: 0 }, { lat: 1, lon: 0 }) - 111_195) < 1);
    assert.ok(Math.abs(distanceM(pole, { lat: -90, lon: 77 }) - 20_015_115) < 1);
    assert.equal(distanceM(pole, pole), 0);
  });

  it('are the same both ways and never longer by a detour', () => {
    fc.assert(
      fc.property(anywhere, anywhere, anywhere, (a, b, c) => {
        assert.ok(Math.abs(distanceM(a, b) - distanceM(b, a)) < 1e-6);
        assert.ok(distanceM(a, c) <= distanceM(a, b) + distanceM(b, c) + 0.5);
      }),
    );
  });
});
