/**
 * Sealing of entries: the payload (events, and the answer to the command) is encrypted with AES-256-GCM under the room's
 * data key, which is wrapped by the installation's master key. The hash chain covers the plain payload only by a
 * salted hash, and the salt lies inside the encrypted payload: destroying the room's key deletes the words and keeps the
 * proof (design section 4). Nonces are 96 random bits, safe for 2^32 entries per key (NIST SP 800-38D section 8.3).
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { Audience } from '../protocol/audience.ts';
import { ENTRY_VERSION, type LogEntry } from '../protocol/entry.ts';
import { RoomEvent } from '../protocol/events.ts';
import { chainText } from '../protocol/log-chain.ts';
import type { SealedEntry } from './log-store.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** What a commit answered, so that a repeat of its command is answered from the log. */
export const CommandAnswer = z.strictObject({ command: z.string(), result: z.unknown() });
export type CommandAnswer = z.infer<typeof CommandAnswer>;

const Payload = z.strictObject({
  v: z.literal(ENTRY_VERSION),
  salt: z.string(),
  events: z.array(RoomEvent),
  answer: z.optional(CommandAnswer),
});

/** An entry in plain words, with the answer that is kept beside its events. */
export interface OpenEntry {
  readonly entry: LogEntry;
  readonly answer?: CommandAnswer;
}

export function newRoomKey(): Uint8Array {
  return randomBytes(KEY_BYTES);
}

/** Wraps a room's data key under the master key; the room's id is bound to it, so keys cannot be swapped. */
export function wrapRoomKey(masterKey: Uint8Array, roomId: string, roomKey: Uint8Array): Uint8Array {
  return encrypt(masterKey, roomKey, `room-key ${roomId}`);
}

/** Throws `wrong-key` when the master key is not the one that wrapped it. */
export function unwrapRoomKey(masterKey: Uint8Array, roomId: string, wrapped: Uint8Array): Uint8Array {
  return decrypt(masterKey, wrapped, `room-key ${roomId}`);
}

/** Seals an entry behind the one whose hash is `previousHash` (empty for the first). */
export function sealEntry(
  roomKey: Uint8Array,
  roomId: string,
  previousHash: string,
  { entry, answer }: OpenEntry,
): SealedEntry {
  const salt = randomBytes(16).toString('base64url');
  const plain = Buffer.from(
    JSON.stringify({ v: entry.v, salt, events: entry.events, ...(answer ? { answer } : {}) }),
  );
  const unchained = {
    seq: entry.seq,
    epoch: entry.epoch,
    at: entry.at,
    utc: entry.utc,
    actor: entry.actor,
    ...(entry.commandId === undefined ? {} : { commandId: entry.commandId }),
    audience: JSON.stringify(entry.audience),
    payloadHash: sha256(plain),
  };
  return {
    ...unchained,
    hash: chainHash(roomId, previousHash, unchained),
    body: encrypt(roomKey, plain, `entry ${roomId} ${entry.seq}`),
  };
}

/** Opens an entry and checks its payload against the hash that the chain covers. Throws `wrong-key` or `log-damaged`. */
export function openEntry(roomKey: Uint8Array, roomId: string, sealed: SealedEntry): OpenEntry {
  const plain = decrypt(roomKey, sealed.body, `entry ${roomId} ${sealed.seq}`);
  if (sha256(plain) !== sealed.payloadHash) throw logDamaged(roomId, sealed.seq, 'payload');
  const payload = z.safeParse(Payload, JSON.parse(Buffer.from(plain).toString()));
  const audience = z.safeParse(Audience, JSON.parse(sealed.audience));
  if (!payload.success || !audience.success) throw logDamaged(roomId, sealed.seq, 'format');
  const entry: LogEntry = {
    v: payload.data.v,
    seq: sealed.seq,
    epoch: sealed.epoch,
    at: sealed.at,
    utc: sealed.utc,
    actor: sealed.actor,
    ...(sealed.commandId === undefined ? {} : { commandId: sealed.commandId }),
    audience: audience.data,
    events: payload.data.events,
  };
  return { entry, ...(payload.data.answer ? { answer: payload.data.answer } : {}) };
}

/** The hash of an entry in the chain, over everything about it that must not change unseen. */
export function chainHash(
  roomId: string,
  previousHash: string,
  entry: Omit<SealedEntry, 'hash' | 'body'>,
): string {
  return sha256(Buffer.from(chainText(roomId, previousHash, entry)));
}

export function logDamaged(roomId: string, seq: number, what: string): AppError {
  return new AppError('log-damaged', `Entry ${seq} of the room's log does not fit its ${what}.`, {
    whatToDo: 'Stop writing to this database, keep a copy of it, and restore the last good backup beside it.',
    details: { roomId, seq, what },
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Nonce, tag and ciphertext in one piece. */
function encrypt(key: Uint8Array, plain: Uint8Array, context: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new AppError('wrong-key', `Could not decrypt the ${context.split(' ')[0]}.`, {
      whatToDo:
        'Check that the master key is the one this database was made with, and that the file is undamaged.',
      details: { context },
      cause: error,
    });
  }
}
