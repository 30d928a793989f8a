import assert from 'node:assert/strict';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';
import { RecordedTracks } from './recorded-tracks.ts';

function roomWith(ids: readonly string[], on = true): RoomState {
  const source = { role: 'patient' as const, label: 'Cot camera', patientId: 'P1' };
  const sources = ids.map((producerId) => ({
    producerId,
    peerId: 'crew',
    kind: 'video' as const,
    mimeType: 'video/VP9',
    source,
    paused: false,
    publishedAt: 0,
  }));
  return {
    ...initialRoomState(),
    sources: Object.fromEntries(sources.map((each) => [each.producerId, each])),
    recording: { on, by: 'system', reason: 'default', since: 0, stalled: {}, shed: 'ok' },
  };
}

describe('What the recorder has of each track', () => {
  it('is kept by track, and never goes back when a late notification arrives', () => {
    const recorded = new RecordedTracks();
    const state = 'recording' as const;
    recorded.handleStatus({ tracks: [{ producerId: 'a', durableUntil: 5000, state }] }, 5900);
    recorded.handleStatus({ tracks: [{ producerId: 'a', durableUntil: 4000, state }] }, 6000);
    recorded.handleStatus({ tracks: [{ producerId: 'b', durableUntil: 100, state: 'idle' }] }, 6100);
    assert.deepEqual(
      [...recorded.tracks.values()],
      [
        { producerId: 'a', durableUntil: 5000, state, toldAt: 6000 },
        { producerId: 'b', durableUntil: 100, state: 'idle', toldAt: 6100 },
      ],
    );
  });

  it('is forgotten with its source, and when the recording is switched off', () => {
    const recorded = new RecordedTracks();
    const of = (producerId: string) => ({ producerId, durableUntil: 1, state: 'recording' as const });
    recorded.handleStatus({ tracks: [of('a'), of('b')] }, 1);
    recorded.handleState(roomWith(['b']));
    assert.deepEqual([...recorded.tracks.keys()], ['b']);
    recorded.handleState(roomWith(['b'], false));
    assert.equal(recorded.tracks.size, 0);
  });
});
