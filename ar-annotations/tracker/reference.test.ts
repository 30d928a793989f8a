import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IDENTITY } from '../geometry/matrix.ts';
import { createTracker } from './create.ts';
import { describeFrame } from './describe.ts';
import { decodeReference } from './reference.ts';
import { MARK } from './testing/run.ts';
import { busyTexture, draw, turned } from './testing/scene.ts';
import { type GreyFrame, MAX_ANCHORS, REFERENCE_BYTES } from './types.ts';

const texture = busyTexture(21);
const frame = draw(texture, { map: IDENTITY });
const reference = describeFrame(frame, MARK);

describe('a reference', () => {
  it('fits its size for any box on any frame, and is read back as it was written', () => {
    const numbers = fc.double({ min: -0.5, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(numbers, numbers, numbers, numbers), ([x, y, width, height]) => {
        const small = draw(texture, { map: IDENTITY }, 96, 64);
        const bytes = describeFrame(small, { x, y, width, height });
        assert.ok(bytes.length <= REFERENCE_BYTES);
        const read = decodeReference(bytes);
        assert.ok(read && read.width === 96 && read.height === 64);
        assert.ok(createTracker().add('a', bytes, [small]));
      }),
      { numRuns: 40 },
    );
    const read = decodeReference(reference);
    assert.ok(read && read.features.count > 30, 'features to find the place again');
    assert.ok(Math.abs(read.region.x - MARK.x) < 1e-4 && Math.abs(read.region.height - MARK.height) < 1e-4);
  });

  it('is refused, not thrown at, when the bytes are garbage', () => {
    const tracker = createTracker();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        assert.equal(decodeReference(bytes), undefined);
        assert.equal(tracker.add('a', bytes), false);
      }),
    );
  });

  it('never breaks the tracker when some of its bytes are others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(reference.length - 1), fc.nat(255)), { maxLength: 60 }),
        (changes) => {
          const bytes = reference.slice();
          for (const [at, value] of changes) bytes[at] = value;
          const tracker = createTracker();
          if (!tracker.add('a', bytes, [frame])) return;
          for (const pose of tracker.track(frame, 33)) {
            assert.equal(pose.homography !== undefined, pose.state === 'held');
            assert.ok(pose.confidence >= 0 && pose.confidence <= 1);
            assert.ok(pose.homography?.every(Number.isFinite) ?? true);
          }
        },
      ),
      { numRuns: 60 },
    );
    assert.equal(decodeReference(reference.subarray(0, reference.length - 1)), undefined);
  });

  it('is not made of a frame whose numbers do not agree', () => {
    const broken: GreyFrame = { width: 320, height: 240, luma: new Uint8Array(10) };
    assert.throws(() => describeFrame(broken, MARK), RangeError);
    assert.throws(() => describeFrame({ ...frame, width: 3.5 }, MARK), RangeError);
  });
});

describe('the tracker', () => {
  it('answers for every anchor in the order they were added, and for no more than it can follow', () => {
    const tracker = createTracker();
    for (let i = 0; i < MAX_ANCHORS; i += 1) assert.ok(tracker.add(`m${i}`, reference));
    assert.equal(tracker.add('one more', reference), false);
    assert.ok(tracker.add('m3', reference), 'one that is known may be given anew');
    tracker.remove('m5');
    assert.ok(tracker.add('one more', reference));
    const names = tracker.track(frame, 0).map((pose) => pose.anchorId);
    assert.equal(names.length, MAX_ANCHORS);
    assert.equal(names[0], 'm0');
    assert.equal(names.at(-1), 'one more');
    assert.ok(!names.includes('m5'));
  });

  it('carries a mark through frames that were kept five a second', () => {
    const view = (t: number): GreyFrame => draw(texture, { map: turned(0.05 * t, 1, 0.06 * t, 0), seed: t });
    const tracker = createTracker();
    const recent = [0, 1, 2, 3].map(view);
    assert.ok(tracker.add('m', describeFrame(view(0), MARK), recent));
    assert.equal(tracker.track(view(3.2), 1000)[0]?.state, 'held');
  });

  it('finds a mark without kept frames, once two frames agree', () => {
    const tracker = createTracker();
    assert.ok(tracker.add('m', reference));
    const moved = (seed: number): GreyFrame => draw(texture, { map: turned(0.3, 1.1, 0.2, 0.05), seed });
    const states = [1, 2, 3, 4].map((i) => tracker.track(moved(i), i * 33)[0]?.state);
    assert.equal(states[0], 'searching', 'one frame is not enough');
    assert.equal(states[3], 'held');
  });

  it('says the same for the same frames', () => {
    const view = (t: number): GreyFrame => draw(texture, { map: turned(0.02 * t, 1, 0.01 * t, 0), seed: t });
    const poses = [1, 2].map(() => {
      const tracker = createTracker();
      tracker.add('m', reference, [frame]);
      return [1, 2, 3, 4, 5].map((t) => tracker.track(view(t), t * 33));
    });
    assert.deepEqual(poses[0], poses[1]);
  });

  it('lives through frames it cannot use, other sizes, pauses and clocks that jump', () => {
    const tracker = createTracker();
    tracker.add('m', reference, [frame]);
    assert.equal(tracker.track(frame, 0)[0]?.state, 'held');
    assert.equal(tracker.track({ width: 4, height: 4, luma: new Uint8Array(16) }, 33)[0]?.state, 'lost');
    assert.equal(tracker.track(frame, 66)[0]?.state, 'lost', 'not shown before it has agreed again');
    assert.equal(tracker.track(frame, 99)[0]?.state, 'held');
    const small = draw(texture, { map: IDENTITY }, 240, 180);
    tracker.track(small, 132);
    assert.equal(tracker.track(small, 165)[0]?.state, 'held', 'found on the smaller frame');
    assert.equal(tracker.track(small, 5000)[0]?.state, 'lost', 'a pause is a cut');
    assert.equal(tracker.track(small, 4000)[0]?.state, 'lost', 'a clock that jumps back is a cut');
    assert.equal(tracker.track(small, 4033)[0]?.state, 'held');
  });
});
