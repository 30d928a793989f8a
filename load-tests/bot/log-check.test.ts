import assert from 'node:assert/strict';
import type { ReadableEntry } from '../../signaling/protocol/entry.ts';
import { LogCheck } from './log-check.ts';

function said(seq: number, messageId = `m${seq}`, commandId = `c${seq}`): ReadableEntry {
  const message = { type: 'MessageSent', messageId, peerId: 'p1', text: 'word', patientId: 'scene' } as const;
  return {
    ...({ v: 1, seq, epoch: 1, at: seq, utc: seq, actor: 'a1', commandId } as const),
    audience: 'everyone',
    events: [message],
  };
}

function pushed(...entries: ReadableEntry[]): LogCheck {
  const log = new LogCheck();
  for (const entry of entries) log.handlePushed(entry);
  return log;
}

describe('The check of a log as it comes in', () => {
  it('finds nothing wrong with entries in order, also hidden ones', () => {
    const { counts } = pushed(said(1), { seq: 2, hidden: true }, said(3));
    assert.deepEqual(
      { ...counts },
      {
        ...{ last: 3, pushed: 3, caughtUp: 0, snapshots: 0 },
        ...{ repeats: 0, reordered: 0, holes: 0, missing: 0, changed: 0 },
      },
    );
  });

  it('counts a hole, and what never came', () => {
    const { holes, missing } = pushed(said(1), said(2), said(5)).counts;
    assert.deepEqual({ holes, missing }, { holes: 1, missing: 2 });
  });

  it('counts a hole that was filled later as out of order, not as missing', () => {
    const { holes, missing, reordered } = pushed(said(1), said(3), said(2)).counts;
    assert.deepEqual({ holes, missing, reordered }, { holes: 1, missing: 0, reordered: 1 });
  });

  it('counts what was pushed twice on one connection, and forgives it over two', () => {
    const log = pushed(said(1), said(2), said(2));
    assert.equal(log.counts.repeats, 1);
    log.handleConnection();
    log.handlePushed(said(2));
    assert.equal(log.counts.repeats, 1);
    assert.equal(log.timesOf('m2'), 1);
  });

  it('finds the same number with other contents, and a fact that stands twice', () => {
    const log = pushed(said(1), said(2));
    log.handleConnection();
    log.handlePushed(said(2, 'm9', 'other'));
    log.handlePushed(said(3, 'm1'));
    assert.equal(log.counts.changed, 1);
    assert.equal(log.timesOf('m1'), 2);
    assert.equal(log.timesOf('never'), 0);
  });

  it('takes a tail as well as pushes', () => {
    const log = pushed(said(1));
    log.handleConnection();
    log.handleCatchUp({ entries: [said(2), said(3)] });
    log.handlePushed(said(4));
    const { missing, caughtUp, holes, last } = log.counts;
    assert.deepEqual({ missing, caughtUp, holes, last }, { missing: 0, caughtUp: 2, holes: 0, last: 4 });
  });
});
