/** The recording of the demo: how far it is on the disk while the call runs, and what verify finds once it is sealed. */
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordingKeys } from '../../recorder/keys/recording-keys.ts';
import { openSigningKey } from '../../recorder/keys/signing-key.ts';
import { summaryOf } from '../../recorder/package/room-packager.ts';
import { packageFolder, recordingKeysFolder } from '../../recorder/room-state.ts';
import { readManifest } from '../../recorder/seal/manifest-file.ts';
import { plainAccess } from '../../recorder/seal/plain.ts';
import { verifyPackage } from '../../recorder/seal/verify.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import type { Manifest } from '../../signaling/protocol/manifest.ts';
import type { Emergency } from './emergency.ts';

export interface RecordingResult {
  /** Folder of the package, without its keys. */
  readonly path: string;
  readonly tracks: number;
  /** Faults only: not silence, pause or mute. */
  readonly gaps: number;
  /** True only when verify looked at every stored and plain byte and found it whole, by the key of this installation. */
  readonly verified: boolean;
  /** Longest time that a track which was being recorded was behind room time on the disk. */
  readonly durableLagMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly segments: number;
  /** Segments that were decoded from first to last frame without an error. */
  readonly decoded: number;
  /** From the end of the room to the seal: packaging, decoding everything once, signing. */
  readonly sealMs: number;
}

export interface VerifyOptions {
  readonly durableLagMs: number;
  /** True: what is verified is a copy that stays for KEPT_HOURS. */
  readonly keep: boolean;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
}

/** Everything is decoded once, at low priority, in 4K, on a machine that may be busy. */
const SEAL_DEADLINE_MS = 900_000;
const LOOK_MS = 500;
const KEPT = 'goldenhour-demo-recording-';
/** How long a package of `--json` stays: later runs remove older ones. */
export const KEPT_HOURS = 24;

/** Watches how far the tracks of the room are on the disk. */
export function watchDurable({ stack, roomId }: Emergency): { longestMs(): number; close(): void } {
  let longest = 0;
  const room = stack.signaling.rooms.at(roomId);
  const stop = stack.recorder?.client.on('room.durable', ({ roomId: which, tracks }) => {
    const moments = tracks.filter(({ state }) => state === 'recording').map((each) => each.durableUntil);
    if (which !== roomId || moments.length === 0) return;
    room.roomTime().then(
      (now) => {
        longest = Math.max(longest, Math.round(now - Math.min(...moments)));
      },
      // The room has been closed meanwhile: nothing more is to be measured.
      () => undefined,
    );
  });
  return { longestMs: () => longest, close: () => stop?.() };
}

/** The doctor closes the room: the recording ends with it. */
export async function closeRoom({ stack, roomId }: Emergency): Promise<void> {
  const room = stack.signaling.rooms.at(roomId);
  const { peers } = await room.state();
  const doctor = Object.values(peers).find(({ role }) => role === 'coordinator');
  if (!doctor) throw new Error('nobody in the room may close it');
  await room.execute('room.close', { reason: 'Handed over at the hospital' }, doctor);
}

/**
 * Waits for the seal of a room that has been closed, and verifies the package: where it stands, or the copy of it that is kept
 * (`keep`). Returns what was found, with the problems in words.
 */
export async function verifyRecording(
  { stack, roomId }: Emergency,
  { durableLagMs, keep, signal }: VerifyOptions,
): Promise<{ recording: RecordingResult; problems: string[] }> {
  const began = performance.now();
  const made = packageFolder(stack.dataDir, roomId);
  let failure: string | undefined;
  const stop = stack.recorder?.client.on('room.package', ({ roomId: which, state, detail }) => {
    if (which === roomId && state === 'failed') failure = detail ?? 'nothing was said about why';
  });
  const manifest = await waitForSeal(made, signal, () => failure).finally(stop);
  const sealMs = Math.round(performance.now() - began);
  const path = keep ? await keepPackage(made, roomId) : made;
  const keys = new RecordingKeys({
    folder: recordingKeysFolder(stack.dataDir),
    masterKey: await readMasterKey(stack.dataDir),
  });
  const { keyId } = await openSigningKey(stack.dataDir);
  const plain = plainAccess({ folder: path, roomId, keys, purpose: 'evidence' });
  const report = await verifyPackage({ folder: path, keyId, plain, signal });
  const { tracks, gaps, durationMs: exactMs, bytes } = summaryOf(manifest);
  const durationMs = Math.round(exactMs);
  const { segments = 0, decoded = 0 } = manifest.check ?? {};
  const recording = {
    ...{ path, tracks, gaps, verified: report.whole, durableLagMs, durationMs, bytes },
    ...{ segments, decoded, sealMs },
  };
  const found = report.findings.map(({ code, file, detail }) => `verify: ${code} ${file ?? ''}: ${detail}`);
  return { recording, problems: [...found, ...problemsOf(manifest)] };
}

/** What should be in every recording of the demo, whatever gaps a busy machine has left in it. */
function problemsOf({ tracks, check }: Manifest): string[] {
  const problems = (check?.problems ?? [{ code: 'unchecked', detail: 'it was sealed without a check' }]).map(
    ({ code, detail }) => `the recording was sealed with a problem: ${code}: ${detail}`,
  );
  const has = (kind: string) => tracks.some((track) => track.kind === kind && track.segments.length > 0);
  if (!has('video')) problems.push('the recording holds no picture');
  if (!has('audio')) problems.push('the recording holds no sound');
  return problems;
}

async function waitForSeal(
  folder: string,
  signal: AbortSignal,
  failure: () => string | undefined,
): Promise<Manifest> {
  const deadline = performance.now() + SEAL_DEADLINE_MS;
  for (;;) {
    // Until the recorder writes it for the first time there is none.
    const manifest = (await readManifest(folder).catch(() => undefined))?.manifest;
    if (manifest?.state === 'sealed') return manifest;
    if (failure() !== undefined) throw new Error(`the recording could not be finished: ${failure()}`);
    if (performance.now() > deadline) {
      throw new Error(`the recording is "${manifest?.state ?? 'missing'}" and was not sealed in time`);
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/** Copies the package out of the throwaway data, and removes those that earlier runs have left long ago. */
async function keepPackage(folder: string, roomId: string): Promise<string> {
  await removeOld();
  const kept = join(await mkdtemp(join(tmpdir(), KEPT)), roomId);
  await cp(folder, kept, { recursive: true });
  return kept;
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(KEPT)) continue;
    const old = join(tmpdir(), name);
    // Another run may be removing it as well.
    const made = (await stat(old).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - made > KEPT_HOURS * 3_600_000) await rm(old, { recursive: true, force: true });
  }
}
