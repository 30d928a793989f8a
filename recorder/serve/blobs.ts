/** Photos, stills and shared images that come over HTTP: into the package, named by the SHA-256 of their bytes. */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type * as z from 'zod/mini';
import type { Blob } from '../../signaling/protocol/manifest.ts';
import { type BlobStored, MAX_BLOB_BYTES } from '../../signaling/protocol/recorder-http.ts';
import type { OpenStores } from '../core/open-stores.ts';
import { PACKAGE_KEY, type RecordingKeys } from '../keys/recording-keys.ts';
import { appendLine } from '../package/lines.ts';
import { BLOBS_INDEX_FILE } from '../package/names.ts';
import { BlobStore } from '../storage/blobs.ts';
import { LocalStorage } from '../storage/local.ts';
import { refusal } from './http.ts';
import type { Packages } from './packages.ts';
import type { Space } from './space.ts';

export interface BlobParts {
  readonly packages: Packages;
  readonly keys: RecordingKeys;
  readonly space: Space;
  readonly stores: OpenStores;
}

/**
 * Stores it while the room is recorded; throws `conflict` afterwards, `media-unavailable` while the disk is too full,
 * `hash-differs` and `too-large`.
 */
export async function takeBlob(
  { packages, keys, space, stores }: BlobParts,
  roomId: string,
  { sha256, mimeType, body }: { sha256: string; mimeType: string; body: Readable },
): Promise<z.infer<typeof BlobStored>> {
  await mustGoOn(packages, roomId);
  await space.mustHold(MAX_BLOB_BYTES);
  const plain = await readUpTo(body, MAX_BLOB_BYTES);
  return stores.run(roomId, async () => {
    const { blobs } = await mustGoOn(packages, roomId);
    const folder = packages.folder(roomId);
    const { key } = await keys.forWriting(roomId, PACKAGE_KEY);
    const { file, bytes, hash } = await new BlobStore(new LocalStorage(folder), key).put(plain, sha256);
    const line: Blob = { sha256, mimeType, file, bytes, hash };
    if (!blobs.includes(sha256)) await appendLine(join(folder, BLOBS_INDEX_FILE), line);
    return { sha256, bytes: plain.length };
  });
}

async function mustGoOn(packages: Packages, roomId: string): Promise<{ blobs: readonly string[] }> {
  const { state, blobs } = await packages.standing(roomId);
  if (state === 'recording') return { blobs };
  throw refusal('conflict', 'The recording has ended.', { state });
}

async function readUpTo(body: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > most) throw refusal('too-large', `A picture has at most ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
