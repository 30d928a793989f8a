import assert from 'node:assert/strict';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';
import type { BystanderState } from '../../../signaling/protocol/state-bystander.ts';
import { endByFacts, endByOpening, endBySession, linkStands, placeSeen } from './standing.ts';

const own = { linkId: 'l', openingId: 'o', peerId: 'me', supportPhone: '12356' };
const room = (bystander: Partial<BystanderState>, more: Partial<RoomState> = {}): RoomState => {
  const state = initialRoomState();
  return { ...state, phase: 'open', ...more, bystander: { ...state.bystander, ...bystander } };
};

describe('The link of the page in words', () => {
  it('is on only while everything flows, and weak while it mends itself', () => {
    assert.equal(linkStands({ status: 'live', reason: 'none' }, true, 0), 'on');
    assert.equal(linkStands({ status: 'weak', reason: 'loss' }, true, 0), 'weak');
    assert.equal(linkStands({ status: 'media-rebuilding', reason: 'worker-died' }, true, 0), 'weak');
    assert.equal(linkStands({ status: 'reconnecting', reason: 'ice-restart' }, true, 60_000), 'weak');
    assert.equal(linkStands({ status: 'connecting', reason: 'none' }, true, 0), 'connecting');
  });

  it('is offline when the phone says so, or after three seconds without the room', () => {
    assert.equal(linkStands({ status: 'reconnecting', reason: 'socket-lost' }, true, 1000), 'weak');
    assert.equal(linkStands({ status: 'reconnecting', reason: 'socket-lost' }, true, 3000), 'offline');
    assert.equal(linkStands({ status: 'reconnecting', reason: 'socket-lost' }, false, 0), 'offline');
    assert.equal(linkStands({ status: 'weak', reason: 'silence' }, false, 0), 'offline');
  });
});

describe('The end of the page', () => {
  it('is the thanks when this bystander was released, and of no other', () => {
    assert.deepEqual(endByFacts(room({ pages: { me: { releasedBy: 'd' } } }), own), {
      kind: 'ended',
      reason: 'released',
      supportPhone: '12356',
    });
    assert.equal(endByFacts(room({ pages: { other: { releasedBy: 'd' } } }), own), undefined);
  });

  it('is the closed room', () => {
    const end = endByFacts(room({}, { phase: 'closed' }), { ...own, supportPhone: undefined });
    assert.deepEqual(end, { kind: 'ended', reason: 'room-closed' });
  });

  it('is asked at the door where the session alone ended', () => {
    assert.equal(endBySession({ status: 'ended', reason: 'removed' }), 'ask');
    assert.equal(endBySession({ status: 'refused', reason: 'forbidden' }), 'ask');
    assert.equal(endBySession({ status: 'reconnecting', reason: 'socket-lost' }), undefined);
    assert.deepEqual(endBySession({ status: 'ended', reason: 'room-closed' }), {
      kind: 'ended',
      reason: 'room-closed',
    });
    assert.deepEqual(endBySession({ status: 'ended', reason: 'replaced' }), {
      kind: 'outside',
      opening: 'ended',
    });
  });

  it('is none for whoever is inside, and outside for whoever asks or was refused', () => {
    assert.equal(endByOpening('live'), undefined);
    assert.equal(endByOpening('open'), undefined);
    assert.deepEqual(endByOpening('asking'), { kind: 'outside', opening: 'asking' });
  });
});

describe('A place that was opened by its code', () => {
  it('says whether anybody has seen or answered its call', () => {
    const call = { callId: 'c', by: 'system', patientId: 'scene', at: 0, ringingAt: [], seenBy: [] };
    const someone = { principalId: 'd', name: 'Desk' };
    assert.equal(placeSeen(room({})), 'nobody');
    assert.equal(placeSeen(room({}, { help: { c: call } })), 'nobody');
    assert.equal(placeSeen(room({}, { help: { c: { ...call, seenBy: [someone] } } })), 'seen');
    assert.equal(placeSeen(room({}, { help: { c: { ...call, answeredBy: someone } } })), 'answered');
  });
});
