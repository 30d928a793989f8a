/** Plain bytes of stored files, decrypted piece by piece on their way out and never written anywhere. */
import type { Purpose } from '../../signaling/protocol/recordings.ts';
import { ENVELOPE_HEAD_BYTES, EnvelopeReader } from '../core/envelope.ts';
import { PACKAGE_KEY, type RecordingKeys, trackKeyName } from '../keys/recording-keys.ts';
import { LocalStorage } from '../storage/local.ts';
import { type ByteSource, refusal } from './http.ts';
import type { Packages } from './packages.ts';

/** Bytes decrypted at once; four pieces of an envelope. */
const STEP_BYTES = 1024 * 1024;
/** Header that tells the room time a file holds, as `from-to`. */
export const TIME_HEADER = 'goldenhour-time';

/**
 * A file that the manifest names. Throws `not-found` for all others, whatever lies on the disk, and `keys-destroyed` when
 * the purpose is gone.
 */
export async function openFile(
  packages: Packages,
  keys: RecordingKeys,
  roomId: string,
  path: string,
  purpose: Purpose,
): Promise<ByteSource> {
  const file = await packages.file(roomId, path);
  if (!file) throw refusal('not-found', 'This recording has no such file.');
  const storage = new LocalStorage(packages.folder(roomId));
  const { key } = await keys.open(roomId, keyName(path), purpose);
  const headers: Record<string, string> = file.time
    ? { [TIME_HEADER]: `${file.time.from}-${file.time.to}` }
    : {};
  const stored = await storage.stat(path);
  if (!stored) throw refusal('not-found', 'This file is missing on the disk.');
  const { contentType } = file;
  if (!file.encrypted) {
    return {
      bytes: stored.bytes,
      contentType,
      headers,
      read: (from, to) => storage.stream(path, { from, to }),
    };
  }
  const head = await storage.read(path, { from: 0, to: ENVELOPE_HEAD_BYTES });
  const reader = new EnvelopeReader(key, path, head, stored.bytes);
  return {
    bytes: reader.size,
    contentType,
    headers,
    async *read(from, to) {
      for (let at = from; at < to; ) {
        // Up to a border of steps, so that no piece is decrypted twice.
        const end = Math.min(to, (Math.floor(at / STEP_BYTES) + 1) * STEP_BYTES);
        const { offset, length } = reader.storedRange(at, end);
        const bytes = await storage.read(path, { from: offset, to: offset + length });
        yield reader.open(at, end, bytes);
        at = end;
      }
    },
  };
}

/** Files of a track are under its key, all others under that of the package. */
function keyName(path: string): string {
  const trackId = /^tracks\/([^/]+)\//.exec(path)?.[1];
  return trackId === undefined ? PACKAGE_KEY : trackKeyName(trackId);
}
