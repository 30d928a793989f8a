import assert from 'node:assert/strict';
import { failedLimits } from '../../../signaling/protocol/cpr-check.ts';
import { checkReadings, figuresOf, truthAt } from './check.ts';
import type { CprReading } from './measure.ts';

/** Strokes at one rate from `from` to `to`, in milliseconds. */
function strokes(from: number, to: number, rate: number): number[] {
  return Array.from(
    { length: Math.floor(((to - from) * rate) / 60_000) },
    (_, i) => from + (i * 60_000) / rate,
  );
}
/** Readings every half second as a measure would give them that says `rate`, or pauses. */
function readingsOf(durationMs: number, say: (timeMs: number) => { rate: number | null; pausedMs?: number }) {
  const readings: CprReading[] = [];
  for (let timeMs = 500; timeMs <= durationMs; timeMs += 500) {
    const { rate, pausedMs = 0 } = say(timeMs);
    readings.push({
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
  }
  return readings;
}

const compressions = [
  ...strokes(0, 40_000, 110),
  ...strokes(40_000, 60_000, 140),
  ...strokes(80_000, 100_000, 110),
];
const labels = { v: 1 as const, durationMs: 100_000, compressions };
const lastBefore = (timeMs: number) => compressions.findLast((at) => at <= timeMs) ?? 0;

describe('the check of the measure', () => {
  it('knows the rate of the last three seconds, and when nobody compresses', () => {
    assert.ok(Math.abs((truthAt(compressions, 30_000) ?? 0) - 110) < 0.5);
    assert.ok(Math.abs((truthAt(compressions, 55_000) ?? 0) - 140) < 0.5);
    assert.equal(truthAt(compressions, 70_000), null);
    assert.equal(truthAt(compressions, 62_200), undefined);
  });

  it('finds a perfect measure perfect, and lets it be recorded', () => {
    const perfect = readingsOf(100_000, (timeMs) => {
      const truth = truthAt(compressions, timeMs);
      return typeof truth === 'number'
        ? { rate: truth }
        : { rate: null, pausedMs: timeMs - lastBefore(timeMs) };
    });
    const figures = figuresOf([checkReadings(perfect, labels)]);
    assert.equal(figures.meanError, 0);
    assert.equal(figures.within10, 1);
    assert.equal(figures.shown, 1);
    assert.deepEqual(figures.tooFast, { events: 1, found: 1 });
    assert.deepEqual(figures.paused, { events: 1, found: 1 });
    assert.deepEqual(failedLimits(figures), []);
  });

  it('finds a measure that always says 110 wrong: too fast is missed, and a rate is shown without compressions', () => {
    const figures = figuresOf([
      checkReadings(
        readingsOf(100_000, () => ({ rate: 110 })),
        labels,
      ),
    ]);
    assert.deepEqual(figures.tooFast, { events: 1, found: 0 });
    assert.deepEqual(figures.paused, { events: 1, found: 0 });
    assert.ok(figures.shownWithout > 0.1);
    assert.ok(figures.meanError > 5);
    assert.deepEqual(failedLimits(figures).sort(), ['meanError', 'sensitivity', 'shownWithout', 'within10']);
  });

  it('counts flags without reason', () => {
    const wrong = readingsOf(100_000, (timeMs) => ({ rate: timeMs < 30_000 ? 140 : null }));
    assert.equal(checkReadings(wrong, labels).falseAlarms, 1);
  });

  it('refuses a check without a fast stretch or a pause, or with too little of compressions', () => {
    const short = { v: 1 as const, durationMs: 20_000, compressions: strokes(0, 20_000, 110) };
    const figures = figuresOf([
      checkReadings(
        readingsOf(20_000, () => ({ rate: 110 })),
        short,
      ),
    ]);
    assert.deepEqual(failedLimits(figures).sort(), ['compressingSeconds', 'sensitivity']);
  });
});
