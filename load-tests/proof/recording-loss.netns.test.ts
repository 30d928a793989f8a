import assert from 'node:assert/strict';
import { inOwnNetwork } from '../network/host.ts';
import { type LossyRecording, type LossyScene, openLossyScene } from './lossy-recording.ts';

const LOSS_PERCENT = 2;
/** One spatial layer: the browser then counts each frame once. */
const PICTURE = { width: 960, height: 540, fps: 10 };
const FRAMES = 150;
/** The figures are R10's; here a busy machine may be slow, but not wrong. */
const MOST_SKEW_MS = 120;
const FIRST_FRAME_MS = 5000;

describe('A recording of a picture that comes over a lossy link', function () {
  this.timeout(400_000);
  let scene: LossyScene;
  let recording: LossyRecording;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    scene = await openLossyScene(LOSS_PERCENT);
    recording = await scene.record(PICTURE, FRAMES);
  });
  after(() => scene?.close());

  it('has every frame that a doctor got, once and in order', () => {
    assert(recording.retransmitted > 0, 'the link has lost nothing');
    assert(recording.ordered);
    assert(recording.forwarded > FRAMES / 2, `the doctor got ${recording.forwarded} frames`);
    const most = Math.ceil(recording.forwarded * 0.01);
    assert(recording.missing.length <= most, `missing: ${recording.missing.join(' ')}`);
  });

  it('has no hole that it does not list', () => {
    assert.equal(recording.unlisted, 0);
  });

  it('has sound and picture as they belong together', () => {
    const { skews } = recording;
    assert(skews.length >= 5, `${skews.length} flashes with a beep`);
    const worst = skews.map(Math.abs).sort((a, b) => a - b)[Math.floor(skews.length * 0.9)];
    assert((worst ?? Number.POSITIVE_INFINITY) < MOST_SKEW_MS, skews.map(Math.round).join(' '));
  });

  it('begins soon after the picture was published', () => {
    assert(recording.firstFrameMs < FIRST_FRAME_MS, `${recording.firstFrameMs} ms`);
  });
});
