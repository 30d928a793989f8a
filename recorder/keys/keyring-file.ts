/** The file that holds the wrapped keys of one recording, and how a key is wrapped in it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { PURPOSES, Purpose } from '../../signaling/protocol/recordings.ts';
import { Id, UtcMs } from '../../signaling/protocol/values.ts';
import { CIPHER, deriveKey, NONCE_BYTES, TAG_BYTES } from '../core/derive.ts';

/** base64 of nonce, ciphertext and tag. */
const Wrapped = z.string().check(z.maxLength(200));

const Entry = z.strictObject({
  keyId: Id,
  care: z.optional(Wrapped),
  quality: z.optional(Wrapped),
  teaching: z.optional(Wrapped),
  evidence: z.optional(Wrapped),
});
export type KeyEntry = z.infer<typeof Entry>;

export const KeyringFile = z.strictObject({
  format: z.literal('goldenhour-recording-keys'),
  version: z.literal(1),
  roomId: Id,
  /** Fingerprint of the master key that opens it. */
  masterKey: z.string(),
  /** Purposes whose keys are gone for good, and when. No later key is wrapped for them. */
  destroyed: z.array(z.strictObject({ purpose: Purpose, utc: UtcMs })),
  /** By name: `track:<trackId>`, or `package` for everything that belongs to no track. */
  keys: z.record(z.string().check(z.maxLength(80)), Entry),
});
export type KeyringFile = z.infer<typeof KeyringFile>;

/** The purposes that still open something. */
export function remainingPurposes({ destroyed }: KeyringFile): Purpose[] {
  return PURPOSES.filter((purpose) => !destroyed.some((gone) => gone.purpose === purpose));
}

/** Wraps a data key under the key of one room and purpose; bound to its name, so that no two can be exchanged. */
export function wrapKey(wrapping: Uint8Array, key: Uint8Array, name: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, wrapping, nonce).setAAD(Buffer.from(name));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The data key; undefined when it was wrapped under another key or name, or was changed. */
export function unwrapKey(wrapping: Uint8Array, wrapped: string, name: string): Buffer | undefined {
  const bytes = Buffer.from(wrapped, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, wrapping, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    // A wrong tag or a truncated text; the caller says which recording it is.
    return undefined;
  }
}

/** The key that wraps the keys of one room for one purpose. */
export function wrappingKey(masterKey: Uint8Array, roomId: string, purpose: Purpose): Buffer {
  return deriveKey(masterKey, `goldenhour recording ${purpose}`, Buffer.from(roomId));
}
