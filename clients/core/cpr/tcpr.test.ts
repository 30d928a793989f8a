import assert from 'node:assert/strict';
import { tcprClocks } from './tcpr.ts';

const ANSWERED = 1_000_000;
const view = (now: number, clocks = {}) =>
  Object.fromEntries(tcprClocks(ANSWERED, clocks, ANSWERED + now).map((clock) => [clock.clock, clock]));

describe('the clocks of telephone CPR', () => {
  it('run from the answering of the call until they are set', () => {
    const running = view(40_000);
    assert.equal(running.recognised?.ms, 40_000);
    assert.equal(running.recognised?.set, false);
    const set = view(100_000, { recognised: { at: ANSWERED + 55_000, source: 'key' } });
    assert.equal(set.recognised?.ms, 55_000);
    assert.equal(set.recognised?.set, true);
    assert.equal(set.recognised?.late, false);
  });

  it('are late beyond 90 s for recognition and 150 s for the first compression, and warn before', () => {
    assert.equal(view(60_000).recognised?.soon, false);
    assert.equal(view(80_000).recognised?.soon, true);
    assert.equal(view(90_001).recognised?.late, true);
    assert.equal(view(140_000)['first-compression']?.late, false);
    assert.equal(view(150_001)['first-compression']?.late, true);
    const late = view(200_000, { 'first-compression': { at: ANSWERED + 170_000, source: 'measured' } });
    assert.equal(late['first-compression']?.late, true);
    assert.equal(late['first-compression']?.source, 'measured');
  });

  it('keep the limits of the site; what has none is never late', () => {
    const clocks = tcprClocks(ANSWERED, {}, ANSWERED + 65_000, {
      recognisedSeconds: 60,
      compressingSeconds: 120,
    });
    assert.deepEqual(
      clocks.map(({ late }) => late),
      [false, true, false, false],
    );
  });

  it('never show a time before the answering', () => {
    assert.equal(
      view(1000, { 'address-known': { at: ANSWERED - 5000, source: 'key' } })['address-known']?.ms,
      0,
    );
  });
});
