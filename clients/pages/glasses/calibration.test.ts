import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, type Matrix3 } from '../../../ar-annotations/geometry/matrix.ts';
import {
  CROSSES,
  calibrate,
  FITTED,
  isUsable,
  MOST_ERROR,
  parseCalibration,
  type Sighting,
  VALID_MS,
} from './calibration.ts';

const ASPECT = 854 / 480;

/** What a camera above the eye sees of a thing that lies under each cross. */
function sightingsWith(camera: Matrix3, blunders: Readonly<Record<number, number>> = {}): Sighting[] {
  return CROSSES.map((display, index) => {
    const seen = apply(camera, display.x, display.y);
    return { camera: { x: seen.x + (blunders[index] ?? 0), y: seen.y }, display };
  });
}
const plausible = fc
  .tuple(
    fc.double({ min: 0.4, max: 0.9, noNaN: true }),
    fc.double({ min: -0.1, max: 0.1, noNaN: true }),
    fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    fc.double({ min: -0.1, max: 0.1, noNaN: true }),
  )
  .map(([scale, turn, shift, tilt]): Matrix3 => [scale, turn, 0.2 + shift, -turn, scale, 0.25, tilt, 0, 1]);

describe('The calibration of a see-through display', () => {
  it('finds the map of any camera near the eye, and lays marks where the eye sees them', () => {
    fc.assert(
      fc.property(plausible, fc.constantFrom(...CROSSES), (camera, cross) => {
        const calibration = calibrate(sightingsWith(camera), ASPECT, 0);
        assert.ok(calibration && calibration.error < 1e-6);
        const seen = apply(camera, cross.x, cross.y);
        const shown = apply(calibration.map, seen.x, seen.y);
        assert.ok(Math.hypot(shown.x - cross.x, shown.y - cross.y) < 1e-6);
      }),
    );
  });

  it('is not believed when one check was off, however well the rest fits', () => {
    const slipped = calibrate(
      sightingsWith([0.7, 0, 0.1, 0, 0.7, 0.2, 0, 0, 1], { [FITTED + 1]: 0.05 }),
      ASPECT,
      0,
    );
    assert.ok(slipped && slipped.error > MOST_ERROR);
    assert.equal(isUsable(slipped, 0), false);
  });

  it('says so when a fitted sighting was off', () => {
    const slipped = calibrate(sightingsWith([0.7, 0, 0.1, 0, 0.7, 0.2, 0, 0, 1], { 4: 0.15 }), ASPECT, 0);
    assert.ok(slipped && slipped.error > MOST_ERROR);
  });

  it('is believed for one shift, and not before it was made', () => {
    const made = calibrate(sightingsWith([0.7, 0, 0.1, 0, 0.7, 0.2, 0, 0, 1]), ASPECT, 1000);
    assert.equal(isUsable(made, 1000 + VALID_MS), true);
    assert.equal(isUsable(made, 1001 + VALID_MS), false);
    assert.equal(isUsable(made, 999), false);
    assert.equal(isUsable(undefined, 1000), false);
  });

  it('needs every sighting, and sightings that are not in one place', () => {
    assert.equal(
      calibrate(sightingsWith([0.7, 0, 0, 0, 0.7, 0, 0, 0, 1]).slice(0, FITTED), ASPECT, 0),
      undefined,
    );
    const inOnePlace = CROSSES.map((display) => ({ camera: { x: 0.5, y: 0.5 }, display }));
    assert.equal(calibrate(inOnePlace, ASPECT, 0), undefined);
  });

  it('is read back as it was kept, and nothing else is', () => {
    const made = calibrate(sightingsWith([0.7, 0, 0.1, 0, 0.7, 0.2, 0, 0, 1]), ASPECT, 5);
    assert.deepEqual(parseCalibration(JSON.stringify(made)), made);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const kept = parseCalibration(text);
        assert.ok(kept === undefined || kept.map.length === 9);
      }),
    );
  });
});
