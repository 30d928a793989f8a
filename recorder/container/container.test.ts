import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { containerFor } from './container.ts';
import { segmentsOf } from './testing/cut.ts';
import { decodeBytes, encodeStream, readFrames, type Wanted } from './testing/streams.ts';

const run = promisify(execFile);

const HOUR = 3_600_000;
const CASES: readonly (Wanted & { name: string })[] = [
  { name: 'VP8', codec: 'vp8', seconds: 4, keyEvery: 1000 },
  { name: 'VP9', codec: 'vp9', seconds: 4, keyEvery: 1000 },
  { name: 'VP9 with superframes', codec: 'vp9', seconds: 4, keyEvery: 1000, superframes: true },
  { name: 'H.264', codec: 'h264', seconds: 4, keyEvery: 1000 },
  { name: 'AV1', codec: 'av1', seconds: 2, keyEvery: 1000 },
  { name: 'Opus', codec: 'opus', seconds: 4 },
];

describe('containers of segments', function () {
  this.timeout(120_000);

  for (const { name, ...wanted } of CASES) {
    it(`carry ${name} so that independent readers find every frame as it was`, async () => {
      const stream = await encodeStream(wanted);
      // Far beyond 32 bits of ticks, as in a room that is open for days; cut where no keyframe falls.
      const start = 60 * HOUR + 123;
      const { container, frames, segments } = segmentsOf(stream, start, 17);
      const whole = Buffer.concat([container.init(), ...segments]);
      const found = await readFrames(whole, wanted.codec);
      assert.equal(found.frames.length, stream.frames.length);
      for (const [index, frame] of found.frames.entries()) {
        const original = stream.frames[index];
        assert.deepEqual(frame.data, original?.data);
        assert.equal(frame.keyframe, original?.keyframe);
        assert.equal(Math.round(frame.time * container.timescale), frames[index]?.time);
      }
      const decoded = await decodeBytes(whole);
      if (wanted.codec === 'opus') assert(Math.abs(decoded.length - stream.decoded.length) <= 1);
      else assert.deepEqual(decoded, stream.decoded);
    });
  }

  it('give segments that play alone behind their init from any keyframe', async () => {
    for (const codec of ['vp8', 'vp9', 'h264'] as const) {
      const stream = await encodeStream({ codec, seconds: 4, keyEvery: 30 });
      const { container, segments } = segmentsOf(stream, HOUR, 30);
      const third = segments[2];
      assert(third);
      assert.deepEqual(await decodeBytes(container.init(), third), stream.decoded.slice(60, 90), codec);
    }
  });

  it('say sizes, codec and times as ffprobe reads them', async () => {
    const stream = await encodeStream({ codec: 'h264', seconds: 1 });
    const { container, segments } = segmentsOf(stream, HOUR, 10);
    const child = run('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=codec_name,width,height,time_base:packet=pts_time,flags'],
      ...['-of', 'json', '-'],
    ]);
    child.child.stdin?.end(Buffer.concat([container.init(), ...segments]));
    const { streams, packets } = JSON.parse((await child).stdout);
    assert.deepEqual(streams, [{ codec_name: 'h264', width: 192, height: 108, time_base: '1/90000' }]);
    assert.equal(packets.length, 30);
    assert.equal(packets[0].pts_time, '3600.000000');
    assert.match(packets[0].flags, /^K/);
    assert.match(packets[1].flags, /^_/);
  });

  it('are the same bytes for the same frames', async () => {
    const stream = await encodeStream({ codec: 'vp8', seconds: 1 });
    const first = segmentsOf(stream, 0, 7);
    const second = segmentsOf(stream, 0, 7);
    assert.deepEqual(first.segments, second.segments);
    assert.deepEqual(first.container.init(), second.container.init());
  });

  it('refuse frames out of order, without duration, or none', async () => {
    const container = containerFor({ codec: 'vp8', codecString: 'vp8', width: 16, height: 16 });
    const frame = { time: 10, duration: 5, keyframe: true, data: new Uint8Array(1) };
    assert.throws(() => container.segment(1, []), RangeError);
    assert.throws(() => container.segment(1, [frame, { ...frame, time: 14 }]), RangeError);
    assert.throws(() => container.segment(1, [{ ...frame, duration: 0 }]), RangeError);
    assert.throws(() => container.segment(1, [{ ...frame, time: -1 }]), RangeError);
    assert.throws(() => container.segment(1, [frame, { ...frame, time: 40_000 }]), RangeError);
    assert.throws(() => containerFor({ codec: 'vp8', codecString: 'vp8' }).init(), RangeError);
    assert.throws(() => containerFor({ codec: 'opus', codecString: 'opus' }).init(), RangeError);
  });
});
