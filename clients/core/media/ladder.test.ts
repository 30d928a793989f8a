import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RUNGS } from '../../../signaling/protocol/media.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { RUNG_NEEDS, rungFor, UplinkLadder, type UplinkSample } from './ladder.ts';

const rich: UplinkSample = { available: 30_000_000, limitation: 'none', lossFraction: 0, rttMs: 30, fps: 30 };

/** Feeds one sample a second and answers the rungs taken. */
function run(ladder: UplinkLadder, clock: ManualClock, seconds: number, sample: UplinkSample): void {
  for (let i = 0; i < seconds; i += 1) {
    clock.advance(1000);
    ladder.handleSample(sample);
  }
}

describe('uplink ladder', () => {
  it('starts at the rung of the camera, or lower when the pre-check measured less', () => {
    assert.equal(new UplinkLadder(new ManualClock(), 2160).rung, '2160');
    assert.equal(new UplinkLadder(new ManualClock(), 1080).rung, '1080');
    assert.equal(new UplinkLadder(new ManualClock(), 2160, 1_200_000).rung, '1080');
    assert.equal(new UplinkLadder(new ManualClock(), 2160, 70_000).rung, 'still');
  });

  it('does not fall for the low estimates of the first seconds', () => {
    const clock = new ManualClock();
    const ladder = new UplinkLadder(clock, 2160);
    run(ladder, clock, 3, { ...rich, available: 300_000 });
    assert.equal(ladder.rung, '2160');
  });

  it('steps down after two bad seconds, as far as the estimate says but never past the still', () => {
    const clock = new ManualClock();
    const ladder = new UplinkLadder(clock, 2160);
    run(ladder, clock, 5, rich);
    run(ladder, clock, 2, { ...rich, available: 400_000 });
    assert.equal(ladder.rung, '2160');
    run(ladder, clock, 1, { ...rich, available: 400_000 });
    assert.equal(ladder.rung, '540');
    const poor = new UplinkLadder(clock, 2160);
    run(poor, clock, 8, { ...rich, available: 1000 });
    assert.equal(poor.rung, 'still');
  });

  it('goes from still to audio to text while loss stays high, and climbs all the way back by itself', () => {
    const clock = new ManualClock();
    const ladder = new UplinkLadder(clock, 2160, 70_000);
    const reasons: string[] = [];
    ladder.events.on('rung', ({ reason }) => reasons.push(reason));
    run(ladder, clock, 12, { lossFraction: 0.4, rttMs: 900 });
    assert.equal(ladder.rung, 'text');
    assert.ok(reasons.every((reason) => reason === 'link'));
    run(ladder, clock, 120, rich);
    assert.equal(ladder.rung, '2160');
    assert.equal(reasons.at(-1), 'recovered');
  });

  it('waits longer before each climb that failed before', () => {
    const clock = new ManualClock();
    const ladder = new UplinkLadder(clock, 2160, 1_000_000);
    const climbs: number[] = [];
    ladder.events.on('rung', ({ reason }) => {
      if (reason === 'recovered') climbs.push(clock.monotonic());
    });
    // The link carries 1080 and never 2160: each try at 2160 fails.
    for (let i = 0; i < 200; i += 1) {
      const poor = { ...rich, available: 1_500_000, limitation: 'none' as const };
      run(ladder, clock, 1, poor);
    }
    const gaps = climbs.slice(1).map((at, i) => at - (climbs[i] ?? 0));
    assert.ok(gaps.length >= 2, `climbs at ${climbs.join(' ')}`);
    assert.ok((gaps.at(-1) ?? 0) > (gaps[0] ?? 0), `gaps ${gaps.join(' ')}`);
    assert.ok(climbs.length <= 6, `${climbs.length} climbs in 200 s`);
  });

  it('names the processor when that is what cannot keep up', () => {
    const clock = new ManualClock();
    const ladder = new UplinkLadder(clock, 2160);
    const reasons: string[] = [];
    ladder.events.on('rung', ({ reason }) => reasons.push(reason));
    run(ladder, clock, 8, { ...rich, limitation: 'cpu', fps: 4 });
    assert.equal(reasons[0], 'cpu');
  });

  it('never leaves the ladder, never exceeds the camera, and always returns to the top on a good link', () => {
    const sample = fc.record({
      available: fc.option(fc.integer({ min: 0, max: 30_000_000 }), { nil: undefined }),
      limitation: fc.constantFrom('none' as const, 'cpu' as const, 'bandwidth' as const),
      lossFraction: fc.double({ min: 0, max: 1, noNaN: true }),
      rttMs: fc.integer({ min: 1, max: 6000 }),
      fps: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 120 }),
        fc.constantFrom(2160, 1080, 540),
        (samples, height) => {
          const clock = new ManualClock();
          const ladder = new UplinkLadder(clock, height);
          const top = RUNGS.indexOf(ladder.rung);
          let before = top;
          ladder.events.on('rung', ({ rung, reason }) => {
            const now = RUNGS.indexOf(rung);
            // One rung up at a time; a fall always has a cause.
            if (now < before) assert.ok(reason === 'recovered' && now === before - 1);
            else assert.ok(reason === 'link' || reason === 'cpu');
            before = now;
          });
          for (const each of samples) run(ladder, clock, 1, each);
          assert.ok(RUNGS.indexOf(ladder.rung) >= top);
          run(ladder, clock, 600, rich);
          assert.equal(RUNGS.indexOf(ladder.rung), top);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });

  it('knows what each rung needs, best first', () => {
    const needs = RUNGS.map((rung) => RUNG_NEEDS[rung]);
    assert.deepEqual(
      needs,
      [...needs].sort((a, b) => b - a),
    );
    for (const rung of RUNGS) assert.equal(rungFor(RUNG_NEEDS[rung]), rung);
  });
});
