import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Gap } from '../../../signaling/protocol/manifest.ts';
import type { SegmentList, SegmentView, TimelineMark } from '../../../signaling/protocol/recordings.ts';
import { gapAt, momentAt } from './coverage.ts';
import { correct, JUMP_MS } from './drift.ts';
import { nextMark, previousMark, shownMarks } from './marks.ts';
import { keyframeBefore, rangesToForget, runStart, segmentsNeeded, startOf } from './plan.ts';
import { PlayClock } from './play-clock.ts';
import { mergeGaps, SegmentIndex, WINDOW_MS } from './segment-index.ts';
import { Watched } from './watched.ts';

/** Segments of 2 s; every fifth holds a keyframe, half a second behind its beginning. */
function segments(count: number, from = 0): SegmentView[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ n, file: `seg-${n}`, initId: 'i', frames: 50 },
    ...{ from: from + n * 2000, to: from + (n + 1) * 2000 },
    keyframes: n === 0 ? [from] : n % 5 === 0 ? [from + n * 2000 + 500] : [],
  }));
}
const numbers = (list: readonly SegmentView[]) => list.map(({ n }) => n);

describe('The plan of what a track needs', () => {
  const all = segments(100);
  const need = (position: number, has: readonly number[] = []) => ({
    ...{ kind: 'video' as const, position, aheadMs: 6000 },
    has: ({ n }: SegmentView) => has.includes(n),
  });

  it('begins with the keyframe before the playhead, not after it', () => {
    assert.equal(keyframeBefore(all, 10_400), 0);
    assert.equal(keyframeBefore(all, 10_500), 10_500);
    assert.equal(startOf(all, 'video', 10_499), 0);
    assert.equal(startOf(all, 'video', 19_000), 5);
    assert.equal(startOf(all, 'audio', 19_000), 9);
  });

  it('fetches what is near and nothing else, however long the recording is', () => {
    assert.deepEqual(numbers(segmentsNeeded(all, need(19_000))), [5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual(numbers(segmentsNeeded(all, need(19_000, [5, 6, 7, 8, 9]))), [10, 11, 12]);
    assert.deepEqual(segmentsNeeded([], need(5000)), []);
  });

  it('never forgets what the playhead still depends on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 199_000 }), (position) => {
        const first = all[startOf(all, 'video', position)];
        for (const { from, to } of rangesToForget(all, 'video', position)) {
          assert(to <= (first?.from ?? 0) || from > position, `${from} to ${to} at ${position}`);
        }
      }),
    );
  });

  it('goes back to a keyframe behind a jump, since a browser drops everything before one', () => {
    const [third, eighth] = [all[3], all[8]];
    assert(third !== undefined && eighth !== undefined);
    assert.equal(runStart(all, eighth, all[7]), undefined);
    assert.equal(runStart(all, eighth, third)?.n, 5);
    assert.equal(runStart(all, eighth, undefined)?.n, 5);
    assert.equal(runStart(all, third, eighth)?.n, 0);
    const first = all[0];
    assert(first !== undefined);
    assert.equal(runStart(all, first, eighth), undefined);
  });

  it('keeps the buffer bounded', () => {
    const [behind, ahead] = rangesToForget(all, 'video', 120_000);
    assert.equal(behind?.from, 0);
    assert(behind.to >= 120_000 - 40_000);
    assert.equal(ahead?.to, Number.POSITIVE_INFINITY);
  });
});

describe('A moment of a track', () => {
  const gap: Gap = { from: 4000, to: 6000, cause: 'link' };
  const track = { from: 1000, to: 20_000, gaps: [gap, { from: 8000, to: 8050, cause: 'lost' as const }] };
  const media = [
    { from: 1000, to: 4000 },
    { from: 6000, to: 12_000 },
    { from: 15_000, to: 20_000 },
  ];
  const at = (time: number, known = true) => momentAt(track, media, known, time);

  it('has its gaps with their cause, also before its segments are known', () => {
    assert.deepEqual(at(4000, false), { kind: 'gap', from: 4000, to: 6000, cause: 'link' });
    assert.deepEqual(at(6000), { kind: 'media' });
    assert.deepEqual(at(7000, false), { kind: 'unknown' });
    assert.deepEqual(at(500), { kind: 'before', at: 1000 });
    assert.deepEqual(at(20_000), { kind: 'after', at: 20_000 });
  });

  it('that nothing covers is a gap as well, never a picture that stands still', () => {
    assert.deepEqual(at(13_000), { kind: 'gap', from: 12_000, to: 15_000, cause: 'unknown' });
  });

  it('with a lost frame or two stays a picture', () => {
    assert.deepEqual(at(8020), { kind: 'media' });
    assert.equal(gapAt(track.gaps, 8020), undefined);
  });

  it('names the copy that fills it', () => {
    const filled = { ...gap, filled: { fillId: 'f1', at: 1 } };
    const moment = momentAt({ ...track, gaps: [filled] }, media, true, 5000);
    assert.deepEqual(moment, { kind: 'gap', from: 4000, to: 6000, cause: 'link', fillId: 'f1' });
  });
});

describe('Gaps of two answers', () => {
  const gap = (from: number, to: number, fillId?: string): Gap => ({
    ...{ from, to, cause: 'link' as const },
    ...(fillId === undefined ? {} : { filled: { fillId, at: 1 } }),
  });
  const parts: readonly (readonly Gap[])[] = [
    [gap(4000, 6000, 'a')],
    [gap(4000, 5000, 'a'), gap(5000, 6000)],
    [gap(4000, 5000), gap(5000, 6000, 'a')],
    [gap(4000, 4500), gap(4500, 5500, 'a'), gap(5500, 6000)],
  ];

  it('show what was filled, and the rest as open, whichever part it is', () => {
    for (const later of parts)
      assert.deepEqual(mergeGaps([gap(1000, 2000), gap(4000, 6000)], later)[0], gap(1000, 2000));
    for (const later of parts) assert.deepEqual(mergeGaps([gap(4000, 6000)], later), later);
  });

  it('grow, and never shrink again by an older answer', () => {
    assert.deepEqual(mergeGaps([gap(4000, 6000)], [gap(4000, 9000)]), [gap(4000, 9000)]);
    assert.deepEqual(mergeGaps([gap(4000, 9000)], [gap(4000, 6000)]), [gap(4000, 9000)]);
    assert.deepEqual(mergeGaps([gap(4000, 6000, 'a')], [gap(4000, 6000)]), [gap(4000, 6000, 'a')]);
  });
});

describe('An element that is off the clock', () => {
  it('plays slower when ahead and faster when behind, and untouched in step', () => {
    assert(correct(40, 'video', false).factor < 1);
    assert(correct(-40, 'video', false).factor > 1);
    assert.deepEqual(correct(5, 'video', false), { factor: 1, jump: false });
    assert.notEqual(correct(5, 'video', true).factor, 1);
  });

  it('is bent little when it is a voice, and jumps when it is far off', () => {
    assert(Math.abs(correct(200, 'audio', false).factor - 1) < 0.041);
    assert.equal(correct(JUMP_MS + 1, 'video', false).jump, true);
  });

  it('is in step within two seconds wherever it starts', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -250, max: 250, noNaN: true }),
        fc.constantFrom(0.25, 1, 4),
        (start, rate) => {
          let ahead = start * rate;
          let nudging = false;
          for (let ms = 0; ms < 2500; ms += 60) {
            const { factor } = correct(ahead / rate, 'video', nudging);
            nudging = factor !== 1;
            ahead += 60 * rate * (factor - 1);
          }
          assert(Math.abs(ahead) <= 40 * rate, `${start} at ${rate} ended at ${ahead}`);
        },
      ),
    );
  });
});

describe('The clock of the player', () => {
  it('runs at its speed, stands when held, and knows the past and the future', () => {
    let now = 1000;
    const clock = new PlayClock(() => now, 5000);
    now = 2000;
    assert.equal(clock.position, 5000);
    clock.run(true);
    clock.setRate(2);
    now = 2500;
    assert.equal(clock.position, 6000);
    assert.equal(clock.positionAt(2250), 5500);
    clock.run(false);
    now = 9000;
    assert.equal(clock.position, 6000);
  });
});

describe('The index of segments', () => {
  const list = (from: number, to: number): SegmentList => ({
    segments: segments(3600).filter((segment) => segment.to > from && segment.from < to),
    gaps: [],
    completeTo: to,
  });

  it('asks for one window where a recording of hours is opened', async () => {
    const asked: [number, number][] = [];
    const index = new SegmentIndex(async (from, to) => {
      asked.push([from, to]);
      return list(from, to);
    });
    await index.ensure({ from: 3_600_000, to: 3_620_000 }, 7_200_000);
    await index.ensure({ from: 3_601_000, to: 3_621_000 }, 7_200_000);
    assert.deepEqual(asked, [[3_600_000, 3_600_000 + WINDOW_MS]]);
    assert.equal(index.isKnown(3_610_000), true);
    assert.equal(index.isKnown(10_000), false);
  });

  it('asks again about the end of a recording that goes on, not more often than each second', async () => {
    let now = 0;
    let durable = 10_000;
    let asked = 0;
    const index = new SegmentIndex(
      async (from) => {
        asked += 1;
        return { ...list(from, durable), completeTo: durable };
      },
      () => now,
    );
    await index.ensure({ from: 9000, to: 29_000 }, 10_000);
    await index.ensure({ from: 9000, to: 29_000 }, 12_000);
    assert.equal(asked, 1);
    now = 1500;
    durable = 14_000;
    await index.ensure({ from: 9000, to: 29_000 }, 14_000);
    assert.equal(asked, 2);
    assert.equal(index.isKnown(13_000), true);
  });

  it('asks anew after a failure', async () => {
    let now = 0;
    let fails = true;
    const index = new SegmentIndex(
      async (from, to) => {
        if (fails) throw new Error('away');
        return list(from, to);
      },
      () => now,
    );
    await assert.rejects(index.ensure({ from: 0, to: 1000 }, 10_000));
    fails = false;
    now = 2000;
    await index.ensure({ from: 0, to: 1000 }, 10_000);
    assert.equal(index.isKnown(500), true);
  });
});

describe('Jumps by event', () => {
  const mark = (at: number, kind: TimelineMark['kind']): TimelineMark => ({ seq: at, at, kind, type: 'X' });
  const marks = [mark(9000, 'chat'), mark(1000, 'people'), mark(5000, 'orders')];

  it('skip kinds that are switched off and go in order of time', () => {
    const shown = shownMarks(marks, new Set(['orders']));
    assert.equal(nextMark(shown, 1000)?.at, 9000);
    assert.equal(previousMark(shown, 9000, false)?.at, 1000);
    assert.equal(nextMark(shown, 9000), undefined);
  });

  it('go back past the event that was only just passed while playing', () => {
    const shown = shownMarks(marks, new Set());
    assert.equal(previousMark(shown, 5400, true)?.at, 1000);
    assert.equal(previousMark(shown, 5400, false)?.at, 5000);
  });
});

describe('What was looked at', () => {
  it('is reported once, as ranges between jumps', () => {
    const watched = new Watched();
    for (let at = 1000; at <= 3000; at += 500) watched.see(at);
    watched.see(60_000);
    watched.see(60_500);
    assert.deepEqual(watched.take(), [
      { from: 1000, to: 3000 },
      { from: 60_000, to: 60_500 },
    ]);
    watched.see(61_000);
    assert.deepEqual(watched.take(), [{ from: 60_500, to: 61_000 }]);
    assert.deepEqual(watched.take(), []);
  });

  it('is reported again when the report did not arrive', () => {
    const watched = new Watched();
    watched.see(0);
    watched.see(900);
    watched.giveBack(watched.take());
    assert.deepEqual(watched.take(), [{ from: 0, to: 900 }]);
  });
});
