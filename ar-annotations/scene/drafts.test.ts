import assert from 'node:assert/strict';
import fc from 'fast-check';
import { draftOf, garbage, messagesOf, strokePoints } from '../testing/arbitraries.ts';
import {
  type DraftMessage,
  type DraftsState,
  draftShape,
  evolveDrafts,
  initialDrafts,
  openDrafts,
  SILENT_MS,
  silentDrafts,
  truncatedMark,
} from './drafts.ts';
import { POINTS_MAX, type Shape } from './types.ts';

const fold = (messages: readonly DraftMessage[], at = 0) =>
  messages.reduce((state, message) => evolveDrafts(state, message, at), initialDrafts());
const begun = (markId: string): DraftMessage => ({ type: 'begun', draft: draftOf(markId) });
const shapes = (state: DraftsState) => openDrafts(state, 1).map(draftShape);

/** All messages of two strokes, the first of which may have been finished. */
function story(isFinished: boolean): DraftMessage[] {
  const points = (markId: string, seed: number) =>
    messagesOf(markId, strokePoints(40, seed)).map((message) => ({
      type: 'points' as const,
      points: message,
    }));
  const messages = [begun('a'), ...points('a', 1), begun('b'), ...points('b', 2)];
  return isFinished ? [...messages, { type: 'ended', markId: 'a' }] : messages;
}

describe('drafts', () => {
  it('are equal on all peers, whatever order their messages came in and however often', () => {
    const expected = new Map([false, true].map((done) => [done, shapes(fold(story(done)))]));
    fc.assert(
      fc.property(fc.boolean(), fc.infiniteStream(fc.nat()), (done, random) => {
        const twice = [...story(done), ...story(done)];
        const order = twice.map((message) => ({ message, key: random.next().value }));
        const mixed = order.toSorted((a, b) => a.key - b.key).map(({ message }) => message);
        const sorted = (list: (Shape | undefined)[]) => list.map((shape) => JSON.stringify(shape)).sort();
        assert.deepEqual(sorted(shapes(fold(mixed))), sorted(expected.get(done) ?? []));
      }),
    );
  });

  it('heal from the loss of any message but the last by what later ones repeat', () => {
    const points = strokePoints(60);
    const messages = messagesOf('a', points);
    for (let lost = 0; lost < messages.length - 1; lost += 1) {
      const got = messages.filter((_, index) => index !== lost);
      const state = fold([begun('a'), ...got.map((each) => ({ type: 'points' as const, points: each }))]);
      assert.deepEqual(shapes(state), [{ kind: 'stroke', points }]);
    }
  });

  it('never come back once their fact is there', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(story(true).filter(({ type }) => type !== 'ended')), (late) => {
        const state = fold([{ type: 'ended', markId: 'a' }, ...late]);
        assert.equal(state.open.a, undefined);
        assert.equal(state.early.a, undefined);
      }),
    );
  });

  it('take the newest shape of kinds that are not strokes, and no shape of another kind', () => {
    const draft = { ...draftOf('a'), kind: 'arrow' as const };
    const arrow = (x: number): Shape => ({ kind: 'arrow', from: { x: 0, y: 0 }, to: { x, y: 1 } });
    const message = (n: number, shape: Shape) => ({
      type: 'points' as const,
      points: { markId: 'a', n, shape },
    });
    const state = fold([message(3, arrow(0.3)), { type: 'begun', draft }, message(1, arrow(0.1))]);
    assert.deepEqual(shapes(state), [arrow(0.3)]);
    const other = fold([{ type: 'begun', draft }, message(1, { kind: 'pointer', at: { x: 0, y: 0 } })]);
    assert.deepEqual(shapes(other), [undefined]);
  });

  it('of a silent author are not shown any more, and leave a truncated mark', () => {
    const points = strokePoints(2000);
    const state = fold(
      [begun('a'), ...messagesOf('a', points).map((each) => ({ type: 'points' as const, points: each }))],
      10,
    );
    assert.equal(openDrafts(state, 10 + SILENT_MS - 1).length, 1);
    assert.equal(openDrafts(state, 10 + SILENT_MS).length, 0);
    const [silent] = silentDrafts(state, 10 + SILENT_MS);
    assert.ok(silent);
    const mark = truncatedMark(silent);
    assert.equal(mark?.truncated, true);
    assert.equal(mark?.author, 'anna');
    assert.ok(mark?.shape.kind === 'stroke' && mark.shape.points.length <= POINTS_MAX);
    assert.deepEqual(mark.shape.points.at(-1), points.at(-1), 'it ends where the pen was');
  });

  it('without a point, and of a measure, leave no mark', () => {
    const [empty] = silentDrafts(fold([begun('a')]), SILENT_MS);
    assert.ok(empty);
    assert.equal(truncatedMark(empty), undefined);
    const place = { x: 0.5, y: 0.5 };
    const scale = { kind: 'card', mm: 85.6, from: place, to: { x: 0.7, y: 0.5 } } as const;
    const shape = { kind: 'measure', from: place, to: place, scale, lengthMm: 1, uncertaintyMm: 1 } as const;
    const measured = fold([
      { type: 'begun', draft: { ...draftOf('m'), kind: 'measure' } },
      { type: 'points', points: { markId: 'm', n: 0, shape } },
    ]);
    const [measure] = silentDrafts(measured, SILENT_MS);
    assert.ok(measure);
    assert.equal(truncatedMark(measure), undefined);
  });

  it('stay bounded and never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(garbage, { maxLength: 30 }), (values) => {
        let state = initialDrafts();
        for (const [index, value] of values.entries()) {
          const text = JSON.stringify({ markId: `g${index % 3}`, n: index, from: 0, ...Object(value) });
          const points = JSON.parse(text);
          if (Array.isArray(points.points) || points.points === undefined)
            state = evolveDrafts(state, { type: 'points', points }, index);
        }
        assert.ok(Object.keys(state.early).length <= 32);
      }),
    );
    let state = initialDrafts();
    for (let n = 0; n < 3000; n += 1) state = evolveDrafts(state, begun(`x${n}`), n);
    assert.equal(Object.keys(state.open).length, 64);
    const far = { markId: 'x2999', n: 1, from: 99_999_999, points: strokePoints(3) };
    const grown = evolveDrafts(state, { type: 'points', points: far }, 1);
    assert.equal(grown.open.x2999?.points.length, 0, 'no memory is taken for points that cannot be');
  });
});
