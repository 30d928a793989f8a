/** Names of the files of a package, and the salted hash by which a manifest commits to their plain bytes. */
import { createHash, createHmac } from 'node:crypto';
import { deriveKey } from '../core/derive.ts';
import type { Format } from './outputs.ts';

export const MANIFEST_FILE = 'manifest.json';
export const MASTER_PLAYLIST_FILE = 'master.m3u8';
/** Blobs of the package, one line each: who stores one appends it. */
export const BLOBS_INDEX_FILE = 'blobs.jsonl';

const SEGMENT_ENDING = { mp4: 'm4s', webm: 'webm', messages: 'bin' } as const;
const INIT_ENDING = { mp4: 'mp4', webm: 'webm', messages: 'bin' } as const;

export const trackFolder = (trackId: string) => `tracks/${trackId}`;
export const indexFile = (trackId: string) => `${trackFolder(trackId)}/index.jsonl`;
/** Fills of a track, one line each: who takes one appends it. */
export const fillsFile = (trackId: string) => `${trackFolder(trackId)}/fills.jsonl`;
export const playlistFile = (trackId: string) => `${trackFolder(trackId)}/index.m3u8`;
export const initFile = (trackId: string, initId: string, format: Format) =>
  `${trackFolder(trackId)}/init-${initId}.${INIT_ENDING[format]}`;
export const segmentFile = (trackId: string, n: number, format: Format) =>
  `${trackFolder(trackId)}/seg-${String(n).padStart(6, '0')}.${SEGMENT_ENDING[format]}`;
/** `at` in room time. */
export const thumbnailFile = (trackId: string, at: number) =>
  `${trackFolder(trackId)}/thumb-${String(Math.round(at)).padStart(9, '0')}.jpg`;
/** State of the packager for all tracks of one peer; goes when the package is finished. */
export const checkpointFile = (peerId: string) => `checkpoints/${peerId}`;

/** The salt of a file's plain hash: HMAC-SHA-256 of its path under a key of this use. It tells nothing of the data key. */
export function plainSalt(key: Uint8Array, file: string): Buffer {
  return createHmac('sha256', deriveKey(key, 'goldenhour plain salt 1')).update(file).digest();
}

/** SHA-256 of salt and plain bytes, in hex. */
export function plainHash(key: Uint8Array, file: string, plain: Uint8Array): string {
  return createHash('sha256').update(plainSalt(key, file)).update(plain).digest('hex');
}
