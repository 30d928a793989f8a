/**
 * Signature of a seal: ECDSA P-256 with SHA-256 by the installation's key (IEEE P1363 form, FIPS 186-5), over canonical
 * JSON. The key is named by its RFC 7638 thumbprint.
 */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Seal, SealKey, Supplement } from '../../signaling/protocol/manifest.ts';
import { canonicalJson } from './canonical.ts';

/** The installation's key, as whoever keeps it lends it: it never leaves its place. */
export interface SealSigner {
  readonly key: SealKey;
  /** 64 bytes of IEEE P1363 form over SHA-256 of `bytes`. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

export type Unsigned = Omit<Seal, 'signature' | 'timestamp'>;

/** RFC 7638 thumbprint of the key, base64url. */
export function thumbprint({ crv, kty, x, y }: SealKey): string {
  return hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
}

/**
 * The bytes a seal's signature covers. They name the room, so that a seal fits no other recording; `files` and `key` are not
 * among them, because leaves and `keyId` fix both.
 */
export function signedBytes(roomId: string, seal: Unsigned): Uint8Array {
  const { chain, keyId, leaves, root, sealedUtc } = seal;
  return Buffer.from(
    canonicalJson({ type: 'goldenhour-seal', chain, keyId, leaves, roomId, root, sealedUtc }),
  );
}

/** The bytes a supplement's signature covers. */
export function signedSupplement(roomId: string, supplement: Omit<Supplement, 'signature'>): Uint8Array {
  return Buffer.from(canonicalJson({ type: 'goldenhour-supplement', roomId, ...supplement }));
}

/** What a time authority confirms: SHA-256 of the seal with its signature. */
export function timestampedHash(roomId: string, seal: Unsigned & Pick<Seal, 'signature'>): Buffer {
  const { chain, keyId, leaves, root, sealedUtc, signature } = seal;
  const text = canonicalJson({ chain, keyId, leaves, roomId, root, sealedUtc, signature });
  return hash('sha256', text, 'buffer');
}

export function publicKeyOf(key: SealKey): KeyObject {
  return createPublicKey({ key: { ...key }, format: 'jwk' });
}

/**
 * True when the signature holds. Its text must be the only spelling of its bytes: base64url leaves unused bits in the last
 * letter, and a bit flipped there has to be found as well.
 */
export function signatureHolds(key: SealKey, bytes: Uint8Array, signature: string): boolean {
  const raw = Buffer.from(signature, 'base64url');
  if (raw.length !== 64 || raw.toString('base64url') !== signature) return false;
  try {
    return verify('sha256', bytes, { key: publicKeyOf(key), dsaEncoding: 'ieee-p1363' }, raw);
  } catch {
    // A point that is not on the curve: no key at all, so no signature of it either.
    return false;
  }
}
