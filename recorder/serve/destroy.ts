/** Deletion: the wrapped keys of purposes go first, and with the last of them the files. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import type { Destroyed, DestroyRequest, RecordingHead } from '../../signaling/protocol/recorder-http.ts';
import { RecordingState, STATE_FILE } from '../core/state.ts';
import type { RecordingKeys } from '../keys/recording-keys.ts';
import { hashFile } from '../seal/hash-file.ts';
import { MANIFEST_FILE } from '../seal/layout.ts';
import { refusal } from './http.ts';
import type { Jobs } from './jobs.ts';
import type { Packages } from './packages.ts';
import type { Uploads } from './uploads.ts';

export interface DestroyParts {
  readonly packages: Packages;
  readonly keys: RecordingKeys;
  readonly uploads: Uploads;
  readonly jobs: Pick<Jobs, 'forget'>;
  readonly clock: Clock;
}

/**
 * Idempotent. Throws `conflict` while the room is recorded, packaged, checked or sealed: its files are being written. What is
 * answered stays as proof of what was there.
 */
export async function destroy(
  { packages, keys, uploads, jobs, clock }: DestroyParts,
  roomId: string,
  { purposes, removeFiles }: DestroyRequest,
): Promise<Destroyed> {
  const folder = packages.folder(roomId);
  const head = await headOrNothing(packages, roomId);
  const state = await standing(folder);
  if (state === 'recording') {
    throw refusal('conflict', 'The room is still recorded; close it first.', { state });
  }
  if (state === 'ended' || state === 'checked') {
    throw refusal('conflict', 'The recording is being sealed; delete it a little later.', { state });
  }
  const manifest = head && (await hashFile(join(folder, MANIFEST_FILE))).hash;
  const { remaining } = await keys.destroy(roomId, purposes, clock.now());
  // An export is a copy in plain, which no key opens or closes.
  await jobs.forget(roomId, remaining);
  const filesRemoved = removeFiles && remaining.length === 0;
  if (filesRemoved) {
    await uploads.removeAll(roomId);
    await rm(folder, { recursive: true, force: true });
  }
  const root = head?.seal?.root;
  return {
    purposes: remaining,
    filesRemoved,
    ...(root === undefined ? {} : { root }),
    ...(manifest === undefined ? {} : { manifest }),
  };
}

/** How far the recorder is with it; undefined for a package that it does not keep, which nobody writes. */
async function standing(folder: string): Promise<RecordingState['package'] | undefined> {
  const text = await readFile(join(folder, STATE_FILE), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const state = RecordingState.parse(JSON.parse(text));
  return state.finished && state.package === 'recording' ? 'ended' : state.package;
}

/** Removed before, or damaged: the keys go all the same. */
async function headOrNothing(packages: Packages, roomId: string): Promise<RecordingHead | undefined> {
  try {
    return await packages.head(roomId, []);
  } catch (error) {
    if (isAppError(error, 'not-found') || isAppError(error, 'manifest-damaged')) return undefined;
    throw error;
  }
}
