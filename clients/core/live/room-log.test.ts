import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ReadableEntry } from '../../../signaling/protocol/entry.ts';
import { evolve } from '../../../signaling/protocol/evolve.ts';
import { initialRoomState } from '../../../signaling/protocol/state.ts';
import { RoomLog } from './room-log.ts';

const LENGTH = 30;
const log: ReadableEntry[] = Array.from({ length: LENGTH }, (_, i) =>
  i % 5 === 4
    ? { seq: i + 1, hidden: true }
    : {
        v: 1,
        seq: i + 1,
        epoch: 1,
        at: i,
        utc: i,
        actor: 'system',
        audience: 'everyone',
        events: [{ type: 'PatientAdded', patientId: `P${i + 1}`, by: 'd' }],
      },
);
const whole = log.reduce(evolve, initialRoomState());
const stateAt = (seq: number) => log.slice(0, seq).reduce(evolve, initialRoomState());

describe('room log of a client', () => {
  it('ends in the state of the whole log, each entry told once and in order, however pushes are lost or reordered', () => {
    const push = fc.record({ seq: fc.integer({ min: 1, max: LENGTH }), lost: fc.boolean() });
    fc.assert(
      fc.property(fc.array(push, { maxLength: 80 }), fc.integer({ min: 0, max: LENGTH }), (pushes, start) => {
        const room = new RoomLog();
        const told: number[] = [];
        room.events.on('entry', (entry) => told.push(entry.seq));
        const first = pushes.slice(0, 5);
        for (const { seq, lost } of first) {
          const entry = log[seq - 1];
          if (entry && !lost) room.handleEntry(entry);
        }
        room.handleCatchUp({ snapshot: { seq: start, state: stateAt(start) }, entries: [] });
        for (const { seq, lost } of pushes.slice(5)) {
          const entry = log[seq - 1];
          if (entry && !lost) room.handleEntry(entry);
        }
        room.handleCatchUp({ entries: log.slice(room.seq) });
        assert.deepEqual(room.state, whole);
        assert.deepEqual(
          told,
          Array.from({ length: LENGTH - start }, (_, i) => start + i + 1),
        );
      }),
      { numRuns: 300, seed: 13 },
    );
  });

  it('asks for what is missing from where the hole begins', () => {
    const room = new RoomLog();
    const holes: number[] = [];
    room.events.on('hole', ({ since }) => holes.push(since));
    room.handleCatchUp({ entries: log.slice(0, 3) });
    const [sixth] = log.slice(5);
    assert.ok(sixth);
    room.handleEntry(sixth);
    assert.deepEqual(holes, [3]);
    room.handleCatchUp({ entries: log.slice(3, 5) });
    assert.equal(room.seq, 6);
  });

  it('never goes back to an older snapshot', () => {
    const room = new RoomLog();
    room.handleCatchUp({ entries: log });
    room.handleCatchUp({ snapshot: { seq: 3, state: stateAt(3) } });
    assert.equal(room.seq, LENGTH);
  });

  it('has no since before anything was received', () => {
    const room = new RoomLog();
    assert.equal(room.since, undefined);
    room.handleCatchUp({ entries: log.slice(0, 2) });
    assert.equal(room.since, 2);
  });
});
