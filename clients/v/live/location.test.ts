import assert from 'node:assert/strict';
import { distanceM, type Fix, isNews } from './location.ts';

const berlin = { lat: 52.52, lon: 13.405 };
const fix = (at: number, lat = berlin.lat, accuracyM = 20): Fix => ({
  at,
  accuracyM,
  point: { ...berlin, lat },
});

describe('Where a phone is', () => {
  it('is measured along the earth', () => {
    const paris = { lat: 48.8566, lon: 2.3522 };
    assert.ok(Math.abs(distanceM(berlin, paris) - 877_460) < 2000);
    assert.equal(distanceM(berlin, berlin), 0);
  });

  it('is told at first, when it moved, when it is known better, and once in half a minute', () => {
    assert.equal(isNews(undefined, fix(0)), true);
    assert.equal(isNews(fix(0), fix(5000)), false);
    assert.equal(isNews(fix(0), fix(5000, berlin.lat + 0.001)), true);
    assert.equal(isNews(fix(0), fix(5000, berlin.lat, 10)), true);
    assert.equal(isNews(fix(0), fix(30_000)), true);
  });

  it('is not told more than once in three seconds', () => {
    assert.equal(isNews(fix(0), fix(2000, berlin.lat + 0.01)), false);
  });
});
