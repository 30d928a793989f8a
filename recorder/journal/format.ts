/**
 * The format of a journal file, version 1. A track has one folder; its files are `journal-<number>-<epoch>`, and
 * numbers grow by one over all of them. All numbers are big endian.
 *
 *   header   1024 bytes: `GHJRNL1\n`; `JournalHeader` as JSON, padded with spaces; 16 bytes tag
 *   block    4 bytes length of the ciphertext; 4 bytes number, from 1 in each file; 8 bytes check; ciphertext; 16 bytes tag
 *
 * - Cipher: AES-256-GCM under a key of this file alone, HKDF-SHA-256 of the track's data key with the 32 random bytes of
 *   the header as salt. The nonce is the number of the file and of the block. Nonces never repeat under a key: a file is made with
 *   O_EXCL and written by one writer once; numbers grow within it; and should two files ever bear one number (a restored
 *   backup, two hosts), their salts differ and with them their keys.
 * - The tag of the header is that of no plain text at block number 0 over the header's bytes. Each block is bound to the hash of the
 *   header (SHA-256 of all its bytes, tag included), to its number and to the tag before it: a block that is dropped,
 *   moved, doubled or taken from another file does not open.
 * - The check is the first 8 bytes of HMAC-SHA-256 over the same binding and the length. It tells a torn
 *   tail, whose whole head is right but whose end was never written, from a length that someone changed.
 *
 * What a crash leaves is a prefix of the file: all whole blocks are good, and the rest is a torn tail, which is no error. A power
 * cut may leave zeros in its place, which are one as well. Nobody writes behind a torn tail: the next writer starts a new file.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { Id } from '../../signaling/protocol/values.ts';
import { CIPHER, deriveKey, NONCE_BYTES, TAG_BYTES } from '../core/derive.ts';

const MAGIC = Buffer.from('GHJRNL1\n', 'latin1');
export const BLOCK_HEAD_BYTES = 16;
/** A block is closed at 256 KiB, and holds at most one frame more. */
export const MAX_BLOCK_BYTES = 512 * 1024;
/** Of one size, so that no changed length can make it look torn. */
export const HEADER_BYTES = 1024;
const HEADER_JSON_BYTES = HEADER_BYTES - MAGIC.length - TAG_BYTES;

export const JournalHeader = z.strictObject({
  version: z.literal(1),
  roomId: Id,
  trackId: Id,
  epoch: z.int(),
  file: z.int().check(z.gte(1)),
  /** Of the recorder process that writes it. */
  bootId: Id,
  /** Start of the host: arrival times of two files can be compared when it is the same. */
  hostBoot: Id,
  algorithm: z.literal('AES-256-GCM'),
  keyId: z.string().check(z.maxLength(64)),
  /** 32 random bytes, base64url. */
  salt: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  /** After a failed write: the file before counts up to this many bytes only, since the rest is written again here. */
  before: z.optional(z.int().check(z.gte(0))),
});
export type JournalHeader = z.infer<typeof JournalHeader>;

export function journalFileName(file: number, epoch: number): string {
  return `journal-${String(file).padStart(6, '0')}-${epoch}`;
}

/** The number and epoch in the name of a journal file; undefined for any other name. */
export function parseJournalFileName(name: string): { file: number; epoch: number } | undefined {
  const [, file, epoch] = /^journal-(\d{6,12})-(-?\d{1,15})$/.exec(name) ?? [];
  return file === undefined || epoch === undefined ? undefined : { file: Number(file), epoch: Number(epoch) };
}

export function newSalt(): string {
  return randomBytes(32).toString('base64url');
}

/** What one block is bound to. */
interface Place {
  readonly number: number;
  readonly before: Uint8Array;
}

/** Seals and opens the blocks of one file. */
export class BlockCipher {
  readonly headerBytes: Buffer;
  readonly #key: Buffer;
  readonly #checkKey: Buffer;
  readonly #file: number;
  readonly #headerHash: Buffer;

  private constructor(header: JournalHeader, key: Uint8Array, plainHeader: Buffer) {
    const salt = Buffer.from(header.salt, 'base64url');
    this.#key = deriveKey(key, 'goldenhour journal blocks 1', salt);
    this.#checkKey = deriveKey(key, 'goldenhour journal heads 1', salt);
    this.#file = header.file;
    const cipher = createCipheriv(CIPHER, this.#key, this.#nonce(0)).setAAD(plainHeader);
    cipher.final();
    this.headerBytes = Buffer.concat([plainHeader, cipher.getAuthTag()]);
    this.#headerHash = createHash('sha256').update(this.headerBytes).digest();
  }

  /** For a new file. `key` is the track's data key. */
  static create(header: JournalHeader, key: Uint8Array): BlockCipher {
    const json = Buffer.from(JSON.stringify(JournalHeader.parse(header)).padEnd(HEADER_JSON_BYTES), 'utf8');
    if (json.length > HEADER_JSON_BYTES) throw new RangeError('The header of a journal is too long.');
    return new BlockCipher(header, key, Buffer.concat([MAGIC, json]));
  }

  /** For the file that begins with `start`; undefined when that is no header under this key, or was changed. */
  static open(
    start: Uint8Array,
    key: Uint8Array,
  ): { header: JournalHeader; cipher: BlockCipher } | undefined {
    const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
    if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
    try {
      const plain = Buffer.from(bytes.subarray(0, HEADER_BYTES - TAG_BYTES));
      const header = JournalHeader.parse(JSON.parse(plain.subarray(MAGIC.length).toString('utf8')));
      const cipher = new BlockCipher(header, key, plain);
      return cipher.headerBytes.equals(bytes.subarray(0, HEADER_BYTES)) ? { header, cipher } : undefined;
    } catch {
      // Not JSON or not a header: the same to the caller as a wrong tag, who names the file in the error.
      return undefined;
    }
  }

  /** The tag that the first block is bound to. */
  get firstBefore(): Uint8Array {
    return this.headerBytes.subarray(-TAG_BYTES);
  }

  /**
   * A whole block in three parts, which are not joined: copies of this size cost more in garbage than all the rest. The next one is
   * bound to `tag`.
   */
  seal(plain: Uint8Array, place: Place): { head: Buffer; body: Buffer; tag: Buffer } {
    const head = this.#head(plain.length, place);
    const cipher = createCipheriv(CIPHER, this.#key, this.#nonce(place.number));
    cipher.setAAD(this.#binding(plain.length, place));
    const body = cipher.update(plain);
    // Nothing is left over in this mode: the ciphertext is as long as the plain text.
    cipher.final();
    return { head, body, tag: cipher.getAuthTag() };
  }

  /** Length of the ciphertext behind this head; undefined when the head is not that of the block at `place`. */
  lengthOf(head: Uint8Array, place: Place): number | undefined {
    const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
    const length = bytes.readUInt32BE(0);
    if (length > MAX_BLOCK_BYTES || !this.#head(length, place).equals(bytes)) return undefined;
    return length;
  }

  /** The plain text of ciphertext and tag; undefined when a bit of them is not as it was written. */
  open(body: Uint8Array, place: Place): Buffer | undefined {
    const length = body.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, this.#key, this.#nonce(place.number), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.#binding(length, place)).setAuthTag(body.subarray(length));
    const plain = decipher.update(body.subarray(0, length));
    try {
      decipher.final();
      return plain;
    } catch {
      // A wrong tag is the only way to fail here; the caller says where.
      return undefined;
    }
  }

  #head(length: number, place: Place): Buffer {
    const head = Buffer.alloc(BLOCK_HEAD_BYTES);
    head.writeUInt32BE(length, 0);
    head.writeUInt32BE(place.number, 4);
    createHmac('sha256', this.#checkKey).update(this.#binding(length, place)).digest().copy(head, 8, 0, 8);
    return head;
  }

  #binding(length: number, { number, before }: Place): Buffer {
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(number, 0);
    numbers.writeUInt32BE(length, 4);
    return Buffer.concat([this.#headerHash, numbers, before]);
  }

  #nonce(number: number): Buffer {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeUIntBE(this.#file, 0, 6);
    nonce.writeUInt32BE(number, 8);
    return nonce;
  }
}
