/**
 * The salted hash by which manifest and seal commit to plain bytes (`plain` of inits, segments, fills, supplements). The salt
 * follows from the data key and the path: it goes with the proof of a clip to whoever gets that clip, and tells nothing of
 * any other file; when the key is destroyed, the hash tells nothing of the bytes, not even whether a guess is right.
 */
import { createHash } from 'node:crypto';
import { deriveKey } from './derive.ts';

/**
 * 32 bytes.
 *
 * @param key data key of the track, or of the package for what belongs to no track
 * @param file path inside the package
 */
export function plainSalt(key: Uint8Array, file: string): Buffer {
  return deriveKey(key, `goldenhour plain hash 1 ${file}`);
}

/** SHA-256 of salt and plain bytes, hex. */
export function saltedHash(salt: Uint8Array, plain: Uint8Array): string {
  return createHash('sha256').update(salt).update(plain).digest('hex');
}

/** What the manifest holds as `plain` of a file. */
export function plainHash(key: Uint8Array, file: string, plain: Uint8Array): string {
  return saltedHash(plainSalt(key, file), plain);
}
