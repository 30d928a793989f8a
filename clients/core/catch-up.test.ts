import assert from 'node:assert/strict';
import type { LogEntry } from '../../signaling/protocol/entry.ts';
import type { RoomEvent } from '../../signaling/protocol/events.ts';
import { evolve } from '../../signaling/protocol/evolve.ts';
import { initialRoomState } from '../../signaling/protocol/state.ts';
import { catchUp } from './catch-up.ts';

const UTC = Date.UTC(2026, 0, 1);
const entry = (seq: number, ...events: RoomEvent[]): LogEntry => ({
  v: 1,
  seq,
  epoch: 1,
  at: seq * 1000,
  utc: UTC + seq * 1000,
  actor: 'system',
  audience: 'everyone',
  events,
});
const peer = (peerId: string, name: string): RoomEvent => ({
  type: 'PeerJoined',
  peerId,
  principalId: peerId,
  role: peerId === 'doc' ? 'coordinator' : 'crew',
  organisationId: 'o',
  name,
  speaksHere: true,
});
const log: LogEntry[] = [
  entry(1, {
    type: 'RoomCreated',
    incidentId: 'i',
    title: 'Fall',
    drill: true,
    organisations: ['o'],
    createdBy: 'd',
  }),
  entry(2, { type: 'RoomTimeAnchored', utc: UTC + 2000, ownerId: 'n', epoch: 1, errorMs: 5 }),
  entry(3, peer('doc', 'Dr Wu'), peer('crew', 'Crew 7'), peer('me', 'Me')),
  entry(4, { type: 'LeadHandedOver', toPeerId: 'doc', by: 'd' }),
  entry(5, { type: 'PatientAdded', patientId: 'P1', description: 'man, about 60', by: 'd' }),
  entry(
    6,
    { type: 'PatientAdded', patientId: 'P2', by: 'd' },
    { type: 'PatientMovedOut', patientId: 'P2', toRoomId: 'r2', by: 'd' },
  ),
  entry(7, { type: 'OrderGiven', orderId: 'o1', text: 'Adrenaline 1 mg', patientId: 'P1', by: 'doc' }),
  entry(8, { type: 'TimeNodeSet', node: 'on-scene', at: UTC + 7500, patientId: 'P1', by: 'crew' }),
  entry(9, {
    type: 'DrugGiven',
    drugId: 'd1',
    drug: { name: 'Aspirin', dose: 300, unit: 'mg', route: 'oral' },
    patientId: 'P1',
    at: UTC + 8500,
    by: 'crew',
  }),
];

describe('catch-up of a late joiner', () => {
  it('says what, who leads, who is there since when, and the last facts, open orders first', () => {
    const items = catchUp(log.reduce(evolve, initialRoomState()), 'me');
    assert.deepEqual(items, [
      { code: 'room', title: 'Fall', since: UTC + 1000, drill: true },
      { code: 'patient', patientId: 'P1', description: 'man, about 60' },
      { code: 'lead', name: 'Dr Wu', role: 'coordinator' },
      { code: 'peer', name: 'Crew 7', role: 'crew', since: UTC + 3000 },
      { code: 'order', text: 'Adrenaline 1 mg', patientId: 'P1', open: true, at: UTC + 7000 },
      { code: 'timeNode', node: 'on-scene', patientId: 'P1', at: UTC + 7500 },
      { code: 'drug', text: 'Aspirin 300 mg oral', patientId: 'P1', at: UTC + 8500 },
    ]);
  });

  it('stays short in a room that has lasted long', () => {
    const many = Array.from({ length: 50 }, (_, i) =>
      entry(
        10 + i,
        { type: 'MessageSent', messageId: `m${i}`, peerId: 'doc', text: 'x', patientId: 'P1' },
        peer(`p${i}`, `Peer ${i}`),
      ),
    );
    assert.ok(catchUp([...log, ...many].reduce(evolve, initialRoomState()), 'me').length <= 20);
  });
});
