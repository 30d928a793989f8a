/** The recordings of the player's tests: one with gaps, fills and several codecs, one of three hours, one that goes on. */
import type { RecordingSummary } from '../../../signaling/protocol/recordings.ts';
import { ANCHOR_UTC, marks } from './review-facts.ts';
import { fillFile, picturePiece, soundPiece, thumbnails } from './review-media.ts';
import type { FixtureRecording } from './review-server.ts';
import { endlessTrack, type FixtureTrack, fixtureTrack } from './review-tracks.ts';

const THREE_HOURS = 3 * 3600_000;
const PATIENT = { kind: 'video', role: 'patient', patientId: 'P1', sender: 'Ambulance 1' } as const;
const VOICE = { kind: 'audio', role: 'voice', patientId: 'scene', mimeType: 'audio/opus' } as const;

export function summary(recordingId: string, more: Partial<RecordingSummary> = {}): RecordingSummary {
  return {
    ...{ recordingId, incidentId: 'inc-2041', title: 'Chest pain, 12 Harbour Road', drill: false },
    ...{
      state: 'sealed',
      startedUtc: ANCHOR_UTC + 3000,
      durationMs: 60_000,
      bytes: 9_400_000,
      tracks: 4,
      gaps: 3,
    },
    ...{ unitIds: ['unit-1'], people: ['Ambulance 1', 'Dr Lin', 'Dr Chen, cardiology'] },
    ...{ patients: [{ patientId: 'P1', name: '王秀英' }], verified: true, retentionClass: 'standard' },
    ...more,
  };
}

async function patientTrack(): Promise<FixtureTrack> {
  const size = { codec: 'vp9', width: 640, height: 360 } as const;
  const pieces = [
    await picturePiece({ ...size, from: 3000, to: 15_000 }),
    await picturePiece({ codec: 'vp9', width: 960, height: 540, from: 22_000, to: 40_000 }),
    await picturePiece({ ...size, from: 44_000, to: 63_000 }),
  ];
  const filled = { fillId: 'fill-1', at: ANCHOR_UTC + 90_000 };
  return fixtureTrack(
    { ...PATIENT, trackId: 'cam-patient', title: 'Patient camera', mimeType: 'video/VP9' },
    pieces,
    [
      { from: 15_000, to: 22_000, cause: 'link', filled },
      { from: 40_000, to: 44_000, cause: 'link' },
    ],
    {
      thumbnails: await thumbnails(12),
      fill: { from: 15_000, to: 22_000, bytes: await fillFile(15_000, 22_000) },
    },
  );
}

/** Four tracks of a minute: VP9 with two gaps, one filled, and two sizes; H.264 with a gap; VP8; Opus. */
export async function minute(): Promise<FixtureRecording> {
  const small = { width: 320, height: 180 };
  const overview = [
    await picturePiece({ codec: 'h264', ...small, from: 4000, to: 30_000 }),
    await picturePiece({ codec: 'h264', ...small, from: 33_000, to: 63_000 }),
  ];
  const glasses = [await picturePiece({ codec: 'vp8', ...small, from: 10_000, to: 52_000 })];
  const named = { patientId: 'scene', sender: 'Ambulance 1', kind: 'video' } as const;
  const tracks = [
    await patientTrack(),
    fixtureTrack(
      { ...named, trackId: 'cam-overview', role: 'overview', title: 'Overview', mimeType: 'video/H264' },
      overview,
      [{ from: 30_000, to: 33_000, cause: 'lost' }],
    ),
    fixtureTrack(
      { ...named, trackId: 'cam-glasses', role: 'glasses', title: 'Glasses', mimeType: 'video/VP8' },
      glasses,
      [],
    ),
    fixtureTrack(
      { ...VOICE, trackId: 'voice-1', title: 'Voice', sender: 'Ambulance 1' },
      [await soundPiece(3000, 63_000)],
      [],
    ),
  ];
  return { summary: summary('room-1'), tracks, marks, live: false };
}

/** One picture and one voice of three hours; their segments are made when they are asked for. */
export async function threeHours(): Promise<FixtureRecording> {
  const picture = await picturePiece({
    codec: 'vp9',
    width: 320,
    height: 180,
    from: 0,
    to: 10_000,
    keyEvery: 250,
  });
  const sound = await soundPiece(0, 10_000);
  const tracks = [
    endlessTrack(
      { ...PATIENT, trackId: 'cam-patient', title: 'Patient camera', mimeType: 'video/VP9' },
      picture,
      THREE_HOURS,
    ),
    endlessTrack({ ...VOICE, trackId: 'voice-1', title: 'Voice', sender: 'Ambulance 1' }, sound, THREE_HOURS),
  ];
  const long = summary('room-long', {
    title: 'Transfer by road',
    durationMs: THREE_HOURS,
    gaps: 0,
    tracks: 2,
  });
  return { summary: long, tracks, marks, live: false };
}

/** The minute, as a room that goes on and has come as far as `until` says. */
export function going(of: FixtureRecording, until: () => number): FixtureRecording {
  const title = 'Fall from a ladder';
  return { ...of, summary: summary('room-live', { title, state: 'recording', gaps: 1 }), live: true, until };
}
