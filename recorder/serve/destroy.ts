/** Deletion: the wrapped keys of purposes go first, and with the last of them the files. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import type { Destroyed, DestroyRequest } from '../../signaling/protocol/recorder-http.ts';
import type { RecordingKeys } from '../keys/recording-keys.ts';
import { readManifest } from '../seal/manifest-file.ts';
import { refusal } from './http.ts';
import type { Packages } from './packages.ts';
import type { Uploads } from './uploads.ts';

export interface DestroyParts {
  readonly packages: Packages;
  readonly keys: RecordingKeys;
  readonly uploads: Uploads;
  readonly clock: Clock;
}

/** Idempotent. Throws `conflict` while the room is recorded. What is answered stays as proof of what was there. */
export async function destroy(
  { packages, keys, uploads, clock }: DestroyParts,
  roomId: string,
  { purposes, removeFiles }: DestroyRequest,
): Promise<Destroyed> {
  const folder = packages.folder(roomId);
  const found = await readManifest(folder).catch((error: unknown) => {
    // Removed before, or damaged: the keys go all the same.
    if (isAppError(error, 'not-found') || isAppError(error, 'manifest-damaged')) return undefined;
    throw error;
  });
  if (found?.manifest.state === 'recording') {
    throw refusal('conflict', 'The room is still recorded; close it first.', { state: 'recording' });
  }
  const { remaining } = await keys.destroy(roomId, purposes, clock.now());
  const filesRemoved = removeFiles && remaining.length === 0;
  if (filesRemoved) {
    await uploads.removeAll(roomId);
    await rm(folder, { recursive: true, force: true });
  }
  packages.forget(roomId);
  const root = found?.manifest.seal?.root;
  return {
    purposes: remaining,
    filesRemoved,
    ...(root === undefined ? {} : { root }),
    ...(found ? { manifest: createHash('sha256').update(found.text).digest('hex') } : {}),
  };
}
