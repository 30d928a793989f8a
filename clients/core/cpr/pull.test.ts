import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leading, type PullInput, pulledRate } from './pull.ts';

const input = (change: Partial<PullInput>): PullInput => ({
  nowMs: 100_000,
  rate: 90,
  sureAtMs: 100_000,
  metronome: { rate: 110, mode: 'continuous' },
  breathsLeftMs: 0,
  ...change,
});

describe('the measure that pulls the metronome', () => {
  it('never leaves 100 to 120, whatever is measured', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.integer({ min: 100, max: 120 }),
        (rate, now) => {
          const pulled = pulledRate(input({ rate, metronome: { rate: now, mode: 'continuous' } }));
          assert.ok(pulled === undefined || (pulled >= 100 && pulled <= 120));
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  it('meets the hands and leads them to 110', () => {
    assert.equal(leading(80), 100);
    assert.equal(leading(101), 105);
    assert.equal(leading(108), 110);
    assert.equal(leading(113), 110);
    assert.equal(leading(119), 115);
    assert.equal(leading(150), 120);
    let rate = 84;
    for (let n = 0; n < 20; n += 1) rate += (leading(rate) - rate) * 0.8;
    assert.ok(Math.abs(rate - 110) < 1, `hands that follow end at ${rate}`);
  });

  it('is 110 again when the measure has not been sure for three seconds, and not before', () => {
    const metronome = { rate: 102, mode: 'continuous' as const };
    assert.equal(pulledRate(input({ rate: null, sureAtMs: 98_000, metronome })), undefined);
    assert.equal(pulledRate(input({ rate: null, sureAtMs: 96_900, metronome })), 110);
    assert.equal(pulledRate(input({ rate: null, sureAtMs: 96_900 })), undefined);
  });

  it('changes at most every four seconds while sure', () => {
    assert.equal(pulledRate(input({ changedAtMs: 97_000 })), undefined);
    assert.equal(pulledRate(input({ changedAtMs: 95_000 })), 100);
  });

  it('waits in 30:2 for the end of the breaths, because a change begins the thirty anew', () => {
    const metronome = { rate: 110, mode: '30:2' as const };
    assert.equal(pulledRate(input({ metronome })), undefined);
    assert.equal(pulledRate(input({ metronome, breathsLeftMs: 3000 })), undefined);
    assert.equal(pulledRate(input({ metronome, breathsLeftMs: 500 })), 100);
  });
});
