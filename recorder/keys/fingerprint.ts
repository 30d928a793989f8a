/** How people name a master key without showing it. */
import { deriveKey } from '../core/derive.ts';

/** Four groups of four hex digits, such as `3f02-9bc1-77aa-0e14`; it tells nothing about the key. */
export function masterKeyFingerprint(masterKey: Uint8Array): string {
  const hex = deriveKey(masterKey, 'goldenhour master key fingerprint').toString('hex').slice(0, 16);
  return hex.replaceAll(/(.{4})(?=.)/g, '$1-');
}
