/**
 * Keys that sign room tokens: P-256, made and rotated here, private halves sealed under the master key. A retired key
 * verifies until the last token it signed is dead, and not a moment longer.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { Changes } from './changes.ts';
import type { Keyring } from './keyring.ts';
import type { PeopleDatabase } from './tables.ts';

interface Key {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly createdUtc: number;
  readonly retiresUtc: number | null;
}

/** Another process may sign with the old key until it has read of the new one. */
const OVERLAP_MS = 10_000;
/** How often an unknown key name may make us read the keys again: forged names must not load the database. */
const RELOAD_MS = 1000;

export interface SigningKeyOptions {
  readonly db: PeopleDatabase;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly keyring: Keyring;
  /** How long a token is valid, in milliseconds. */
  readonly tokenMs: number;
  /** Age at which a key is replaced, in milliseconds. */
  readonly rotateMs: number;
}

export class SigningKeys {
  readonly #options: SigningKeyOptions;
  #keys: ReadonlyMap<string, Key> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #rotating: Promise<void> | undefined;

  private constructor(options: SigningKeyOptions) {
    this.#options = options;
    options.changes.on('keys', () => this.#read());
    options.changes.onLost(() => this.#read());
  }

  static async open(options: SigningKeyOptions): Promise<SigningKeys> {
    const keys = new SigningKeys(options);
    await keys.#read();
    await keys.current();
    return keys;
  }

  /** The key to sign with, made or replaced when it is time. */
  async current(): Promise<{ kid: string; privateKey: KeyObject }> {
    const newest = this.#newest();
    if (newest && this.#options.clock.now() - newest.createdUtc < this.#options.rotateMs) return newest;
    this.#rotating ??= this.rotate().finally(() => {
      this.#rotating = undefined;
    });
    await this.#rotating;
    const made = this.#newest();
    if (!made) throw new Error('the signing key that was just made cannot be read');
    return made;
  }

  /** The public key of this name, if it may still verify; names come from our own table and nowhere else. */
  async publicKey(kid: string): Promise<KeyObject | undefined> {
    if (!this.#keys.has(kid) && this.#options.clock.monotonic() - this.#readAt >= RELOAD_MS)
      await this.#read();
    const key = this.#keys.get(kid);
    if (!key) return undefined;
    const alive = key.retiresUtc === null || key.retiresUtc > this.#options.clock.now();
    return alive ? key.publicKey : undefined;
  }

  /** Makes a new key; the others verify until their last token is dead. */
  async rotate(): Promise<void> {
    const { changes, clock, keyring, tokenMs } = this.#options;
    const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const kid = newId();
    const now = clock.now();
    const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await changes.commit(now, async (trx) => {
      await trx
        .updateTable('people_signing_keys')
        .set({ retires_utc: now + tokenMs + OVERLAP_MS })
        .where('retires_utc', 'is', null)
        .execute();
      await trx.deleteFrom('people_signing_keys').where('retires_utc', '<=', now).execute();
      await trx
        .insertInto('people_signing_keys')
        .values({
          kid,
          public_key: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
          private_key_sealed: keyring.seal(privatePem, `signing key ${kid}`),
          created_utc: now,
          retires_utc: null,
        })
        .execute();
      return { result: undefined, changes: [{ kind: 'keys', subject: kid }] };
    });
  }

  #newest(): Key | undefined {
    return [...this.#keys.values()]
      .filter((key) => key.retiresUtc === null)
      .sort((a, b) => b.createdUtc - a.createdUtc || (a.kid < b.kid ? 1 : -1))[0];
  }

  async #read(): Promise<void> {
    this.#readAt = this.#options.clock.monotonic();
    const rows = await this.#options.db.query.selectFrom('people_signing_keys').selectAll().execute();
    this.#keys = new Map(
      rows.map((row) => [
        row.kid,
        {
          kid: row.kid,
          publicKey: createPublicKey(row.public_key),
          privateKey: createPrivateKey(
            this.#options.keyring.open(row.private_key_sealed, `signing key ${row.kid}`),
          ),
          createdUtc: row.created_utc,
          retiresUtc: row.retires_utc,
        },
      ]),
    );
  }
}
