import assert from 'node:assert/strict';
import type { LogEntry, ReadableEntry } from '../../../signaling/protocol/entry.ts';
import { evolve } from '../../../signaling/protocol/evolve.ts';
import { initialRoomState } from '../../../signaling/protocol/state.ts';
import { RoomReplay } from './replay.ts';

/** A message each second; every tenth entry is hidden from this reader. */
const log: readonly ReadableEntry[] = Array.from({ length: 450 }, (_, index) => {
  const seq = index + 1;
  if (seq % 10 === 0) return { seq, hidden: true };
  const text = `message ${seq}`;
  return {
    ...{ v: 1, seq, epoch: 1, at: seq * 1000, utc: seq * 1000, actor: 'a', audience: 'everyone' },
    events: [{ type: 'MessageSent', messageId: `m${seq}`, peerId: 'p', text, patientId: 'scene' }],
  } satisfies LogEntry;
});

describe('The replay of a room', () => {
  it('takes entries once, in any number of pieces', () => {
    const whole = new RoomReplay();
    whole.add(log);
    whole.add(log.slice(0, 30));
    assert.equal(whole.lastSeq, 450);
    assert.equal(whole.entries.length, 405);
  });

  it('gives at every moment the same state as folding from the beginning', () => {
    const whole = new RoomReplay();
    for (let n = 0; n < log.length; n += 70) whole.add(log.slice(n, n + 70));
    for (const at of [0, 999, 1000, 99_500, 100_500, 101_000, 250_300, 9000, 449_000, 700_000]) {
      const until = log.filter(
        ({ seq }) => Math.floor(seq * 1000) <= at || (seq % 10 === 0 && (seq - 1) * 1000 <= at),
      );
      const expected = until.reduce((state, entry) => evolve(state, entry), initialRoomState());
      assert.deepEqual(whole.stateAt(at), expected, `at ${at}`);
    }
  });

  it('is the same object while nothing happens', () => {
    const replay = new RoomReplay();
    replay.add(log);
    assert.equal(replay.stateAt(250_100), replay.stateAt(250_900));
  });
});
