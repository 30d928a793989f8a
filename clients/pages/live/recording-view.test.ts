import assert from 'node:assert/strict';
import { initialRoomState, type RecordingState, type RoomState } from '../../../signaling/protocol/state.ts';
import type { TrackSafety } from '../../core/types.ts';
import { needsRecordingBar, recordingRights, recordingView, safeUntil } from './recording-view.ts';

const on: RecordingState = {
  on: true,
  by: 'system',
  reason: 'default',
  since: 100,
  stalled: {},
  shed: 'ok',
};
function room(recording: RecordingState | undefined, sources: readonly string[] = []): RoomState {
  const source = { role: 'patient' as const, label: 'Cot camera', patientId: 'P1' };
  const all = sources.map((producerId) => ({
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
    phase: 'open',
    sources: Object.fromEntries(all.map((each) => [each.producerId, each])),
    ...(recording === undefined ? {} : { recording }),
  };
}
function told(...tracks: [id: string, until: number, state?: TrackSafety['state']][]) {
  return new Map(
    tracks.map(([producerId, durableUntil, state = 'recording']) => [
      producerId,
      { producerId, durableUntil, state, toldAt: 0 },
    ]),
  );
}
const view = (state: RoomState, tracks = told(), now = 10_000, linked = true) =>
  recordingView(state, tracks, now, linked);

describe('The state of the recording on a page', () => {
  it('is safe until the least of what is being recorded, leaving out what rests', () => {
    const tracks = told(['a', 9500], ['b', 9200], ['c', 1000, 'idle'], ['d', 500, 'ended']);
    assert.equal(safeUntil(tracks.values()), 9200);
    assert.deepEqual(view(room(on, ['a', 'b', 'c']), tracks), { kind: 'recording', safeUntil: 9200 });
  });

  it('tells one that starts from one that has nothing to record', () => {
    assert.equal(view(room(undefined, ['a'])).kind, 'none');
    assert.equal(view(room(on, ['a'])).kind, 'starting');
    assert.equal(view(room(on)).kind, 'ready');
    assert.equal(view(room(on, ['a']), told(['a', 50, 'idle'])).kind, 'ready');
  });

  it('says who switched it off and why', () => {
    const off = view(room({ ...on, on: false, by: 'u1', reason: 'consent was withdrawn' }));
    assert.deepEqual(off, { kind: 'off', since: 100, by: 'u1', reason: 'consent was withdrawn' });
    assert.equal(needsRecordingBar(off), true);
  });

  it('alarms for what a fact says, names the sources, and ends when they resume', () => {
    const state = room({ ...on, stalled: { a: { at: 7000, cause: 'slow-disk' } } }, ['a', 'b']);
    const alarm = view(state, told(['b', 9900]));
    assert.deepEqual(alarm, { kind: 'stalled', since: 7000, cause: 'slow-disk', sources: ['a'] });
    assert.equal(needsRecordingBar(alarm), true);
    assert.equal(view(room(on, ['a', 'b']), told(['a', 9900], ['b', 9900])).kind, 'recording');
  });

  it('says that the recorder is away rather than that one track stalls', () => {
    const stalled = {
      a: { at: 6000, cause: 'unknown' as const },
      room: { at: 7000, cause: 'recorder-away' as const },
    };
    const away = view(room({ ...on, stalled }, ['a']));
    assert.deepEqual(away, { kind: 'away', since: 6000, cause: 'recorder-away', sources: [] });
  });

  it('alarms by itself when nothing becomes safe, but not when this page hears nothing at all', () => {
    const tracks = told(['a', 3000]);
    assert.equal(view(room(on, ['a']), tracks).kind, 'stalled');
    assert.equal(view(room(on, ['a']), tracks, 10_000, false).kind, 'recording');
  });

  it('lets crew switch it on, and only dispatcher and coordinator off', () => {
    assert.deepEqual(recordingRights('crew'), { start: true, stop: false });
    assert.deepEqual(recordingRights('coordinator'), { start: true, stop: true });
    assert.deepEqual(recordingRights('specialist'), { start: false, stop: false });
    assert.deepEqual(recordingRights(undefined), { start: false, stop: false });
  });
});
