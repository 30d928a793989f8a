import assert from 'node:assert/strict';
import { mp4Init } from '../../../recorder/container/mp4-init.ts';
import { mp4Segment } from '../../../recorder/container/mp4-segment.ts';
import { webmSegment } from '../../../recorder/container/webm.ts';
import { frameTimes, timescaleOf } from './frame-times.ts';

const data = Uint8Array.of(1, 2, 3);
const near = (times: readonly number[]) => times.map((time) => Math.round(time));

describe('Times of frames', () => {
  it('are read from fragmented MP4 as the recorder writes it, hours into a room', () => {
    const from = 7_200_000 * 90;
    const frames = [0, 3600, 10_800, 14_400].map((tick, n) => ({
      ...{ time: from + tick, duration: n === 1 ? 7200 : 3600, keyframe: n === 0, data },
    }));
    const vpcc = Uint8Array.from([1, 0, 0, 0, 0, 10, 0x82, 2, 2, 2, 0, 0]);
    const size = { width: 64, height: 36 };
    const init = mp4Init({ codec: 'vp9', codecString: 'vp09.00.10.08', ...size, description: vpcc }, 90_000);
    assert.equal(timescaleOf(init), 90_000);
    const times = frameTimes(mp4Segment(1, frames), 90_000);
    assert.deepEqual(near(times), [7_200_000, 7_200_040, 7_200_120, 7_200_160]);
  });

  it('are read from WebM as the recorder writes it', () => {
    const frames = [0, 33, 67, 100].map((ms, n) => ({
      ...{ time: 5_000_000 + ms, duration: 33, keyframe: n === 0, data },
    }));
    assert.deepEqual(
      frameTimes(webmSegment(frames), undefined),
      [5_000_000, 5_000_033, 5_000_067, 5_000_100],
    );
  });

  it('of bytes that are torn or something else are those that can be read, or none', () => {
    const frames = [0, 33].map((ms) => ({ time: 1000 + ms, duration: 33, keyframe: true, data }));
    const whole = webmSegment(frames);
    for (let length = 0; length < whole.length; length += 1) frameTimes(whole.subarray(0, length), undefined);
    const part = mp4Segment(1, frames);
    for (let length = 0; length < part.length; length += 1) frameTimes(part.subarray(0, length), 1000);
    assert.deepEqual(
      frameTimes(
        Uint8Array.from({ length: 64 }, (_, n) => (n * 37) % 256),
        90_000,
      ),
      [],
    );
  });
});
