import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBytes, encodeStream } from '../container/testing/streams.ts';
import type { TrackEvent } from '../frames/types.ts';
import { type CutterState, SegmentCutter } from './cutter.ts';
import { MAX_SEGMENT_MS, type PackageOutput } from './outputs.ts';
import { fromBytes, SavedCutter, toBytes } from './saved.ts';
import { frameEvent, streamEvents, VP8 } from './testing/events.ts';

type Segment = Extract<PackageOutput, { type: 'segment' }>;
type Gap = Extract<PackageOutput, { type: 'gap' }>;

function run(events: readonly TrackEvent[], kind: 'audio' | 'video' = 'video'): PackageOutput[] {
  const cutter = new SegmentCutter(kind);
  return [...events.flatMap((event) => [...cutter.push(event)]), ...cutter.end()];
}
const segmentsOf = (outputs: readonly PackageOutput[]): Segment[] =>
  outputs.filter((output) => output.type === 'segment');
const gapsOf = (outputs: readonly PackageOutput[]): Gap[] =>
  outputs.filter((output) => output.type === 'gap');
const spans = (outputs: readonly PackageOutput[]) => segmentsOf(outputs).map(({ from, to }) => [from, to]);

/** Frames every 40 ms from `from` to `to`; the first is a keyframe and has the configuration. */
function every40(
  from: number,
  to: number,
  more: Partial<{ keyframes: readonly number[] }> = {},
): TrackEvent[] {
  const events = [];
  for (let ms = from; ms < to; ms += 40) {
    const first = ms === from;
    const keyframe = first || (more.keyframes?.includes(ms) ?? false);
    events.push(frameEvent({ ms, keyframe, ...(first ? { config: VP8 } : {}) }));
  }
  return events;
}

describe('the cutter of segments', () => {
  it('cuts after 2 s also where no keyframe falls', () => {
    const outputs = run(every40(1000, 7000));
    assert.deepEqual(spans(outputs), [
      [1000, 3000],
      [3000, 5000],
      [5000, 7000],
    ]);
    assert.deepEqual(
      segmentsOf(outputs).map(({ keyframes }) => keyframes),
      [[1000], [], []],
    );
    assert.deepEqual(gapsOf(outputs), []);
  });

  it('prefers a keyframe in the second half of a segment', () => {
    const outputs = run(every40(0, 4000, { keyframes: [480, 1200, 3280] }));
    assert.deepEqual(spans(outputs), [
      [0, 1200],
      [1200, 3200],
      [3200, 4000],
    ]);
    assert.deepEqual(
      segmentsOf(outputs).flatMap(({ keyframes }) => keyframes),
      [0, 480, 1200, 3280],
    );
  });

  it('takes back frames that a better encoding shows again, as far as they are in no segment yet', () => {
    const large = { ...VP8, width: 1920, height: 1080 };
    const better = [
      frameEvent({ ms: 1000, keyframe: true, config: large }),
      frameEvent({ ms: 1040, config: large }),
    ];
    const outputs = run([...every40(0, 1200), { type: 'replaced', from: 980 }, ...better]);
    assert.deepEqual(
      segmentsOf(outputs).map(({ from, to, frames }) => [from, to, frames]),
      [
        [0, 1000, 25],
        [1000, 1080, 2],
      ],
    );
    const late = run([...every40(0, 2400), { type: 'replaced', from: 980 }, ...better]);
    assert.deepEqual(spans(late).slice(0, 1), [[0, 2000]]);
    for (const [index, [from]] of spans(late).entries())
      assert.ok((spans(late)[index - 1]?.[1] ?? 0) <= (from ?? 0));
  });

  it('begins a new init where the size changes, and takes the old one when it returns', () => {
    const large = { ...VP8, width: 1920, height: 1080 };
    const outputs = run([
      ...every40(0, 400),
      frameEvent({ ms: 400, keyframe: true, config: large }),
      frameEvent({ ms: 440, config: large }),
      frameEvent({ ms: 480, keyframe: true, config: VP8 }),
    ]);
    const inits = outputs.filter((output) => output.type === 'init');
    assert.deepEqual(
      inits.map(({ initId, width }) => [initId, width]),
      [
        ['i1', 64],
        ['i2', 1920],
      ],
    );
    assert.deepEqual(
      segmentsOf(outputs).map(({ initId, from, to }) => [initId, from, to]),
      [
        ['i1', 0, 400],
        ['i2', 400, 480],
        ['i1', 480, 520],
      ],
    );
  });

  it('ends a segment at a long gap and goes on through a short one', () => {
    const outputs = run([
      ...every40(0, 400),
      { type: 'gap', from: 400, to: 600, cause: 'lost' },
      frameEvent({ ms: 600 }),
      { type: 'gap', from: 640, to: 5000, cause: 'paused' },
      frameEvent({ ms: 5000, keyframe: true }),
    ]);
    assert.deepEqual(spans(outputs), [
      [0, 640],
      [5000, 5040],
    ]);
    assert.deepEqual(gapsOf(outputs), [
      { type: 'gap', from: 400, to: 600, cause: 'lost' },
      { type: 'gap', from: 640, to: 5000, cause: 'paused' },
    ]);
  });

  it('leaves pictures between a loss and the next keyframe to the journal, and lists them as a gap', () => {
    const outputs = run([
      ...every40(0, 400),
      { type: 'gap', from: 400, to: 440, cause: 'lost' },
      frameEvent({ ms: 440, lostBefore: true }),
      frameEvent({ ms: 480, lostBefore: true }),
      frameEvent({ ms: 520, keyframe: true, lostBefore: true }),
      frameEvent({ ms: 560 }),
    ]);
    assert.deepEqual(spans(outputs), [
      [0, 400],
      [520, 600],
    ]);
    assert.deepEqual(gapsOf(outputs), [
      { type: 'gap', from: 400, to: 440, cause: 'lost' },
      { type: 'gap', from: 440, to: 520, cause: 'no-keyframe' },
    ]);
  });

  it('gives a gap that is no silence as soon as it is known', () => {
    const cutter = new SegmentCutter('video');
    for (const event of every40(0, 400)) [...cutter.push(event)];
    const outputs = [...cutter.push({ type: 'gap', from: 400, to: 4000, cause: 'link' })];
    assert.deepEqual(gapsOf(outputs), [{ type: 'gap', from: 400, to: 4000, cause: 'link' }]);
  });

  it('lists silence between packets of comfort noise once', () => {
    const config = {
      codec: 'opus',
      codecString: 'opus',
      channels: 2,
      description: new Uint8Array(11),
    } as const;
    const events: TrackEvent[] = [frameEvent({ ms: 0, keyframe: true, config, data: Uint8Array.of(0x78) })];
    for (let ms = 400; ms <= 4000; ms += 400) {
      events.push({ type: 'gap', from: ms - 380, to: ms, cause: 'silence' });
      events.push(frameEvent({ ms, keyframe: true, data: Uint8Array.of(0x78) }));
    }
    const outputs = run(events, 'audio');
    assert.deepEqual(gapsOf(outputs), [{ type: 'gap', from: 20, to: 4000, cause: 'silence' }]);
    assert.deepEqual(spans(outputs), [
      [0, 2000],
      [2000, 4000],
      [4000, 4020],
    ]);
  });

  it('makes a segment of what waits when nothing comes for 3 s', () => {
    const cutter = new SegmentCutter('video');
    for (const event of every40(0, 400))
      assert.equal([...cutter.push(event)].filter((o) => o.type === 'segment').length, 0);
    assert.deepEqual([...cutter.passed(3_300_000_000n)], []);
    const outputs = [...cutter.passed(3_400_000_000n)];
    assert.deepEqual(spans(outputs), [[0, 400]]);
  });

  it('gives segments of a real stream that decode to every picture, wherever they were cut', async function () {
    this.timeout(60_000);
    const stream = await encodeStream({ codec: 'h264', seconds: 5, keyEvery: 1000 });
    const outputs = run(streamEvents(stream, 3_600_000.25));
    const init = outputs.find((output) => output.type === 'init');
    assert(init);
    assert.deepEqual(
      await decodeBytes(init.bytes, ...segmentsOf(outputs).map(({ bytes }) => bytes)),
      stream.decoded,
    );
  });
});

/** Any sequence of what depacketisers may give. */
const sequences = fc
  .array(
    fc.record({
      step: fc.oneof(fc.constant(33.3), fc.double({ min: 0.1, max: 6000, noNaN: true })),
      keyframe: fc.boolean(),
      lost: fc.boolean(),
      gap: fc.boolean(),
      size: fc.constantFrom(64, 128),
    }),
    { maxLength: 120 },
  )
  .map((steps) => {
    let ms = 100;
    const events: TrackEvent[] = [];
    for (const [index, { step, keyframe, lost, gap, size }] of steps.entries()) {
      const before = ms;
      ms += step;
      if (gap && index > 0 && step > 40)
        events.push({ type: 'gap', from: before + 33, to: ms, cause: 'link' });
      const config = keyframe || index === 0 ? { config: { ...VP8, width: size } } : {};
      events.push(
        frameEvent({ ms, keyframe: keyframe || index === 0, lostBefore: lost && index > 0, ...config }),
      );
    }
    return events;
  });

describe('any sequence of frames', () => {
  it('becomes segments of at most 2 s in order, with every moment between them in a gap', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const outputs = run(events);
        let end = 0;
        let covered: number | undefined;
        const gaps = gapsOf(outputs);
        for (const { from, to, frames } of segmentsOf(outputs)) {
          assert(from >= end && to > from && frames > 0, `${from} to ${to} after ${end}`);
          assert(to - from <= MAX_SEGMENT_MS + 0.02 || frames === 1, `${to - from} ms`);
          for (let at = covered ?? from; at < from - 1.5; ) {
            const gap = gaps.find((each) => each.from <= at + 1 && each.to > at + 0.5);
            assert(gap, `nothing covers ${at} before ${from}`);
            at = gap.to;
          }
          end = to;
          covered = to;
        }
      }),
    );
  });

  it('gives the same bytes in one go and saved and resumed at every frame', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const whole = run(events);
        let saved: CutterState | undefined;
        const parts: PackageOutput[] = [];
        for (const event of events) {
          const cutter = new SegmentCutter('video', saved);
          parts.push(...cutter.push(event));
          saved = fromBytes(SavedCutter, toBytes(cutter.state));
        }
        parts.push(...new SegmentCutter('video', saved).end());
        assert.deepEqual(parts, whole);
      }),
      { numRuns: 40 },
    );
  });
});
