/** The recording of a room of the stack: waited for, opened with its keys, and judged as a whole. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordingKeys } from '../../recorder/keys/recording-keys.ts';
import { readManifest } from '../../recorder/seal/manifest-file.ts';
import { type PlainAccess, plainAccess } from '../../recorder/seal/plain.ts';
import { verifyPackage } from '../../recorder/seal/verify.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import type { Gap, Manifest, ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import { type PatternFrame, patternBeeps, patternFrames } from '../media/pattern-frames.ts';
import type { Stack } from '../stack/stack.ts';
import { eventually } from './cast.ts';

/** Checking decodes everything, at low priority, on a machine that may be busy. */
const SEAL_MS = 180_000;
/** No faults of a recording: nothing was there to record. */
const HARMLESS: ReadonlySet<string> = new Set(['silence', 'paused', 'muted', 'switched-off']);

export interface Recorded {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly access: PlainAccess;
}

export function folderOf({ dataDir }: Pick<Stack, 'dataDir'>, roomId: string): string {
  return join(dataDir, 'recordings', roomId);
}

/** A room of all organisations of the demo. */
export async function newRoom({ signaling, demo }: Stack, title: string): Promise<string> {
  const organisations = Object.values(demo.organisations);
  const room = { incidentId: 'recording', title, drill: true, organisations };
  return (await signaling.rooms.create(room, SYSTEM)).roomId;
}

/** Closes the room and waits until its package is sealed; throws with what stands there instead. */
export async function closeAndSeal(stack: Stack, roomId: string): Promise<Recorded> {
  await stack.signaling.rooms
    .at(roomId)
    .execute('room.close', { reason: 'handed over' }, await leader(stack, roomId));
  return sealed(stack, roomId);
}

/** Somebody in the room who may close it and switch its recording. */
export async function leader({ signaling }: Stack, roomId: string) {
  const { peers } = await signaling.rooms.at(roomId).state();
  const [peer] = Object.values(peers).filter(({ role }) => role === 'coordinator');
  if (!peer) throw new Error('nobody in the room coordinates');
  return peer;
}

async function sealed(stack: Stack, roomId: string): Promise<Recorded> {
  const folder = folderOf(stack, roomId);
  const state = async () => (await readManifest(folder).catch(() => undefined))?.manifest.state;
  await eventually(state, (now) => now === 'sealed', 'the package is sealed', SEAL_MS);
  const { manifest } = await readManifest(folder);
  const keys = new RecordingKeys({
    folder: join(stack.dataDir, 'recording-keys'),
    masterKey: await readMasterKey(stack.dataDir),
  });
  return { folder, manifest, access: plainAccess({ folder, roomId, keys, purpose: 'quality' }) };
}

/** Everything verifies, every segment decodes, nothing is missing that no gap lists, and the log is whole. */
export async function assertWhole({ folder, manifest, access }: Recorded): Promise<void> {
  const report = await verifyPackage({ folder, plain: access });
  assert.deepEqual(report.findings, []);
  assert.equal(report.whole, true);
  assert.equal(report.logEntries, manifest.log.entries);
  assert(manifest.log.entries > 0);
  assert.deepEqual(manifest.check?.problems, []);
  assert.equal(manifest.check?.decoded, manifest.check?.segments);
  assert.equal(manifest.check?.uncoveredMs, 0);
  for (const track of manifest.tracks) {
    for (const { from, to, n } of track.segments) {
      assert(to - from <= 2050, `segment ${n} of ${track.kind} has ${to - from} ms`);
    }
  }
  const log = (await readFile(join(folder, manifest.log.file), 'utf8')).trim().split('\n');
  assert.equal(log.length, manifest.log.entries);
}

/** A track of media has the id of its producer. */
export function trackOf({ manifest }: Recorded, producerId: string): ManifestTrack {
  const track = manifest.tracks.find(({ trackId }) => trackId === producerId);
  assert(track, `${producerId} is not recorded`);
  return track;
}

/** Gaps in which there was something to record. */
export function faults({ gaps }: ManifestTrack): Gap[] {
  return gaps.filter(({ cause }) => !HARMLESS.has(cause));
}

export interface Found {
  readonly frames: readonly PatternFrame[];
  readonly beeps: readonly number[];
}

/** The published pattern as it stands in the package. */
export async function findPattern(recorded: Recorded, video: string, audio: string): Promise<Found> {
  const openFile = async (file: string) => (await recorded.access.open(file)).plain;
  return {
    frames: await patternFrames(trackOf(recorded, video), openFile),
    beeps: await patternBeeps(trackOf(recorded, audio), openFile),
  };
}

/** Holes between frames longer than `longestMs` that no listed gap covers. */
export function unlisted(track: ManifestTrack, frames: readonly PatternFrame[], longestMs: number): Gap[] {
  return frames.flatMap(({ at: to }, index) => {
    const from = frames[index - 1]?.at ?? to;
    if (to - from <= longestMs) return [];
    const listed = track.gaps
      .filter((gap) => gap.from < to && gap.to > from)
      .reduce((sum, gap) => sum + Math.min(gap.to, to) - Math.max(gap.from, from), 0);
    return to - from - listed > longestMs ? [{ from, to, cause: 'unknown' as const }] : [];
  });
}
