/** Plain bytes of stored files, for whoever has the keys; and the salted hash by which a seal commits to them. */
import { createHash } from 'node:crypto';

/** Opens what a package stores encrypted. Made from the keyring, for one purpose. */
export interface PlainAccess {
  /** Plain bytes of a file of a track, in memory only. Throws `wrong-key` or what the file system says. */
  read(trackId: string, file: string): Promise<Uint8Array>;
  /** The salt of the file's `plain` hash, which an outsider needs for a proof. */
  salt(trackId: string, file: string): Uint8Array;
}

/** SHA-256 of salt and plain bytes, hex: without the salt it tells nothing, not even a guess, of the plain bytes. */
export function saltedHash(salt: Uint8Array, plain: Uint8Array): string {
  return createHash('sha256').update(salt).update(plain).digest('hex');
}
