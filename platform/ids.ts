/** Names of things and secrets. Ids are public and sort by time; secrets are neither. */
import { randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

/**
 * Returns a new id: a UUID version 7 (RFC 9562 section 5.7), 36 characters, lower case. Its first 48 bits are the
 * UTC time in milliseconds, so that ids made later sort later and database pages stay warm; 74 bits are random.
 * An id is never a secret: whoever must not guess it needs `newSecret`.
 */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Returns `bits` random bits as base64url without padding (RFC 4648 section 5), 22 characters for 128 bits.
 * Throws `secret-too-short` below 128 bits, which can be searched in time.
 */
export function newSecret(bits = 128): string {
  if (bits < 128 || bits % 8 !== 0) {
    throw new AppError('secret-too-short', 'A secret has at least 128 bits, in whole bytes.', {
      whatToDo: 'Ask for 128, 192 or 256 bits.',
      details: { bits },
    });
  }
  return randomBytes(bits / 8).toString('base64url');
}
