import assert from 'node:assert/strict';
import { CprAlarms, pauseIsRight, untilSwap } from './alarms.ts';
import type { CprReading } from './measure.ts';

const reading = (timeMs: number, rate: number | null, pausedMs = 0): CprReading => ({
  timeMs,
  phase: rate !== null ? 'compressing' : pausedMs > 0 ? 'paused' : 'unsure',
  rate,
  confidence: 1,
  pausedMs,
  handsOffMs: 0,
  measuredMs: 0,
  compressions: 0,
  curve: [],
  curveHz: 16,
});
const mark = (
  mark: 'started' | 'breaths' | 'swap' | 'aed-analysing' | 'shock' | 'stopped' | 'breathes',
  at: number,
) => ({
  mark,
  at,
  by: 'd',
});

describe('the alarms of compressions', () => {
  it('say too fast only when it lasts, and take it off inside the limit', () => {
    const alarms = new CprAlarms();
    assert.equal(alarms.add(reading(0, 130), false)['too-fast'], false);
    assert.equal(alarms.add(reading(500, 130), false)['too-fast'], false);
    for (const at of [1000, 1500]) assert.equal(alarms.add(reading(at, 130), false)['too-fast'], false);
    assert.equal(alarms.add(reading(2000, 130), false)['too-fast'], true);
    assert.equal(alarms.add(reading(2500, 121), false)['too-fast'], true);
    assert.equal(alarms.add(reading(3000, 119), false)['too-fast'], false);
    assert.equal(alarms.add(reading(3500, 121), false)['too-fast'], false);
  });

  it('say too slow below 100 that lasts', () => {
    const alarms = new CprAlarms();
    for (let at = 0; at < 4000; at += 500)
      assert.equal(alarms.add(reading(at, 90), false)['too-slow'], false);
    assert.equal(alarms.add(reading(4000, 90), false)['too-slow'], true);
    assert.equal(alarms.add(reading(4500, 101), false)['too-slow'], false);
  });

  it('say paused after ten seconds, unless the pause is right', () => {
    const alarms = new CprAlarms();
    assert.equal(alarms.add(reading(0, null, 9900), false).paused, false);
    assert.equal(alarms.add(reading(500, null, 10_400), false).paused, true);
    assert.equal(alarms.add(reading(1000, null, 10_900), true).paused, false);
  });

  it('say nothing when not sure', () => {
    const alarms = new CprAlarms();
    for (const at of [0, 500, 1000, 1500]) alarms.add(reading(at, 140), false);
    assert.deepEqual(alarms.add(reading(2000, null), false), {
      'too-fast': false,
      'too-slow': false,
      paused: false,
    });
  });
});

describe('keys that make a pause right', () => {
  it('do so for their time, and no longer', () => {
    assert.equal(pauseIsRight({ marks: [] }, 1000), false);
    assert.equal(pauseIsRight({ marks: [mark('aed-analysing', 1000)] }, 30_000), true);
    assert.equal(pauseIsRight({ marks: [mark('aed-analysing', 1000)] }, 31_000), false);
    assert.equal(pauseIsRight({ marks: [mark('breaths', 1000)] }, 12_000), true);
    assert.equal(pauseIsRight({ marks: [mark('breaths', 1000)] }, 14_000), false);
  });

  it('end with the next start, and last after "breathes"', () => {
    assert.equal(pauseIsRight({ marks: [mark('swap', 1000), mark('started', 3000)] }, 4000), false);
    assert.equal(pauseIsRight({ marks: [mark('started', 0), mark('breathes', 1000)] }, 900_000), true);
  });
});

describe('the prompt to swap', () => {
  it('comes two minutes after the start and after each swap', () => {
    assert.equal(untilSwap({ marks: [] }, 1000), undefined);
    assert.equal(untilSwap({ marks: [mark('started', 0)] }, 100_000), 20_000);
    assert.equal(untilSwap({ marks: [mark('started', 0)] }, 130_000), -10_000);
    assert.equal(untilSwap({ marks: [mark('started', 0), mark('swap', 125_000)] }, 130_000), 115_000);
  });

  it('is none when they have stopped', () => {
    assert.equal(untilSwap({ marks: [mark('started', 0), mark('stopped', 5000)] }, 130_000), undefined);
  });
});
