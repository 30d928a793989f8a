import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cycleOf, firstBeatAt } from './metronome.ts';

const rate = fc.double({ min: 100, max: 120, noNaN: true });
const since = fc.double({ min: 0, max: 600_000, noNaN: true });
const running = (mode: 'continuous' | '30:2', at: number, bpm: number) =>
  ({ on: true, mode, at, rate: bpm, source: 'dispatcher' }) as const;

describe('the first beat of the metronome', () => {
  it('is now after a start and after another mode', () => {
    assert.equal(firstBeatAt(undefined, running('continuous', 0, 110), 500), 500);
    const off = { ...running('continuous', 0, 110), on: false };
    assert.equal(firstBeatAt(off, running('continuous', 0, 110), 500), 500);
    assert.equal(firstBeatAt(running('continuous', 0, 110), running('30:2', 0, 110), 500), 500);
  });

  it('lies so that number and phase of the beat go on at any new rate', () => {
    fc.assert(
      fc.property(rate, rate, since, (was, is, ms) => {
        const at = firstBeatAt(running('continuous', 1000, was), running('continuous', 0, is), 1000 + ms);
        const beats = ((1000 + ms - at) * is) / 60_000;
        assert.ok(Math.abs(beats - (ms * was) / 60_000) < 1e-6);
      }),
    );
  });

  it('keeps the place in a cycle of 30:2: its compression, or how much of the breaths is over', () => {
    fc.assert(
      fc.property(rate, rate, since, (was, is, ms) => {
        const at = firstBeatAt(running('30:2', 1000, was), running('30:2', 0, is), 1000 + ms);
        const place = (elapsed: number, bpm: number) => {
          const { lengthMs, pressedMs } = cycleOf(bpm);
          const cycles = Math.floor(elapsed / lengthMs + 1e-9);
          const within = elapsed - cycles * lengthMs;
          const pressed = Math.min(within, pressedMs);
          return [cycles, (pressed * bpm) / 60_000, within - pressed];
        };
        const before = place(ms, was);
        const after = place(1000 + ms - at, is);
        for (const [index, value] of before.entries())
          assert.ok(Math.abs(value - (after[index] ?? 0)) < 1e-3);
      }),
      { seed: 7 },
    );
  });
});
