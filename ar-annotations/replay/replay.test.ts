import assert from 'node:assert/strict';
import { printOf } from '../frames/print.ts';
import { markOn, messagesOf, strokePoints } from '../testing/arbitraries.ts';
import { frameAt, headAt, poseMessage } from '../testing/camera.ts';
import { CameraReplay, type TimedPose } from './camera-replay.ts';
import { SceneReplay, type TimedFact } from './scene-replay.ts';

const camera = { kind: 'video', producerId: 'camera' } as const;
/** A stroke of 100 points, 16 ms apart. */
const points = strokePoints(100);
const addedAt = (at: number, markId = 'm'): TimedFact => ({
  at,
  fact: { type: 'MarkAdded', mark: markOn(markId, 'anna', points) },
});
const erasedAt = (at: number, markId = 'm'): TimedFact => ({
  at,
  fact: { type: 'MarksErased', markIds: [markId], author: 'anna', reason: 'undo' },
});
const drawn = (replay: SceneReplay, at: number) =>
  replay.marksAt(at, camera).map(({ mark, isDraft }) => ({
    points: mark.shape.kind === 'stroke' ? mark.shape.points.length : -1,
    isDraft,
  }));

describe('the marks of a recording', () => {
  it('grow by the times of their own points, stand from their fact on, and go with the fact that erases them', () => {
    const replay = new SceneReplay([addedAt(10_000), erasedAt(20_000)]);
    assert.deepEqual(drawn(replay, 8000), []);
    assert.deepEqual(drawn(replay, 10_000 - 99 * 16 + 50 * 16), [{ points: 51, isDraft: true }]);
    assert.deepEqual(drawn(replay, 10_000), [{ points: 100, isDraft: false }]);
    assert.deepEqual(drawn(replay, 20_000), []);
    assert.deepEqual(drawn(replay, 15_000), [{ points: 100, isDraft: false }], 'also after a jump back');
    assert.deepEqual(replay.marksAt(15_000, { kind: 'image', imageId: 'camera' }), []);
  });

  it('grow as they were drawn where the previews were recorded', () => {
    const replay = new SceneReplay([addedAt(10_000)]);
    const messages = messagesOf('m', points).map((each, index) => ({ at: 5000 + index * 100, points: each }));
    replay.addPoints([...messages.toReversed(), ...messages]);
    assert.deepEqual(drawn(replay, 4999), []);
    assert.deepEqual(drawn(replay, 5250), [{ points: 12, isDraft: true }]);
    assert.deepEqual(drawn(replay, 9999), [{ points: 100, isDraft: true }]);
    assert.deepEqual(drawn(replay, 10_000), [{ points: 100, isDraft: false }]);
  });
});

describe('the marks on a recorded camera', () => {
  /** The camera runs from room time 1000; poses reach the recorder 120 ms after their frame. */
  const poses: TimedPose[] = Array.from({ length: 200 }, (_, index) => {
    const ms = index * 33;
    // The device loses the mark from 4 s to 5 s of its film.
    const isHeld = ms < 4000 || ms >= 5000;
    return { at: 1000 + ms + 120, message: poseMessage(77_000 + ms, headAt(ms), isHeld) };
  });
  const errorAt = (replay: CameraReplay, ms: number) => {
    const [shown] = replay.shownAt({ at: 1000 + ms, print: printOf(frameAt(headAt(ms), { seed: ms })) });
    const { x, y } = headAt(ms);
    const h = shown?.homography;
    return h && Math.hypot(0.5 * h[0] + h[2] - (0.5 - x), (0.5 * h[4] + h[5] - (0.5 - y / 0.5625)) * 0.5625);
  };
  const camera1 = () => {
    const replay = new CameraReplay(new SceneReplay([addedAt(0)]), 'camera');
    replay.addPoses(poses);
    return replay;
  };

  it('are where the device held them, in each frame, and nowhere while it had lost them', () => {
    const replay = camera1();
    for (let ms = 0; ms < 6000; ms += 40) {
      const error = errorAt(replay, ms);
      if (ms > 4010 && ms < 4980) assert.equal(error, undefined, `${ms}`);
      else if (ms > 1500 && (ms < 3950 || ms > 5030))
        assert.ok(error !== undefined && error < 0.02, `${ms} ${error}`);
    }
  });

  it('are right at once after a jump, forwards and back', () => {
    const replay = camera1();
    for (let ms = 0; ms < 2000; ms += 40) errorAt(replay, ms);
    for (const ms of [5500, 2000, 3400, 600]) {
      const error = errorAt(replay, ms);
      assert.ok(error !== undefined && error < 0.02, `${ms} ${error}`);
    }
  });

  it('of another camera are not shown, and without a print none that has a place', () => {
    const other = new CameraReplay(new SceneReplay([addedAt(0)]), 'other');
    other.addPoses(poses);
    assert.equal(errorAt(other, 2000), undefined);
    assert.deepEqual(camera1().shownAt({ at: 3000 }), []);
  });
});
