import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Cast, eventually, local, openCast, seen, until } from './cast.ts';
import { assertWhole, closeAndSeal, faults, findPattern, newRoom, trackOf, unlisted } from './recorded.ts';

/** Small enough for two encoders of two busy cores, large enough for two layers. */
const PICTURE = { width: 1280, height: 720, fps: 12 };
/** An encoder that gets too little of the processor leaves frames out; that is no fault of the recording. */
const HELD_UP_MS = 2000;
/** The lesser encoding of a simulcast is entered at a keyframe that is asked for when the better one stops. */
const MISSED_MS = 4500;
/**
 * Where one encoding gives way to another, at the start, down and up, the last frames of the one may stand in the other
 * once more: a known fault of up to half a second, which `lostBefore` does not mark.
 */
const SWITCHES = 3;
const OVERLAP = 6;
const counted = () => window.harness.counted();

/** Each codec as this browser sends it, with its top layer (or half of its size) taken away in the middle and given back. */
const CODECS = [
  { name: 'VP9 K-SVC', codec: 'video/VP9', mime: /vp09/ },
  { name: 'VP8 simulcast', codec: 'video/VP8', mime: /vp8/ },
  { name: 'H.264 simulcast', codec: 'video/H264', mime: /avc1/ },
  { name: 'AV1 SVC', codec: 'video/AV1', mime: /av01/ },
] as const;

describe('A recording of a picture whose top layer stops and returns', function () {
  this.timeout(400_000);
  let cast: Cast;
  let doctor: Page;

  before(async () => {
    cast = await openCast({ picture: PICTURE, args: ['--media.av1', 'true'] });
    doctor = await cast.person('doctor');
  });
  after(() => cast?.close());

  for (const { name, codec, mime } of CODECS) {
    it(`has it in ${name} frame by frame`, async () => {
      const roomId = await newRoom(cast.stack, name);
      await doctor.reload();
      await doctor.waitForFunction(() => 'harness' in window);
      await doctor.evaluate((room) => window.harness.join(room), roomId);
      const crew = await cast.person('paramedic');
      await crew.evaluate((room) => window.harness.join(room), roomId);
      const { video, audio } = await crew.evaluate(
        ([size, wanted]) => window.harness.publishPattern(size, { codec: wanted }),
        [PICTURE, codec] as const,
      );
      await more(crew, 40);
      const whole = await until(doctor, seen, ([first]) => (first?.width ?? 0) > 0, 'a picture');
      assert.equal(whole[0]?.producerId, video);
      assert.equal((await crew.evaluate(local)).find(({ kind }) => kind === 'video')?.mimeType, codec);
      await crew.evaluate(() => window.harness.shrinkPattern(false));
      await more(crew, 60);
      await crew.evaluate(() => window.harness.shrinkPattern(true));
      await more(crew, 80);
      const recorded = await closeAndSeal(cast.stack, roomId);
      await crew.context().close();
      await assertWhole(recorded);
      const track = trackOf(recorded, video);
      for (const { mimeType } of track.inits) assert.match(mimeType, mime);
      const { frames } = await findPattern(recorded, video, audio);
      const counters = frames.flatMap(({ counter }) => (counter === undefined ? [] : [counter]));
      const steps = counters.slice(1).map((each, index) => each - (counters[index] ?? 0));
      const back = steps.filter((step) => step <= 0);
      const fits = back.length <= SWITCHES && back.every((step) => step >= -OVERLAP);
      assert(fits, `frames are doubled or out of order: ${counters.join(' ')}`);
      assert(counters.length >= frames.length * 0.97, `${counters.length} of ${frames.length} are readable`);
      assert(counters.length > 100, `${counters.length} frames`);
      assert.deepEqual(unlisted(track, frames, HELD_UP_MS), []);
      const missed = faults(track).reduce((sum, { from, to }) => sum + to - from, 0);
      assert(missed < MISSED_MS, `${JSON.stringify(track.gaps)}`);
      const sizes = new Set(track.inits.map(({ height }) => height));
      assert(sizes.has(PICTURE.height), `sizes ${[...sizes]}`);
      assert.deepEqual(faults(trackOf(recorded, audio)), []);
    });
  }
});

/** Waits until the encoder has sent so many frames more. */
async function more(page: Page, frames: number): Promise<void> {
  const { framesSent } = await page.evaluate(counted);
  const fits = ({ framesSent: now }: { framesSent: number }) => now >= framesSent + frames;
  await eventually(() => page.evaluate(counted), fits, `${frames} more frames`, 90_000);
}
