/**
 * One comparison of what the recording of a room should be with what its recorder was told. Each step is idempotent and
 * stands on the one before; a step that fails is met again by the next run.
 */
import { isAppError } from '../../platform/errors.ts';
import { tapIdOf } from '../media/ids.ts';
import type { Tapped } from '../media/types.ts';
import { firstNotes, type Note } from './notes.ts';
import type { RoomRecording } from './room-recording.ts';
import type { Told } from './told.ts';
import { type WantedTrack, wantedTracks } from './tracks.ts';

/** Of a recording that nobody asked for. */
export const DEFAULT_REASON = 'default';

/** Opens the recording, or goes on with it under our epoch. */
export async function openRecording(room: RoomRecording, told: Told): Promise<void> {
  const { incidentId, drill, createdUtc, recording } = room.state;
  if (told.open || !recording) return;
  const about = { incidentId, drill, createdUtc, by: recording.by, reason: plainReason(recording.reason) };
  try {
    const { logSeq } = await told.recorder.ask('room.open', { ...room.ids, ...about });
    told.logSeq = logSeq;
    told.open = true;
    room.holds(told.recorder);
    room.refused = undefined;
  } catch (error) {
    if (isAppError(error)) room.refused = error.code;
    throw error;
  }
  await room.tellClock();
}

/**
 * What may stand in a manifest, which is not encrypted and outlives the keys: no words of people. Those stand in the log, whose
 * words are sealed, under the same moment.
 */
function plainReason(reason: string): string {
  return reason === DEFAULT_REASON ? reason : 'in the log';
}

/** Brings the recorder, the plan and the node together over one tap, then the tracks on it. */
export async function syncTap(room: RoomRecording, told: Told, tapped: Tapped): Promise<void> {
  const { recorder } = told;
  const tapId = tapIdOf(room.roomId, tapped.workerKey, told.bootId);
  if (told.tap && told.tap.tapId !== tapId) {
    // Make before break is for people: the recorder has one tap of a room, and starts its tracks anew on the next.
    await recorder.ask('tap.close', { ...room.ids, tapId: told.tap.tapId });
    told.tap = undefined;
    told.connected = undefined;
    for (const trackId of told.tracks.keys()) told.tracks.set(trackId, '');
  }
  told.tap ??= { tapId, ...(await recorder.ask('tap.open', { ...room.ids, tapId })) };
  demand(room, told, tapped);
  if (tapped.tap?.tapId !== tapId) return;
  const { ip, port, feedPort } = tapped.tap;
  const end = `${ip} ${port} ${feedPort}`;
  if (told.connected !== end) {
    await recorder.ask('tap.connect', { ...room.ids, tapId, ip, port, feedPort });
    told.connected = end;
  }
  await syncTracks(room, told, wantedTracks(room.state, tapped));
  demand(room, told, tapped);
}

/** Only what the recorder has been told of may flow: packets of an unknown track would be lost. */
function demand(room: RoomRecording, told: Told, { workerKey }: Tapped): void {
  if (!told.tap) return;
  const { tapId, ip, port } = told.tap;
  const ready = new Set([...told.tracks.values()].filter((key) => key !== ''));
  room.deps.media.setRecording(room.roomId, { tapId, workerKey, remote: { ip, port }, ready });
}

async function syncTracks(room: RoomRecording, told: Told, wanted: readonly WantedTrack[]): Promise<void> {
  const { recorder } = told;
  for (const track of wanted) {
    if (told.tracks.get(track.trackId) === track.key) continue;
    await startTrack(room, told, track);
    told.tracks.set(track.trackId, track.key);
    for (const note of firstNotes(room.state, track.trackId)) await sendNote(room, told, note);
  }
  const known = new Set([...Object.keys(room.state.sources), ...wanted.map(({ trackId }) => trackId)]);
  for (const trackId of told.tracks.keys()) {
    if (known.has(trackId)) continue;
    await recorder.ask('track.stop', { ...room.ids, trackId, reason: room.whyEnded(trackId) });
    told.tracks.delete(trackId);
  }
}

async function startTrack(room: RoomRecording, { recorder, tap }: Told, track: WantedTrack): Promise<void> {
  if (!tap) return;
  const on = { ...room.ids, tapId: tap.tapId };
  if ('media' in track) await recorder.ask('track.start', { ...on, track: track.media });
  else await recorder.ask('track.startMessages', { ...on, track: track.messages });
}

/** Tells what happened to tracks that the recorder has; of others it hears when they start. */
export async function sendNotes(room: RoomRecording, told: Told): Promise<void> {
  for (let note = room.notes[0]; note; note = room.notes[0]) {
    if (told.tracks.get(note.trackId)) await sendNote(room, told, note);
    if (room.notes[0] === note) room.notes.shift();
  }
}

async function sendNote(room: RoomRecording, told: Told, note: Note): Promise<void> {
  try {
    await told.recorder.ask('track.note', { ...room.ids, ...note });
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
    // The track does not run there, whatever we thought: it is started again.
    told.tracks.set(note.trackId, '');
    room.poke();
  }
}
