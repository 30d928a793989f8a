/**
 * Keys of other systems, such as dispatch's: 256 random bits that a machine sends as `Authorization: Bearer` (RFC 6750),
 * stored as their SHA-256 and shown once. Several keys of one name are one principal, so that a key can be changed
 * without the system becoming somebody else.
 */
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import { sha256 } from './keyring.ts';
import { refuse } from './refuse.ts';
import type { PeopleDatabase } from './tables.ts';
import type { Throttle } from './throttle.ts';
import type { Audit } from './types.ts';

/** Wrong keys from one address without a wait. */
const FREE_GUESSES = 10;
const PREFIX = 'ghs_';
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** A machine that may open incidents. */
export interface Service {
  readonly name: string;
  readonly principalId: string;
}

export interface ServiceKey {
  readonly keyId: string;
  readonly name: string;
  readonly createdUtc: number;
  readonly revoked: boolean;
}

export interface ServiceParts {
  readonly db: PeopleDatabase;
  readonly clock: Clock;
  readonly throttle: Throttle;
  readonly audit: Audit;
}

export class ServiceKeys {
  readonly #parts: ServiceParts;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  /** Makes a key, shown this once. Throws `bad-request` for a name that is not lower-case letters, digits and hyphens. */
  async add(name: string): Promise<{ keyId: string; key: string }> {
    const { db, clock } = this.#parts;
    if (!NAME.test(name)) {
      throw refuse('bad-request', 'A service is named by 1 to 40 lower-case letters, digits and hyphens.');
    }
    const keyId = newId(clock.now());
    const key = `${PREFIX}${newSecret(256)}`;
    await db.query
      .insertInto('people_service_keys')
      .values({ key_id: keyId, name, key_hash: sha256(key), created_utc: clock.now(), revoked: 0 })
      .execute();
    return { keyId, key };
  }

  /** Oldest first; revoked ones too. */
  async list(): Promise<ServiceKey[]> {
    const rows = await this.#parts.db.query
      .selectFrom('people_service_keys')
      .select(['key_id', 'name', 'created_utc', 'revoked'])
      .orderBy('created_utc')
      .orderBy('key_id')
      .execute();
    return rows.map((row) => ({
      keyId: row.key_id,
      name: row.name,
      createdUtc: row.created_utc,
      revoked: row.revoked === 1,
    }));
  }

  /** Ends a key by its id, or all keys of a name, at once in every process. Throws `not-found` when there is none. */
  async revoke(nameOrKeyId: string): Promise<number> {
    const { numUpdatedRows } = await this.#parts.db.query
      .updateTable('people_service_keys')
      .set({ revoked: 1 })
      .where((eb) => eb.or([eb('name', '=', nameOrKeyId), eb('key_id', '=', nameOrKeyId)]))
      .where('revoked', '=', 0)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw refuse('not-found', 'No key of this name or id is in use.');
    return Number(numUpdatedRows);
  }

  /**
   * The service behind an `Authorization` header. Throws `unauthenticated`, the same for none, wrong and revoked keys, and
   * `too-many` for an address that tries others.
   */
  async authenticate(authorization: string | undefined, address: string): Promise<Service> {
    const { db, throttle, audit } = this.#parts;
    const key = /^Bearer (ghs_[A-Za-z0-9_-]{43})$/.exec(authorization ?? '')?.[1];
    if (key === undefined) throw unknownKey();
    // Only wrong keys are counted: nobody guesses 256 bits, and a right key works also behind a noisy address.
    const row = await db.query
      .selectFrom('people_service_keys')
      .select('name')
      .where('key_hash', '=', sha256(key))
      .where('revoked', '=', 0)
      .executeTakeFirst();
    if (row) return { name: row.name, principalId: `service-${row.name}` };
    await throttle.charge([{ name: `service\n${address}`, free: FREE_GUESSES }]);
    await audit.write({
      action: 'service.authenticate',
      principalId: 'unknown',
      allowed: false,
      details: { address },
    });
    throw unknownKey();
  }
}

function unknownKey() {
  return refuse('unauthenticated', 'Send the key of a service as "Authorization: Bearer ghs_…".');
}
