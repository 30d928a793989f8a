import assert from 'node:assert/strict';
import { initialRoomState, type PeerState, type RoomState } from './state.ts';
import { loudspeakerOf, microphoneOf, playsAudio, sendsAudio } from './units.ts';

function withPeers(...peers: Partial<PeerState>[]): RoomState {
  const entries = peers.map((peer, index): [string, PeerState] => {
    const peerId = peer.peerId ?? `p${index + 1}`;
    return [
      peerId,
      {
        peerId,
        principalId: `d${index}`,
        role: 'crew',
        organisationId: 'o',
        name: 'Device',
        unitId: 'u1',
        speaksHere: true,
        joinedAt: index,
        link: 'up',
        muted: { audio: false, video: false },
        ...peer,
      },
    ];
  });
  return { ...initialRoomState(), peers: Object.fromEntries(entries) };
}

describe('the one loudspeaker and the one microphone of a unit', () => {
  it('are the device that has been here longest', () => {
    const state = withPeers({ joinedAt: 20 }, { joinedAt: 10 }, { joinedAt: 30 });
    assert.equal(loudspeakerOf(state, 'u1'), 'p2');
    assert.equal(microphoneOf(state, 'u1'), 'p2');
  });

  it('move on when that device loses its link', () => {
    const state = withPeers({ link: 'lost' }, {});
    assert.equal(loudspeakerOf(state, 'u1'), 'p2');
  });

  it('fall to glasses only when no other device is here', () => {
    const glassesFirst = withPeers({ device: 'Smart Glasses' }, {}, { role: 'wearer' });
    assert.equal(loudspeakerOf(glassesFirst, 'u1'), 'p2');
    assert.equal(loudspeakerOf(withPeers({ device: 'glasses' }), 'u1'), 'p1');
  });

  it('are decided by the peer id when two joined at the same moment', () => {
    assert.equal(
      loudspeakerOf(withPeers({ peerId: 'b', joinedAt: 1 }, { peerId: 'a', joinedAt: 1 }), 'u1'),
      'a',
    );
  });

  it('silence the other devices of the unit and nobody else', () => {
    const state = withPeers({}, {}, { unitId: 'u2' });
    const outside = withPeers({ unitId: undefined });
    assert.deepEqual(
      ['p1', 'p2', 'p3'].map((id) => playsAudio(state, id)),
      [true, false, true],
    );
    assert.deepEqual(
      ['p1', 'p2', 'p3'].map((id) => sendsAudio(state, id)),
      [true, false, true],
    );
    assert.equal(playsAudio(outside, 'p1'), true);
  });

  it('belong to nobody in a unit that is not here', () => {
    assert.equal(loudspeakerOf(withPeers({}), 'u9'), undefined);
  });
});
