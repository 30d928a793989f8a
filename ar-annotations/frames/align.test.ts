import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PoseMessage } from '../scene/types.ts';
import { frameAt, headAt, type Look, noise, poseMessage } from '../testing/camera.ts';
import { homographyOf, PoseAlignment } from './align.ts';
import { printOf } from './print.ts';

const FRAME_MS = 1000 / 30;

interface Story {
  readonly offsetMs: number;
  /** How long a pose is on its way beside its frame; may be negative. */
  readonly poseDelayMs: number;
  readonly loss: number;
  readonly seed: number;
  readonly frames: number;
  /** From this frame on, the clock of the frames shown is another one. */
  readonly jumpAt?: number;
  readonly look: (ms: number) => Look;
}

interface Shown {
  readonly index: number;
  /** Distance of the mark from where it belongs, in parts of the width; undefined: not shown. */
  readonly error: number | undefined;
  readonly by: string | undefined;
}

/** Plays a camera with 30 frames a second, poses of every second frame, and what a viewer would show in each frame. */
function play({ offsetMs, poseDelayMs, loss, seed, frames, jumpAt = frames, look }: Story) {
  const alignment = new PoseAlignment();
  const messages: { at: number; message: PoseMessage }[] = [];
  for (let index = 0; index < frames; index += 2) {
    if (noise(index + seed) < loss) continue;
    const ms = index * FRAME_MS;
    const jitter = 40 * noise(index * 3 + seed);
    messages.push({ at: ms + poseDelayMs + jitter, message: poseMessage(5000 + ms, look(ms)) });
  }
  messages.sort((a, b) => a.at - b.at);
  const shown: Shown[] = [];
  for (let index = 0; index < frames; index += 1) {
    const ms = index * FRAME_MS;
    while ((messages[0]?.at ?? Number.POSITIVE_INFINITY) <= ms) {
      const next = messages.shift();
      if (next) alignment.addPose(next.message);
    }
    const print = printOf(frameAt(look(ms), { seed: seed + index }));
    const clock = 5000 + ms + offsetMs + (index >= jumpAt ? 123_456 : 0);
    const found = alignment.poseAt({ ms: clock + (noise(index + seed) - 0.5), print });
    const h = found?.poses.get('m')?.homography;
    const { x, y } = look(ms);
    const error =
      h && Math.hypot(0.5 * h[0] + h[2] - (0.5 - x), (0.5 * h[4] + h[5] - (0.5 - y / 0.5625)) * 0.5625);
    shown.push({ index, error, by: found?.by });
  }
  return { alignment, shown };
}

const worst = (shown: readonly Shown[]) => Math.max(0, ...shown.map(({ error = 0 }) => error));
const share = (shown: readonly Shown[]) =>
  shown.filter(({ error }) => error !== undefined).length / shown.length;

describe('poses on the frames of a viewer', () => {
  it('find the offset of any two clocks while the head moves, with jitter and loss, and place the mark', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 40_000_000 }),
        fc.integer({ min: -150, max: -45 }),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.nat(1000),
        (offsetMs, poseDelayMs, loss, seed) => {
          const { alignment, shown } = play({ offsetMs, poseDelayMs, loss, seed, frames: 120, look: headAt });
          assert.ok(Math.abs((alignment.offsetMs ?? Number.NaN) - offsetMs) <= 10, `${alignment.offsetMs}`);
          const late = shown.slice(60);
          assert.ok(worst(late) < 0.02, `${worst(late)}`);
          // A pose that is lost hides its own frame and the next one, here and at the edge of what is looked at.
          const lost = late.filter(({ index }) => index % 2 === 0 && noise(index + seed) < loss).length;
          assert.ok(
            share(late) >= 1 - (2 * lost + 2) / late.length,
            `${share(late)} of the frames, ${lost} poses lost`,
          );
        },
      ),
      { numRuns: 5 },
    );
  }).timeout(120_000);

  it('stay right when the timestamps of the frames jump, as in simulcast', () => {
    const { alignment, shown } = play({
      ...{ offsetMs: 777, poseDelayMs: -60, loss: 0.05, seed: 3, frames: 300, jumpAt: 150 },
      look: headAt,
    });
    assert.ok(worst(shown.slice(60)) < 0.06, `${worst(shown.slice(60))}`);
    assert.ok(worst(shown.slice(240)) < 0.02, 'the new offset is known');
    assert.ok(Math.abs((alignment.offsetMs ?? 0) - (777 + 123_456)) <= 10, `${alignment.offsetMs}`);
  }).timeout(60_000);

  it('that come later than their frames are held for a moment only', () => {
    const { shown } = play({
      ...{ offsetMs: 0, poseDelayMs: 30, loss: 0.1, seed: 9, frames: 120 },
      look: headAt,
    });
    assert.ok(worst(shown.slice(60)) < 0.06, `${worst(shown.slice(60))}: the way of a quick head in 50 ms`);
  });

  it('need no offset where nothing moves: the newest pose that looks the same is right', () => {
    const still = () => ({ x: 0.1, y: 0.05 });
    const { alignment, shown } = play({
      ...{ offsetMs: 50, poseDelayMs: -60, loss: 0, seed: 5, frames: 60 },
      look: still,
    });
    assert.equal(alignment.offsetMs, undefined, 'nobody can tell');
    assert.ok(shown.slice(4).every(({ error, by }) => error !== undefined && error < 1e-9 && by === 'print'));
  });

  it('hold nothing by looks where frames that look the same say different things', () => {
    const look = { x: 0.1, y: 0 };
    const print = printOf(frameAt(look, { seed: 1 }));
    const agreeing = new PoseAlignment();
    const doubting = new PoseAlignment();
    const elsewhere = new PoseAlignment();
    for (const alignment of [agreeing, doubting, elsewhere])
      for (const ms of [0, 33, 66]) alignment.addPose(poseMessage(ms, look));
    doubting.addPose(poseMessage(40, look, false));
    const other = poseMessage(40, { x: 0.2, y: 0 });
    elsewhere.addPose({ ...other, print: poseMessage(40, look).print });
    const stateIn = (alignment: PoseAlignment) => alignment.poseAt({ print })?.poses.get('m')?.state;
    assert.equal(stateIn(agreeing), 'held');
    assert.equal(stateIn(doubting), 'lost');
    assert.equal(stateIn(elsewhere), 'searching');
  });

  it('tell nothing of frames that look like none of them', () => {
    const alignment = new PoseAlignment();
    for (let n = 0; n < 10; n += 1) alignment.addPose(poseMessage(n * 33, headAt(n * 33)));
    const print = printOf(frameAt({ x: 3, y: 2 }));
    assert.equal(alignment.poseAt({ ms: 100, print }), undefined);
    assert.equal(alignment.poseAt({ ms: 100 }), undefined, 'a time alone says nothing yet');
    assert.equal(alignment.poseAt({}), undefined);
  });
});

describe('a mark between two poses', () => {
  /** Teaches the offset 0 by a moving head, then holds only the given poses. */
  function knowing(poses: readonly PoseMessage[]): PoseAlignment {
    const alignment = new PoseAlignment();
    for (let n = 0; n < 60; n += 1) {
      alignment.addPose(poseMessage(n * 33, headAt(n * 33)));
      alignment.poseAt({ ms: n * 33, print: printOf(frameAt(headAt(n * 33))) });
    }
    assert.ok(Math.abs(alignment.offsetMs ?? 99) <= 4);
    alignment.forgetPoses();
    for (const pose of poses) alignment.addPose(pose);
    return alignment;
  }
  const look = (x: number) => ({ x, y: 0 });
  const stateAt = (alignment: PoseAlignment, ms: number) => alignment.poseAt({ ms })?.poses.get('m')?.state;

  it('is between their places', () => {
    const alignment = knowing([poseMessage(10_000, look(0)), poseMessage(10_100, look(0.1))]);
    const h = alignment.poseAt({ ms: 10_050 })?.poses.get('m')?.homography;
    assert.ok(h && Math.abs(h[2] + 0.05) < 0.006, `${h?.[2]}`);
  });

  it('is never held where one of them has lost it', () => {
    const held = poseMessage(10_000, look(0));
    const lost = poseMessage(10_100, look(0.1), false);
    const again = poseMessage(10_200, look(0.1));
    const alignment = knowing([held, lost, again]);
    for (let ms = 10_010; ms < 10_190; ms += 10) assert.equal(stateAt(alignment, ms), 'lost', `${ms}`);
    assert.equal(stateAt(alignment, 10_200), 'held');
  });

  it('is not shown where poses are missing, nor long after the last', () => {
    const alignment = knowing([poseMessage(10_000, look(0)), poseMessage(10_600, look(0))]);
    assert.equal(stateAt(alignment, 10_040), 'held');
    assert.equal(stateAt(alignment, 10_300), undefined);
    assert.equal(stateAt(alignment, 10_640), 'held');
    assert.equal(stateAt(alignment, 10_720), undefined);
    assert.equal(stateAt(alignment, 9900), undefined);
  });

  it('is lost in a message that holds it without a place', () => {
    const message = poseMessage(10_000, look(0));
    const without = { ...message, poses: message.poses.map(({ h: _, ...pose }) => pose) };
    assert.equal(stateAt(knowing([without]), 10_000), 'lost');
  });

  it('is found whatever order the messages come in, and however often', () => {
    const poses = [0, 33, 66, 100, 133].map((ms) => poseMessage(10_000 + ms, look(ms / 1000)));
    const expected = knowing(poses).poseAt({ ms: 10_080 });
    assert.ok(expected);
    fc.assert(
      fc.property(fc.shuffledSubarray([...poses, ...poses], { minLength: 10 }), (mixed) => {
        assert.deepEqual(knowing(mixed).poseAt({ ms: 10_080 }), expected);
      }),
      { numRuns: 5 },
    );
  }).timeout(60_000);

  it('begins anew when the media clock of the device does', () => {
    const alignment = knowing([poseMessage(90_000, look(0))]);
    alignment.addPose(poseMessage(10, look(0)));
    assert.equal(alignment.offsetMs, undefined);
  });
});

describe('numbers of a message', () => {
  it('are a homography or nothing, and never throw', () => {
    assert.deepEqual(homographyOf([2, 0, 0, 0, 2, 0, 0, 0, 2]), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert.equal(homographyOf([1, 0, 0, 0, 1, 0, 0, 0, 0]), undefined);
    assert.equal(homographyOf([1, 2]), undefined);
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 10 }), fc.double(), fc.string(), (h, mediaMs, print) => {
        const alignment = new PoseAlignment();
        const pose = { markId: 'm', state: 'held', confidence: 1, h, by: 'picture' } as const;
        alignment.addPose({ mediaMs, print, poses: [pose] });
        const found = alignment
          .poseAt({ ms: mediaMs, print: new Uint8Array(72) })
          ?.poses.get('m')?.homography;
        assert.ok(found === undefined || found.every(Number.isFinite));
      }),
    );
  });
});
