/** Plain bytes of stored files, for whoever has the keys; in memory only, never as files. */
import { createHash, createPublicKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealKey } from '../../signaling/protocol/manifest.ts';
import type { Purpose } from '../../signaling/protocol/recordings.ts';
import { openBytes } from '../core/envelope.ts';
import { PACKAGE_KEY, type RecordingKeys, trackKeyName } from '../keys/recording-keys.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import { plainSalt } from '../package/names.ts';
import type { SealSigner } from './sign.ts';

export interface PlainFile {
  readonly plain: Uint8Array;
  /** Of its `plain` hash: what an outsider needs for a proof. */
  readonly salt: Uint8Array;
}

/** Opens what a package stores encrypted, under the keys of one purpose. */
export interface PlainAccess {
  /** Throws `file-damaged`, `keys-destroyed`, `not-found`, and what the file system says. */
  open(file: string): Promise<PlainFile>;
  /** Data key of a track, for its journal. */
  trackKey(trackId: string): Promise<Uint8Array>;
}

export interface PlainAccessOptions {
  readonly folder: string;
  readonly roomId: string;
  readonly keys: RecordingKeys;
  readonly purpose: Purpose;
}

export function plainAccess({ folder, roomId, keys, purpose }: PlainAccessOptions): PlainAccess {
  const opened = new Map<string, Promise<Uint8Array>>();
  const keyOf = (name: string): Promise<Uint8Array> => {
    const key = opened.get(name) ?? keys.open(roomId, name, purpose).then((each) => each.key);
    opened.set(name, key);
    return key;
  };
  return {
    async open(file) {
      const key = await keyOf(keyNameOf(file));
      return { plain: openBytes(key, file, await readFile(join(folder, file))), salt: plainSalt(key, file) };
    },
    trackKey: (trackId) => keyOf(trackKeyName(trackId)),
  };
}

/** Files of a track are under its key, all others under that of the package. */
function keyNameOf(file: string): string {
  const [, trackId] = /^tracks\/([^/]+)\//.exec(file) ?? [];
  return trackId === undefined ? PACKAGE_KEY : trackKeyName(trackId);
}

/** SHA-256 of salt and plain bytes, hex: what the manifest holds as `plain` of a file. */
export function saltedHash(salt: Uint8Array, plain: Uint8Array): string {
  return createHash('sha256').update(salt).update(plain).digest('hex');
}

/** The installation's key as the seal needs it. */
export function signerOf({ privateKey }: SigningKey): SealSigner {
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    key: SealKey.parse({ crv, kty, x, y }),
    sign: (bytes) => sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}
