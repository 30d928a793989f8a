import assert from 'node:assert/strict';
import { FrameClock } from './frame-clock.ts';

describe('the clock of pictures', () => {
  it('counts by the RTP timestamp, which does not jitter', () => {
    const clock = new FrameClock();
    const start = clock.timeOf({ presentedMs: 0, rtpTimestamp: 90_000 });
    assert.equal(clock.timeOf({ presentedMs: 80, rtpTimestamp: 96_000 }) - start, 6000 / 90);
    assert.equal(clock.timeOf({ presentedMs: 120, rtpTimestamp: 102_000 }) - start, 12_000 / 90);
  });

  it('goes on over the turn of 32 bits', () => {
    const clock = new FrameClock();
    const start = clock.timeOf({ presentedMs: 0, rtpTimestamp: 2 ** 32 - 900 });
    assert.equal(clock.timeOf({ presentedMs: 30, rtpTimestamp: 900 }) - start, 20);
  });

  it('takes the presentation where the timestamp begins anew, or there is none', () => {
    const clock = new FrameClock();
    const start = clock.timeOf({ presentedMs: 0, rtpTimestamp: 5_000_000 });
    assert.equal(clock.timeOf({ presentedMs: 70, rtpTimestamp: 123 }) - start, 70);
    assert.equal(clock.timeOf({ presentedMs: 140 }) - start, 140);
    assert.equal(clock.timeOf({ presentedMs: 120 }) - start, 140);
  });
});
