/**
 * The encrypted form of every file of a package that is written once: segments, thumbnails, blobs, fills, supplements. Parts of
 * a large one can be read without the rest.
 *
 *   16 bytes  `GHENC01\n`, then 4 bytes plain bytes of a full piece, 4 bytes zero (big endian)
 *   32 bytes  salt: random, or derived from the content's place for files that must come out the same again
 *   pieces    each: ciphertext and 16 bytes tag; all but the last are full, the last may be empty
 *
 * AES-256-GCM under a key of this file alone (HKDF of the data key with the salt). Nonce: 1 byte that is 1 for the last piece, 7 bytes
 * zero, 4 bytes number of the piece; so no piece can be moved and no file cut short (the STREAM construction, Hoang et al. 2015,
 * eprint.iacr.org/2015/189). Every piece is bound to the head and to `context`, the path of the file: no file can take another's place.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../../platform/errors.ts';
import { CIPHER, deriveKey, NONCE_BYTES, TAG_BYTES } from './derive.ts';

const MAGIC = Buffer.from('GHENC01\n', 'latin1');
const SALT_BYTES = 32;
export const ENVELOPE_HEAD_BYTES = 16 + SALT_BYTES;
export const PIECE_BYTES = 256 * 1024;
const STORED_PIECE_BYTES = PIECE_BYTES + TAG_BYTES;

/** Bytes of the stored form of `plain` bytes. */
export function storedSize(plain: number): number {
  return ENVELOPE_HEAD_BYTES + plain + pieces(plain) * TAG_BYTES;
}

/** Plain bytes of a stored form of this size; throws `file-damaged` for a size that no stored form has. */
export function plainSize(stored: number, context: string): number {
  const body = stored - ENVELOPE_HEAD_BYTES;
  const count = Math.ceil(body / STORED_PIECE_BYTES);
  const plain = body - count * TAG_BYTES;
  if (body < TAG_BYTES || plain < 0 || storedSize(plain) !== stored) throw fileDamaged(context);
  return plain;
}

function pieces(plain: number): number {
  return Math.max(1, Math.ceil(plain / PIECE_BYTES));
}

/** Encrypts piece after piece, for files that come in parts of any size. */
export class EnvelopeWriter {
  readonly head: Buffer;
  readonly #cipher: PieceCipher;
  #number = 0;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /**
   * @param context path of the file inside the package; the same is needed to open it
   * @param salt 32 bytes; random unless given. The same salt may only be used again for the same plain bytes at the same path.
   */
  constructor(key: Uint8Array, context: string, salt: Uint8Array = randomBytes(SALT_BYTES)) {
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(PIECE_BYTES, 0);
    this.head = Buffer.concat([MAGIC, sizes, salt]);
    this.#cipher = new PieceCipher(key, context, this.head);
  }

  /** What can be stored so far: full pieces that are not the last. The head comes before them, from `head`. */
  push(plain: Uint8Array): Buffer {
    return Buffer.concat(this.pushParts(plain));
  }

  /** The last piece. */
  end(): Buffer {
    return Buffer.concat(this.endParts());
  }

  /** As `push`, not joined: for large files one copy less. */
  pushParts(plain: Uint8Array): Buffer[] {
    this.#parts.push(plain);
    this.#bytes += plain.length;
    if (this.#bytes <= PIECE_BYTES) return [];
    const all = joined(this.#parts, this.#bytes);
    const out: Buffer[] = [];
    let at = 0;
    for (; all.length - at > PIECE_BYTES; at += PIECE_BYTES) {
      out.push(...this.#cipher.seal(all.subarray(at, at + PIECE_BYTES), this.#number, false));
      this.#number += 1;
    }
    this.#parts = [all.subarray(at)];
    this.#bytes = all.length - at;
    return out;
  }

  endParts(): Buffer[] {
    return this.#cipher.seal(joined(this.#parts, this.#bytes), this.#number, true);
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only ? only : Buffer.concat(parts, bytes);
}

/** The stored form of a file that is at hand as a whole. */
export function sealBytes(key: Uint8Array, context: string, plain: Uint8Array, salt?: Uint8Array): Buffer {
  const writer = new EnvelopeWriter(key, context, salt);
  const body = writer.pushParts(plain);
  return Buffer.concat([writer.head, ...body, ...writer.endParts()]);
}

/**
 * The salt of a file that is made again from a journal and must come out bit for bit the same: it depends on the key, the path and
 * the plain bytes, so that other bytes never meet the same key and nonce.
 */
export function contentSalt(key: Uint8Array, context: string, plain: Uint8Array): Buffer {
  const keyed = deriveKey(key, `goldenhour envelope salt 1 ${context}`);
  return Buffer.from(hkdfSync('sha256', plain, keyed, 'goldenhour envelope salt 1', SALT_BYTES));
}

/** The plain bytes of a whole stored form; throws `file-damaged` when a bit of it, its key or its path is another. */
export function openBytes(key: Uint8Array, context: string, stored: Uint8Array): Buffer {
  const size = plainSize(stored.length, context);
  const reader = new EnvelopeReader(key, context, stored.subarray(0, ENVELOPE_HEAD_BYTES), stored.length);
  const { offset, length } = reader.storedRange(0, size);
  return reader.open(0, size, stored.subarray(offset, offset + length));
}

/** Reads ranges of a stored form. */
export class EnvelopeReader {
  /** Bytes of the whole file in the clear. */
  readonly size: number;
  readonly #cipher: PieceCipher;
  readonly #context: string;

  /** @param head the first ENVELOPE_HEAD_BYTES of the stored form, of `storedBytes` in all */
  constructor(key: Uint8Array, context: string, head: Uint8Array, storedBytes: number) {
    const bytes = Buffer.from(head);
    const isOurs =
      bytes.length === ENVELOPE_HEAD_BYTES &&
      bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
      bytes.readUInt32BE(8) === PIECE_BYTES &&
      bytes.readUInt32BE(12) === 0;
    if (!isOurs) throw fileDamaged(context);
    this.#context = context;
    this.size = plainSize(storedBytes, context);
    this.#cipher = new PieceCipher(key, context, bytes);
  }

  /** Which stored bytes have to be read for plain bytes `from` to `to` (exclusive, clamped to the file). */
  storedRange(from: number, to: number): { offset: number; length: number } {
    const [first, last] = this.#piecesOf(from, to);
    const offset = ENVELOPE_HEAD_BYTES + first * STORED_PIECE_BYTES;
    const end = Math.min(ENVELOPE_HEAD_BYTES + (last + 1) * STORED_PIECE_BYTES, storedSize(this.size));
    return { offset, length: end - offset };
  }

  /** Plain bytes `from` to `to` out of the stored bytes that `storedRange` named; throws `file-damaged`. */
  open(from: number, to: number, stored: Uint8Array): Buffer {
    const [first, last] = this.#piecesOf(from, to);
    const total = pieces(this.size);
    const plain: Buffer[] = [];
    for (let number = first; number <= last; number += 1) {
      const at = (number - first) * STORED_PIECE_BYTES;
      const piece = stored.subarray(at, at + STORED_PIECE_BYTES);
      const opened = this.#cipher.open(piece, number, number === total - 1);
      if (!opened) throw fileDamaged(this.#context);
      plain.push(opened);
    }
    const start = first * PIECE_BYTES;
    return Buffer.concat(plain).subarray(from - start, Math.min(to, this.size) - start);
  }

  #piecesOf(from: number, to: number): [number, number] {
    const first = Math.floor(Math.max(0, Math.min(from, this.size - 1)) / PIECE_BYTES);
    return [first, Math.max(first, Math.ceil(Math.min(to, this.size) / PIECE_BYTES) - 1)];
  }
}

class PieceCipher {
  readonly #key: Buffer;
  readonly #binding: Buffer;

  constructor(key: Uint8Array, context: string, head: Buffer) {
    this.#key = deriveKey(key, 'goldenhour envelope 1', head.subarray(16));
    this.#binding = Buffer.concat([head, Buffer.from(context, 'utf8')]);
  }

  /** Ciphertext and tag. */
  seal(plain: Uint8Array, number: number, isLast: boolean): Buffer[] {
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(number, isLast)).setAAD(this.#binding);
    return [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  }

  open(piece: Uint8Array, number: number, isLast: boolean): Buffer | undefined {
    if (piece.length < TAG_BYTES) return undefined;
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv(CIPHER, this.#key, nonceOf(number, isLast), options);
    decipher.setAAD(this.#binding).setAuthTag(piece.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(piece.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch {
      // A wrong tag is the only way to fail here; the caller names the file.
      return undefined;
    }
  }
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt8(isLast ? 1 : 0, 0);
  nonce.writeUInt32BE(number, 8);
  return nonce;
}

function fileDamaged(context: string): AppError {
  return new AppError('file-damaged', `File ${context} of a recording cannot be opened: it was changed.`, {
    whatToDo: 'Restore it from a copy; segments can also be made again from the journal.',
    details: { file: context },
  });
}
