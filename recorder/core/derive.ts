/** Keys from keys: every use of a key has one of its own, so that no two uses can ever meet under one nonce. */
import { hkdfSync } from 'node:crypto';

export const KEY_BYTES = 32;
/** AES-GCM, NIST SP 800-38D: 96-bit nonces, tags of full length. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const CIPHER = 'aes-256-gcm';

/** HKDF-SHA-256 (RFC 5869); 32 bytes. `info` names the use, `salt` the single thing it is used on. */
export function deriveKey(key: Uint8Array, info: string, salt: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, KEY_BYTES));
}
