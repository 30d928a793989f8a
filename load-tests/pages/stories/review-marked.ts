/** A recording of glasses that swing before a painted wall, with a mark that its device held, and a marked image. */
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import { printOf } from '../../../ar-annotations/frames/print.ts';
import type { PoseMessage } from '../../../ar-annotations/scene/types.ts';
import { MESSAGES_MAGIC, MESSAGES_TYPE, MessageCutter } from '../../../recorder/package/messages.ts';
import { PeerClock } from '../../../recorder/rtp/peer-clock.ts';
import { h264Of } from '../../../recorder/seal/testing/media.ts';
import { LogEntry } from '../../../signaling/protocol/entry.ts';
import type { SegmentView, TrackView } from '../../../signaling/protocol/recordings.ts';
import { ANCHOR_UTC } from './review-facts.ts';
import { summary } from './review-recordings.ts';
import type { FixtureRecording } from './review-server.ts';
import type { FixtureTrack } from './review-tracks.ts';

const SECONDS = 10;
const SIZE = { width: 640, height: 360 };
const HASH = '0'.repeat(64);
export const BLOB = 'ab'.repeat(32);
/** The mark is a fact from here on; drawn in the second before. */
export const ADDED_AT = 3000;
/** The device loses it from here to there. */
export const LOST = { from: 6000, to: 7000 };

/** Pixels that the camera has turned to the right. */
export const swingAt = (seconds: number) => 60 * Math.sin(2.1 * seconds) + 24 * Math.sin(5 * seconds);
const SWING = '60*sin(2.1*T)+24*sin(5*T)';
const WORLD = `120+40*sin((X+${SWING})/46)*cos(Y/62)+30*cos((X+${SWING})/18+Y/26)`;

function frameAt(seconds: number) {
  const { width, height } = SIZE;
  const luma = Uint8Array.from({ length: width * height }, (_, n) => {
    const [x, y] = [(n % width) + swingAt(seconds), Math.floor(n / width)];
    return 120 + 40 * Math.sin(x / 46) * Math.cos(y / 62) + 30 * Math.cos(x / 18 + y / 26);
  });
  return { ...SIZE, luma };
}

function poseAt(seconds: number): PoseMessage {
  const isHeld = seconds * 1000 < LOST.from || seconds * 1000 >= LOST.to;
  const h = [1, 0, -swingAt(seconds) / SIZE.width, 0, 1, 0, 0, 0, 1];
  return {
    ...{ v: 1, producerId: 'cam-glasses', mediaMs: 400_000 + seconds * 1000 },
    print: toBase64url(printOf(frameAt(seconds))),
    poses: [
      {
        markId: 'm1',
        state: isHeld ? 'held' : 'lost',
        confidence: 0.9,
        by: 'picture',
        ...(isHeld ? { h } : {}),
      },
    ],
  };
}

const owner = { peerId: 'peer-crew', organisationId: 'org', patientId: 'P1' };
const nothing = {
  ...{ owner, from: 0, to: SECONDS * 1000, durableUntil: SECONDS * 1000, epochs: [1] },
  ...{ gaps: [], fills: [], thumbnails: [] },
  statistics: {
    ...{ packets: 0, bytes: 0, lost: 0, reordered: 0, duplicates: 0, kernelDrops: 0, frames: 0 },
    ...{ keyframes: 0, brokenFrames: 0, ssrcChanges: 0, reports: 0, refusedReports: 0 },
  },
};

async function film(): Promise<FixtureTrack> {
  const source = `color=c=gray:size=640x360:rate=25:duration=${SECONDS},geq=lum='${WORLD}':cb=128:cr=128`;
  const media = await h264Of(source, 0, '640x360');
  const files = new Map([['tracks/cam-glasses/init.mp4', media.init]]);
  const segments = media.pieces.map(({ bytes, from, to }, n): SegmentView => {
    const file = `tracks/cam-glasses/seg-${n}.m4s`;
    files.set(file, bytes);
    return { n, file, initId: 'i1', from, to, frames: media.framesPerPiece, keyframes: [from] };
  });
  const init = { initId: 'i1', file: 'tracks/cam-glasses/init.mp4', bytes: 1, hash: HASH, plain: HASH };
  const view: TrackView = {
    ...{ ...nothing, trackId: 'cam-glasses', kind: 'video', role: 'glasses', mimeType: 'video/H264' },
    ...{ title: 'Glasses', sender: 'Ambulance 1' },
    inits: [{ ...init, mimeType: 'video/mp4; codecs="avc1.42c01e"', ...SIZE }],
  };
  return { view, segments, file: (path) => files.get(path) };
}

/** A track of messages as the recorder cuts them; beside them the blob, which any track may answer for here. */
function messages(
  label: 'pose' | 'preview',
  list: readonly { at: number; message: unknown }[],
  blob?: Buffer,
) {
  const cutter = new MessageCutter(new PeerClock(), false);
  const nanoseconds = (ms: number) => BigInt(Math.round(ms * 1e6));
  const outputs = [
    ...cutter.push({ type: 'clock', at: 0n, offsetMs: 0, errorMs: 0 }),
    ...list.flatMap(({ at, message }) => {
      const payload = new TextEncoder().encode(JSON.stringify(message));
      return [...cutter.push({ type: 'message', at: nanoseconds(at), payload })];
    }),
    ...cutter.end(),
  ];
  const files = new Map<string, Uint8Array>([[`tracks/${label}/init`, MESSAGES_MAGIC]]);
  if (blob) files.set(`blobs/${BLOB}`, blob);
  const segments = outputs.flatMap((output): SegmentView[] => {
    if (output.type !== 'segment') return [];
    const { n, initId, from, to, frames } = output;
    const file = `tracks/${label}/seg-${n}.msgs`;
    files.set(file, output.bytes);
    return [{ n, file, initId, from, to, frames, keyframes: [] }];
  });
  const init = { initId: 'i1', file: `tracks/${label}/init`, bytes: 1, hash: HASH, plain: HASH };
  const view: TrackView = {
    ...{ ...nothing, trackId: label, kind: 'messages', label, inits: [{ ...init, mimeType: MESSAGES_TYPE }] },
  };
  const track: FixtureTrack = { view, segments, file: (path) => files.get(path) };
  return track;
}

const region = { x: 0.3, y: 0.3, width: 0.4, height: 0.4 };
const common = { author: 'peer-doctor', patientId: 'P1', aspect: 16 / 9 };
const facts: readonly (readonly [number, object])[] = [
  [
    0,
    {
      ...{ type: 'RoomCreated', incidentId: 'inc-2041', title: 'Wound', drill: false },
      ...{ organisations: ['org'], createdBy: 'system' },
    },
  ],
  [0, { type: 'RoomTimeAnchored', utc: ANCHOR_UTC, ownerId: 'owner', epoch: 1, errorMs: 1 }],
  [
    100,
    {
      ...{ type: 'PeerJoined', peerId: 'peer-doctor', principalId: 'p-doctor', role: 'coordinator' },
      ...{ organisationId: 'org', name: 'Dr Lin', speaksHere: true },
    },
  ],
  [
    ADDED_AT,
    {
      type: 'MarkAdded',
      mark: {
        ...{ ...common, markId: 'm1', surface: { kind: 'video', producerId: 'cam-glasses' } },
        anchor: { kind: 'scene', frame: {}, reference: 'AAAA', region },
        shape: { kind: 'ellipse', centre: { x: 0.5, y: 0.5 }, rx: 0.06, ry: 0.06, rotation: 0 },
      },
    },
  ],
  [
    3500,
    {
      ...{ type: 'ImageAdded', imageId: 'x-ray', sha256: BLOB, bytes: 100, mimeType: 'image/png' },
      ...{ width: 640, height: 360, name: 'X-ray of the hand', peerId: 'peer-doctor' },
    },
  ],
  [
    4000,
    {
      type: 'MarkAdded',
      mark: {
        ...{
          ...common,
          markId: 'm2',
          surface: { kind: 'image', imageId: 'x-ray' },
          anchor: { kind: 'surface' },
        },
        shape: { kind: 'arrow', from: { x: 0.2, y: 0.3 }, to: { x: 0.6, y: 0.6 } },
      },
    },
  ],
];

/** @param picture bytes of the shared image */
export async function marked(picture: Buffer): Promise<FixtureRecording> {
  const entries = facts.map(([at, event], index) =>
    LogEntry.parse({
      ...{ v: 1, seq: index + 1, epoch: 1, at, utc: ANCHOR_UTC + at, actor: 'system', audience: 'everyone' },
      events: [event],
    }),
  );
  const poses = Array.from({ length: SECONDS * 15 }, (_, n) => ({
    at: (n * 1000) / 15 + 80,
    message: poseAt(n / 15),
  }));
  const marks = entries.flatMap(({ seq, at, events }) =>
    events.flatMap(({ type }) => (type === 'MarkAdded' ? [{ seq, at, type, kind: 'care' as const }] : [])),
  );
  return {
    summary: summary('room-marked', { title: 'Wound of the hand', tracks: 2, gaps: 0 }),
    tracks: [await film(), messages('pose', poses, picture)],
    ...{ marks, live: false, entries },
  };
}
