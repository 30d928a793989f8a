import assert from 'node:assert/strict';
import { markOn, strokePoints } from '../../ar-annotations/testing/arbitraries.ts';
import { LogEntry } from '../protocol/entry.ts';
import { exportDrawn } from './export-drawn.ts';

const entry = (seq: number, at: number, event: object): LogEntry =>
  LogEntry.parse({
    ...{ v: 1, seq, epoch: 1, at, utc: 1_800_000_000_000 + at, actor: 'person-1', audience: 'everyone' },
    events: [event],
  });
const drawnAt = (seq: number, at: number, markId: string, points = strokePoints(10)) =>
  entry(seq, at, { type: 'MarkAdded', mark: markOn(markId, 'anna', points) });
const asked = { trackIds: ['camera'], to: 10_000 };

describe('the marks that an export is told of', () => {
  it('are those of its cameras up to its end, without what only a tracker needs', () => {
    const erased = { type: 'MarksErased', markIds: ['a'], author: 'anna', reason: 'undo' };
    const entries = [drawnAt(1, 1000, 'a'), entry(2, 2000, erased), drawnAt(3, 90_000, 'late')];
    const facts = exportDrawn(entries, asked);
    assert.deepEqual(
      facts.map(({ at, fact }) => [at, fact.type]),
      [
        [1000, 'MarkAdded'],
        [2000, 'MarksErased'],
      ],
    );
    assert.ok(!JSON.stringify(facts).includes('"reference":"AAAA"'));
    const others = exportDrawn(entries, { ...asked, trackIds: ['other'] });
    assert.deepEqual(
      others.filter(({ fact }) => fact.type === 'MarkAdded'),
      [],
    );
    assert.deepEqual(exportDrawn(entries, { ...asked, showMarks: false }), []);
  });

  it('stay within what a recorder reads, with every mark in it', () => {
    const entries = Array.from({ length: 400 }, (_, n) => drawnAt(n + 1, n, `m${n}`, strokePoints(800)));
    const facts = exportDrawn(entries, asked);
    assert.equal(facts.length, 400);
    assert.ok(JSON.stringify(facts).length < 7_000_000, `${JSON.stringify(facts).length}`);
    const [first] = facts;
    assert.ok(first?.fact.type === 'MarkAdded' && first.fact.mark.shape.kind === 'stroke');
    const last = first.fact.mark.shape.points.at(-1);
    assert.equal(last?.[3], 799 * 16, 'a stroke keeps its end');
  });
});
