import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseOf, TUNED } from '../load-tests/cpr/case.ts';
import { writeVideo } from '../load-tests/cpr/video.ts';
import { runProgram } from '../platform/setup/run-program.ts';
import { greyFrames } from './cpr-video.ts';

const program = join(import.meta.dirname, 'goldenhour');
const ffmpeg = process.env.FFMPEG_BIN ?? 'ffmpeg';

describe('the check of measured compressions', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(120_000);
  let folder: string;
  let video: string;
  let labels: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cpr-check-test-'));
    video = join(folder, 'video.mp4');
    labels = join(folder, 'labels.json');
    const still = {
      viewpoint: 'side',
      metresWide: 2,
      passers: 0,
      flashes: false,
      light: 0.9,
      pan: 0,
    } as const;
    const one = caseOf('check', 12, TUNED, [{ kind: 'compress', seconds: 12, rate: 108 }], still);
    const size = { width: 160, height: 90 };
    await writeVideo({ ...one, fps: 12 }, video, { codec: 'h264', kbit: 400, size }, labels);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const goldenhour = (...args: string[]) =>
    runProgram(process.execPath, [program, 'cpr-check', ...args, '--dataDir', join(folder, 'data')], {
      deadlineMs: 100_000,
      env: { ...process.env, FFMPEG_BIN: ffmpeg },
    });

  it('decodes every picture with its time', async () => {
    const frames = [];
    for await (const frame of greyFrames(ffmpeg, video)) frames.push(frame);
    assert.ok(Math.abs(frames.length - 144) <= 8, `${frames.length} pictures`);
    assert.deepEqual([frames[0]?.width, frames[0]?.height], [160, 90]);
    assert.ok(frames.every(({ timeMs }, i) => Math.abs(timeMs - (i * 1000) / 12) < 2));
    const garbage = join(folder, 'garbage.mp4');
    await writeFile(garbage, 'no video');
    await assert.rejects(async () => {
      for await (const _ of greyFrames(ffmpeg, garbage)) assert.fail('there is no picture');
    }, /cannot read/);
  });

  it('measures the video, and refuses to record what is too little to judge', async () => {
    const { code, stdout } = await goldenhour(video, labels, '--record', '--json');
    const figures = JSON.parse(stdout);
    assert.ok(figures.shown > 0.5 && figures.meanError < 3, stdout);
    assert.deepEqual(figures.failed.sort(), ['compressingSeconds', 'sensitivity']);
    assert.equal(figures.recorded, false);
    assert.equal(code, 1);
  });

  it('is not understood without labels, or with labels that are none', async () => {
    assert.match((await goldenhour(video)).tail, /cpr-check --help/);
    assert.match((await goldenhour(video, video)).tail, /does not hold labels/);
  });
});
