/**
 * Passwords behind a memory-hard hash: argon2id (RFC 9106) where this Node has it, else scrypt (RFC 7914). The parameters
 * stand in the hash (PHC string format), so that they can rise later; an older hash is replaced at the next sign-in.
 */
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../../platform/errors.ts';
import { refuseForNow } from './refuse.ts';

export interface PasswordCost {
  /** argon2id: memory in KiB and passes. RFC 9106 section 4 recommends 64 MiB and 3 passes where memory is shared. */
  readonly memoryKiB: number;
  readonly passes: number;
  /** scrypt: log2 of N, with r = 8 and p = 1; 17 takes 128 MiB. */
  readonly log2N: number;
}
const DEFAULT_COST: PasswordCost = { memoryKiB: 65_536, passes: 3, log2N: 17 };

/** One hash takes 64 to 128 MiB and a core: two at once, fifty in line, and no more. */
const AT_ONCE = 2;
const IN_LINE = 50;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

type Algorithm = 'argon2id' | 'scrypt';
interface Parsed {
  readonly algorithm: Algorithm;
  readonly cost: string;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export interface PasswordOptions {
  readonly cost?: Partial<PasswordCost>;
  readonly algorithm?: Algorithm;
}

export class Passwords {
  readonly #cost: PasswordCost;
  readonly #algorithm: Algorithm;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** What is compared where nobody has the name: random bytes that no password hashes to. */
  readonly #decoy: string;

  constructor(options: PasswordOptions = {}) {
    this.#cost = { ...DEFAULT_COST, ...options.cost };
    this.#algorithm = options.algorithm ?? (hasArgon2() ? 'argon2id' : 'scrypt');
    this.#decoy = this.#text(crypto.randomBytes(SALT_BYTES), crypto.randomBytes(HASH_BYTES));
  }

  /** Returns the hash to store. Throws `too-many` when too many wait already. */
  async hash(password: string): Promise<string> {
    const salt = crypto.randomBytes(SALT_BYTES);
    const cost = costText(this.#algorithm, this.#cost);
    return this.#text(salt, await this.#inTurn(() => derive(this.#algorithm, cost, password, salt)));
  }

  /**
   * Compares in constant time. Without a stored hash (nobody has that name) it works as long and says no, so that
   * time tells nobody which names exist. `outdated` asks for a new hash with today's parameters.
   */
  async verify(password: string, stored: string | undefined): Promise<{ ok: boolean; outdated: boolean }> {
    const { algorithm, cost, salt, hash } = parse(stored ?? this.#decoy);
    const found = await this.#inTurn(() => derive(algorithm, cost, password, salt));
    const ok = crypto.timingSafeEqual(found, hash) && stored !== undefined;
    const today = algorithm === this.#algorithm && cost === costText(this.#algorithm, this.#cost);
    return { ok, outdated: !today };
  }

  #text(salt: Buffer, hash: Buffer): string {
    return `$${this.#algorithm}$${costText(this.#algorithm, this.#cost)}$${base64(salt)}$${base64(hash)}`;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= IN_LINE) {
        throw refuseForNow(
          'Too many people are signing in at this moment; try again in a few seconds.',
          3000,
        );
      }
      // Whoever finishes hands its place over, so that `#running` never exceeds its bound.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** Node has argon2 from 24.7 on; `engines` allows older 24s. */
function hasArgon2(): boolean {
  return typeof crypto.argon2 === 'function';
}

function costText(algorithm: Algorithm, cost: PasswordCost): string {
  return algorithm === 'argon2id'
    ? `v=19$m=${cost.memoryKiB},t=${cost.passes},p=1`
    : `ln=${cost.log2N},r=8,p=1`;
}

function parse(stored: string): Parsed {
  const argon2 = /^\$argon2id\$(v=19\$m=\d+,t=\d+,p=1)\$([^$]+)\$([^$]+)$/.exec(stored);
  const scrypt = /^\$scrypt\$(ln=\d+,r=8,p=1)\$([^$]+)\$([^$]+)$/.exec(stored);
  const [, cost, salt, hash] = argon2 ?? scrypt ?? [];
  if (cost === undefined || salt === undefined || hash === undefined) {
    throw new AppError('internal', 'A stored password hash has a form that this version does not know.', {
      whatToDo: 'Set the password anew with "goldenhour user password".',
    });
  }
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return { algorithm: argon2 ? 'argon2id' : 'scrypt', cost, salt: bytes(salt), hash: bytes(hash) };
}

/** Unicode has several spellings of one password; RFC 8265 section 4.2 normalises before hashing. */
async function derive(algorithm: Algorithm, cost: string, password: string, salt: Buffer): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'));
  if (algorithm === 'argon2id') {
    const parameters = {
      message,
      nonce: salt,
      parallelism: 1,
      tagLength: HASH_BYTES,
      memory: numberIn(cost, /m=(\d+)/),
      passes: numberIn(cost, /t=(\d+)/),
    };
    return promisify(crypto.argon2)('argon2id', parameters);
  }
  const N = 2 ** numberIn(cost, /ln=(\d+)/);
  return new Promise((resolve, reject) => {
    crypto.scrypt(message, salt, HASH_BYTES, { N, r: 8, p: 1, maxmem: 256 * N * 8 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function numberIn(cost: string, pattern: RegExp): number {
  return Number(pattern.exec(cost)?.[1]);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
