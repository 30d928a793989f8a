import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Beat, BREATHS_MS, beatFrom, breathsLeft, createBeatClock, gridOf } from './metronome.ts';

const RUNS = { numRuns: 200, seed: 4 };
const rate = fc.double({ min: 100, max: 120, noNaN: true });
const at = fc.double({ min: 0, max: 1e7, noNaN: true });
const continuous = (rate: number, at = 0) => ({ on: true, rate, mode: 'continuous' as const, at });
const thirty = (rate: number, at = 0) => ({ on: true, rate, mode: '30:2' as const, at });

/** Beats of a page that asks every `everyMs`, as long as given. */
function play(clock: ReturnType<typeof createBeatClock>, from: number, to: number, everyMs = 50): Beat[] {
  const beats: Beat[] = [];
  for (let now = from; now < to; now += everyMs) beats.push(...clock.due(now, 250));
  return beats;
}
const intervals = (beats: readonly Beat[]) => beats.slice(1).map(({ at }, i) => at - (beats[i]?.at ?? 0));

describe('the beats of the metronome', () => {
  it('do not drift within an hour, whatever the rate', () => {
    fc.assert(
      fc.property(rate, at, (rate, at) => {
        const clock = createBeatClock();
        clock.set(gridOf(continuous(rate, at)));
        const beats = play(clock, at, at + 3_600_000, 200);
        const last = beats.at(-1);
        assert.ok(last);
        assert.ok(Math.abs(last.at - (at + (beats.length - 1) * (60_000 / rate))) < 0.01);
        assert.ok(Math.abs(beats.length - 60 * rate) <= 2);
      }),
      { numRuns: 10, seed: 4 },
    );
  });

  it('stay between 100 and 120 a minute through any changes of rate, phase and offset, and end on the common beat', () => {
    const change = fc.record({
      after: fc.integer({ min: 50, max: 20_000 }),
      rate,
      phase: fc.double({ min: -5000, max: 0, noNaN: true }),
    });
    fc.assert(
      fc.property(rate, fc.array(change, { minLength: 1, maxLength: 8 }), (first, changes) => {
        const clock = createBeatClock();
        const beats: Beat[] = [];
        let now = 1000;
        let grid = gridOf(continuous(first, now));
        clock.set(grid);
        for (const { after, rate, phase } of changes) {
          beats.push(...play(clock, now, now + after));
          now += Math.ceil(after / 50) * 50;
          grid = gridOf(continuous(rate, now + phase));
          clock.set(grid);
        }
        beats.push(...play(clock, now, now + 60_000));
        for (const ms of intervals(beats)) assert.ok(ms >= 499.49 && ms <= 600.51, `an interval of ${ms} ms`);
        const last = beats.at(-1);
        assert.ok(grid && last);
        const off = Math.abs((((last.at - grid.start) / grid.intervalMs + 0.5) % 1) - 0.5) * grid.intervalMs;
        assert.ok(off < 0.01, `${off} ms beside the common beat`);
      }),
      RUNS,
    );
  });

  it('join a changed beat within seven beats', () => {
    fc.assert(
      fc.property(rate, rate, fc.double({ min: 0, max: 600, noNaN: true }), (first, second, phase) => {
        const clock = createBeatClock();
        clock.set(gridOf(continuous(first)));
        play(clock, 0, 5000);
        const grid = gridOf(continuous(second, 5000 - phase));
        clock.set(grid);
        const joined = play(clock, 5000, 20_000)[7];
        assert.ok(grid && joined);
        const off =
          Math.abs((((joined.at - grid.start) / grid.intervalMs + 0.5) % 1) - 0.5) * grid.intervalMs;
        assert.ok(off <= 15);
      }),
      RUNS,
    );
  });

  it('bring a rate outside 100 to 120 inside', () => {
    assert.equal(gridOf(continuous(150))?.intervalMs, 500);
    assert.equal(gridOf(continuous(60))?.intervalMs, 600);
  });

  it('are none while the metronome is off, and go on without a doubled one when it is on again', () => {
    const clock = createBeatClock();
    clock.set(gridOf(continuous(110)));
    const before = play(clock, 0, 3000);
    clock.set(gridOf({ ...continuous(110), on: false }));
    assert.deepEqual(play(clock, 3000, 3100), []);
    clock.set(gridOf(continuous(110, 3100)));
    const all = [...before, ...play(clock, 3100, 6000)];
    for (const ms of intervals(all)) assert.ok(ms >= 499.5);
  });

  it('count thirty and leave time for two breaths in 30:2', () => {
    const clock = createBeatClock();
    clock.set(gridOf(thirty(110)));
    const beats = play(clock, 0, 120_000);
    const [first] = beats;
    assert.equal(first?.count, 1);
    for (const [i, ms] of intervals(beats).entries()) {
      const expected = beats[i]?.endsCycle ? BREATHS_MS : 60_000 / 110;
      assert.ok(Math.abs(ms - expected) < 0.01, `${ms} ms after beat ${beats[i]?.count}`);
    }
    assert.equal(
      beats.filter(({ endsCycle }) => endsCycle).every(({ count }) => count === 30),
      true,
    );
    assert.ok(beats.filter(({ endsCycle }) => endsCycle).length >= 4);
  });

  it('never shorten the breaths by more than half a beat when 30:2 begins out of step', () => {
    fc.assert(
      fc.property(rate, fc.double({ min: 0, max: 600, noNaN: true }), (rate, phase) => {
        const clock = createBeatClock();
        clock.set(gridOf(continuous(110)));
        const beats = play(clock, 0, 5000);
        clock.set(gridOf(thirty(rate, 5000 - phase)));
        beats.push(...play(clock, 5000, 70_000));
        for (const ms of intervals(beats)) {
          assert.ok(
            (ms >= 499.49 && ms <= 600.51) || (ms > BREATHS_MS - 310 && ms < BREATHS_MS + 310),
            `${ms} ms`,
          );
        }
      }),
      RUNS,
    );
  });

  it('tell how long the breaths still last', () => {
    const grid = gridOf(thirty(120));
    assert.ok(grid);
    assert.equal(breathsLeft(grid, 14_000), 0);
    assert.equal(breathsLeft(grid, 29 * 500 + 2000), BREATHS_MS - 2000);
    assert.equal(breathsLeft(grid, 29 * 500 + BREATHS_MS + 100), 0);
  });

  it('are not made up for after the page slept', () => {
    const clock = createBeatClock();
    clock.set(gridOf(continuous(120)));
    play(clock, 0, 2000);
    const [first, ...rest] = clock.due(30_010, 250);
    assert.equal(rest.length, 0);
    assert.equal(first, undefined);
    assert.equal(clock.due(30_260, 250)[0]?.at, 30_500);
  });

  it('are the same for a device that comes later', () => {
    const grid = gridOf(thirty(104, 700));
    assert.ok(grid);
    const clock = createBeatClock();
    clock.set(grid);
    const beats = play(clock, 700, 90_000);
    for (const beat of beats) {
      const late = beatFrom(grid, beat.at - 1);
      assert.ok(Math.abs(late.at - beat.at) < 1e-6);
      assert.equal(late.count, beat.count);
    }
  });
});
