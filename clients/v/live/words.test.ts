import assert from 'node:assert/strict';
import { initialRoomState, type MessageState, type RoomState } from '../../../signaling/protocol/state.ts';
import { dwellMs, largeWord, wordsOf } from './words.ts';

const message = (messageId: string, peerId: string, more: Partial<MessageState> = {}): MessageState => ({
  messageId,
  peerId,
  name: peerId,
  text: `text of ${messageId}`,
  patientId: 'scene',
  to: 'bystanders',
  at: 0,
  utc: 0,
  deliveredTo: [],
  readBy: [],
  ...more,
});

function room(...messages: MessageState[]): RoomState {
  const peer = (peerId: string, role: 'dispatcher' | 'volunteer' | 'bystander') => ({
    peerId,
    role,
    principalId: peerId,
    organisationId: 'o',
    name: peerId,
    joinedAt: 0,
    speaksHere: true,
    link: 'up' as const,
    muted: { audio: false, video: false },
  });
  const state = initialRoomState();
  const peers = {
    desk: peer('desk', 'dispatcher'),
    near: peer('near', 'volunteer'),
    me: peer('me', 'bystander'),
  };
  return { ...state, peers: { ...state.peers, ...peers }, messages };
}

describe('Words of dispatch on the phone', () => {
  const nothing = { read: new Set<string>(), away: new Set<string>() };

  it('stand large one after the other, each until it is put away', () => {
    const state = room(message('a', 'desk', { readBy: ['me'] }), message('b', 'desk'), message('c', 'desk'));
    assert.equal(largeWord(state, 'me', nothing)?.messageId, 'b');
    assert.equal(largeWord(state, 'me', { ...nothing, away: new Set(['b']) })?.messageId, 'c');
    assert.equal(largeWord(state, 'me', { ...nothing, away: new Set(['b', 'c']) }), undefined);
  });

  it('go on standing once they were read here, and do not come back after a reload', () => {
    const state = room(message('a', 'desk', { readBy: ['me'] }));
    assert.equal(largeWord(state, 'me', { ...nothing, read: new Set(['a']) })?.messageId, 'a');
    assert.equal(largeWord(state, 'me', nothing), undefined);
  });

  it('fill no screen of a phone that came after another had read them', () => {
    const state = room(message('a', 'desk', { at: 5, readBy: ['near'] }), message('b', 'desk', { at: 6 }));
    const me = state.peers.me;
    assert.ok(me);
    const late = { ...state, peers: { ...state.peers, me: { ...me, joinedAt: 10 } } };
    assert.equal(largeWord(late, 'me', nothing)?.messageId, 'b');
    assert.equal(largeWord(state, 'me', nothing)?.messageId, 'a');
  });

  it('fill the screen when their author has left, and never when they are of the public or of oneself', () => {
    assert.equal(largeWord(room(message('a', 'gone')), 'me', nothing)?.messageId, 'a');
    assert.equal(largeWord(room(message('a', 'near'), message('b', 'me')), 'me', nothing), undefined);
  });

  it('show of what was sent whether somebody has seen it', () => {
    const state = room(
      message('a', 'me'),
      message('b', 'me', { readBy: ['desk'], phrase: 'yes' }),
      message('c', 'desk'),
    );
    assert.deepEqual(
      wordsOf(state, 'me').map(({ own, phrase }) => [own, phrase]),
      [
        ['sent', undefined],
        ['seen', 'yes'],
        [undefined, undefined],
      ],
    );
  });

  it('count as read after as long as reading takes', () => {
    assert.ok(dwellMs('Push harder') < 4000);
    assert.equal(dwellMs('x'.repeat(4000)), 10_000);
  });
});
