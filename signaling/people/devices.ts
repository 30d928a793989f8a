/**
 * Devices of a unit. One is enrolled once, by six digits typed within ten minutes or by a QR code that holds a longer
 * secret; from then on it holds a credential of its own and signs in after power-on without a password.
 */
import { randomInt } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import type { Role } from '../protocol/roles.ts';
import type { Changes } from './changes.ts';
import { type Keyring, sha256 } from './keyring.ts';
import { loadPrincipal } from './principals.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase, PeopleTransaction } from './tables.ts';
import type { Audit, Session } from './types.ts';
import { unitNameKey } from './units.ts';

const CODE_MS = 600_000;
const CODE_TRIES = 5;
const WRONG = 'The code is wrong, used or too old; ask for a new one.';

export interface DeviceRecord {
  readonly deviceId: string;
  readonly unitId: string;
  readonly label: string;
  readonly role: Role;
  readonly revoked: boolean;
  readonly seenUtc: number;
}
/** A device that has just signed in: both secrets belong into HttpOnly cookies. */
export interface DeviceSignIn {
  readonly session: Session;
  readonly secret: string;
  /** `deviceId.secret`; replaces the one that was used. */
  readonly credential: string;
}
export type DeviceRole = Extract<Role, 'crew' | 'wearer'>;
type Enrolment = { secret: string } | { unit: string; code: string };

export interface DeviceParts {
  readonly db: PeopleDatabase;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly sessions: SessionStore;
  readonly audit: Audit;
}

export class Devices {
  readonly #parts: DeviceParts;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  async list(unitId?: string): Promise<readonly DeviceRecord[]> {
    let query = this.#parts.db.query.selectFrom('people_devices').selectAll().orderBy('device_id');
    if (unitId !== undefined) query = query.where('unit_id', '=', unitId);
    return (await query.execute()).map((row) => ({
      deviceId: row.device_id,
      unitId: row.unit_id,
      label: row.label,
      role: row.role === 'wearer' ? 'wearer' : 'crew',
      revoked: row.revoked === 1,
      seenUtc: row.seen_utc,
    }));
  }

  /**
   * Makes a code for one device: six digits to type beside the unit's name, and a secret for a QR code. It is good for one
   * device and ten minutes, and replaces an open one of the same unit: five wrong tries end it, and several open ones
   * would multiply them.
   */
  async invite(
    unitId: string,
    device: { label: string; role: DeviceRole },
  ): Promise<{ code: string; secret: string; expiresAt: number }> {
    const { db, clock, keyring } = this.#parts;
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const secret = newSecret(128);
    const expiresAt = clock.now() + CODE_MS;
    await db.transaction(async (trx) => {
      const unit = await trx
        .selectFrom('people_units')
        .select('unit_id')
        .where('unit_id', '=', unitId)
        .where('disabled', '=', 0)
        .executeTakeFirst();
      if (!unit) throw refuse('not-found', 'There is no such unit.');
      await trx.deleteFrom('people_enrolments').where('unit_id', '=', unitId).execute();
      const enrolment_id = newId();
      await trx
        .insertInto('people_enrolments')
        .values({
          enrolment_id,
          unit_id: unitId,
          label: device.label,
          role: device.role,
          code_mac: keyring.mac(`${enrolment_id} ${code}`),
          secret_hash: sha256(secret),
          expires_utc: expiresAt,
          tries_left: CODE_TRIES,
          used: 0,
        })
        .execute();
    });
    return { code, secret, expiresAt };
  }

  /** Enrols a device and signs it in. Throws `unauthenticated`, the same whatever is wrong. */
  async enrol(enrolment: Enrolment): Promise<DeviceSignIn> {
    const { db, audit } = this.#parts;
    const found =
      'secret' in enrolment ? await this.#bySecret(enrolment.secret) : await this.#byCode(enrolment);
    const enrolled = found && (await db.transaction((trx) => this.#use(trx, found)));
    if (!enrolled) {
      await audit.write({ action: 'unit.enrol', principalId: 'unknown', allowed: false });
      throw refuse('unauthenticated', WRONG);
    }
    const details = { unitId: enrolled.unitId };
    await audit.write({ action: 'unit.enrol', principalId: enrolled.deviceId, allowed: true, details });
    return this.#begin(enrolled.deviceId, enrolled.credential);
  }

  /**
   * Signs a device in with its credential and gives it a new one. The old one stays good until the new one has been used,
   * because the answer that carries the new one may be lost; one older than that is refused: it was copied.
   */
  async signIn(credential: string): Promise<DeviceSignIn> {
    const { db, clock, audit } = this.#parts;
    const [deviceId = '', secret = ''] = credential.split('.');
    const presented = sha256(secret);
    const next = newSecret(256);
    const known = await db.query
      .updateTable('people_devices')
      .set({ previous_hash: presented, secret_hash: sha256(next), seen_utc: clock.now() })
      .where('device_id', '=', deviceId)
      .where('revoked', '=', 0)
      .where((eb) => eb.or([eb('secret_hash', '=', presented), eb('previous_hash', '=', presented)]))
      .executeTakeFirstOrThrow();
    if (known.numUpdatedRows === 0n) {
      await audit.write({ action: 'unit.sign-in', principalId: 'unknown', allowed: false });
      throw refuse('unauthenticated', 'This device is not enrolled any more; enrol it again.');
    }
    return this.#begin(deviceId, `${deviceId}.${next}`);
  }

  /** Takes the credential away and ends the device's sessions. Throws `not-found`. */
  async revoke(deviceId: string): Promise<void> {
    const { changes, clock, sessions } = this.#parts;
    await changes.commit(clock.now(), async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('people_devices')
        .set({ revoked: 1 })
        .where('device_id', '=', deviceId)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw refuse('not-found', 'There is no such device.');
      await sessions.endAll(trx, deviceId);
      return { result: undefined, changes: [{ kind: 'principal', subject: deviceId }] };
    });
  }

  async #begin(deviceId: string, credential: string): Promise<DeviceSignIn> {
    const principal = await loadPrincipal(this.#parts.db, deviceId);
    if (!principal) throw refuse('unauthenticated', 'This device or its unit is disabled.');
    return { ...(await this.#parts.sessions.begin(principal)), credential };
  }

  async #bySecret(secret: string): Promise<string | undefined> {
    const row = await this.#parts.db.query
      .selectFrom('people_enrolments')
      .select('enrolment_id')
      .where('secret_hash', '=', sha256(secret))
      .executeTakeFirst();
    return row?.enrolment_id;
  }

  /** A try is taken before the digits are compared, so that tries at the same moment cannot share one. */
  async #byCode({ unit, code }: { unit: string; code: string }): Promise<string | undefined> {
    const { db, keyring } = this.#parts;
    const row = await db.query
      .updateTable('people_enrolments')
      .set((eb) => ({ tries_left: eb('tries_left', '-', 1) }))
      .where('unit_id', 'in', (eb) =>
        eb.selectFrom('people_units').select('unit_id').where('name_key', '=', unitNameKey(unit)),
      )
      .where('tries_left', '>', 0)
      .returning(['enrolment_id', 'code_mac'])
      .executeTakeFirst();
    return row && keyring.mac(`${row.enrolment_id} ${code}`) === row.code_mac ? row.enrolment_id : undefined;
  }

  async #use(
    trx: PeopleTransaction,
    enrolmentId: string,
  ): Promise<{ deviceId: string; unitId: string; credential: string } | undefined> {
    const now = this.#parts.clock.now();
    const row = await trx
      .updateTable('people_enrolments')
      .set({ used: 1 })
      .where('enrolment_id', '=', enrolmentId)
      .where('used', '=', 0)
      .where('expires_utc', '>', now)
      .returning(['unit_id', 'label', 'role'])
      .executeTakeFirst();
    if (!row) return undefined;
    const deviceId = newId();
    const secret = newSecret(256);
    await trx
      .insertInto('people_devices')
      .values({
        device_id: deviceId,
        unit_id: row.unit_id,
        label: row.label,
        role: row.role,
        secret_hash: sha256(secret),
        previous_hash: null,
        revoked: 0,
        seen_utc: now,
      })
      .execute();
    return { deviceId, unitId: row.unit_id, credential: `${deviceId}.${secret}` };
  }
}
