/**
 * Devices of a unit. One is enrolled once, by a code typed within ten minutes or by a QR code that holds a longer secret;
 * from then on it holds a credential of its own and signs in after power-on without a password.
 *
 * A typed code is two letters and six digits. The letters name the code, so that wrong tries count against that code
 * alone: with bare digits a stranger's five wrong tries would have to end the codes of all vehicles. Glasses alone, which have
 * no keyboard, are enrolled by bare digits (`glasses-codes.ts`).
 */
import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import type { Role } from '../protocol/roles.ts';
import type { Changes } from './changes.ts';
import { assertEnrols } from './enrolments.ts';
import { GlassesCodes } from './glasses-codes.ts';
import { type Keyring, sha256 } from './keyring.ts';
import { loadPrincipal } from './principals.ts';
import { refuse, refuseForNow } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase, PeopleTransaction } from './tables.ts';
import type { Throttle } from './throttle.ts';
import type { Audit, Session } from './types.ts';

const CODE_MS = 600_000;
const CODE_TRIES = 5;
/** Without the two that look like digits. */
const HANDLE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const WRONG = 'The code is wrong, used or too old; ask for a new one.';

export interface DeviceRecord {
  readonly deviceId: string;
  readonly unitId: string;
  readonly label: string;
  readonly role: DeviceRole;
  readonly revoked: boolean;
  readonly seenUtc: number;
}
/** A device that has just signed in: both secrets belong into HttpOnly cookies. */
export interface DeviceSignIn {
  readonly session: Session;
  readonly secret: string;
  /** Replaces the one that was used. */
  readonly credential: string;
}
export interface EnrolmentCode {
  /** Two letters and six digits, to be typed; six digits alone for glasses. */
  readonly code: string;
  /** 128 bits, for the fragment of `/enrol#…` in a QR code. */
  readonly secret: string;
  readonly expiresAt: number;
}
export type DeviceRole = Extract<Role, 'crew' | 'wearer'>;

export interface DeviceParts {
  readonly db: PeopleDatabase;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly sessions: SessionStore;
  readonly audit: Audit;
  readonly throttle: Throttle;
}

export class Devices {
  readonly #parts: DeviceParts;
  readonly #glasses: GlassesCodes;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.#glasses = new GlassesCodes(parts);
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
   * Makes a code for one device, good for ten minutes: to be typed, and as a secret for a QR code. Throws `not-found`.
   */
  async invite(unitId: string, role: DeviceRole): Promise<EnrolmentCode> {
    const { db, clock, keyring } = this.#parts;
    const digits = String(randomInt(1_000_000)).padStart(6, '0');
    const secret = newSecret(128);
    const now = clock.now();
    const handle = await db.transaction(async (trx) => {
      await assertEnrols(trx, unitId, now);
      const open = await trx.selectFrom('people_enrolments').select('handle').execute();
      const free = freeHandle(new Set(open.map((row) => row.handle)));
      const enrolment_id = newId();
      await trx
        .insertInto('people_enrolments')
        .values({
          enrolment_id,
          handle: free,
          unit_id: unitId,
          role,
          code_mac: keyring.mac(`${enrolment_id} ${digits}`),
          secret_hash: sha256(secret),
          expires_utc: now + CODE_MS,
          tries_left: CODE_TRIES,
          used: 0,
        })
        .execute();
      return free;
    });
    return { code: `${handle}${digits}`, secret, expiresAt: now + CODE_MS };
  }

  /** Makes the code of six digits by which one pair of glasses joins the unit as its wearer. Throws `not-found`. */
  inviteGlasses(unitId: string): Promise<EnrolmentCode> {
    return this.#glasses.make(unitId);
  }

  /**
   * Enrols a device under a name of its own and signs it in. Throws `unauthenticated`, the same whatever is wrong, and
   * `too-many` while bare digits are tried too often.
   * @param code as typed (case, spaces and hyphens do not matter), or the QR code's secret
   * @param address of who tries
   */
  async enrol(code: string, name: string, address = 'this machine'): Promise<DeviceSignIn> {
    const { db, audit } = this.#parts;
    const found = await this.#found(code, address);
    const enrolled = found && (await db.transaction((trx) => this.#use(trx, found, name)));
    if (!enrolled) {
      await audit.write({ action: 'unit.enrol', principalId: 'unknown', allowed: false });
      throw refuse('unauthenticated', WRONG);
    }
    const details = { unitId: enrolled.unitId };
    await audit.write({ action: 'unit.enrol', principalId: enrolled.deviceId, allowed: true, details });
    return this.#begin(enrolled.deviceId, enrolled.credential);
  }

  /**
   * Signs a device in with its credential and gives it the next one. The last one before stays good and is answered with
   * the same next one, because an answer may be lost and two windows may ask at once; one older than that was copied
   * and is refused. Throws `unauthenticated`.
   */
  async signIn(credential: string): Promise<DeviceSignIn> {
    const { db, clock, audit } = this.#parts;
    const [, deviceId = '', counted = '', proof = ''] =
      /^([0-9a-f-]{36})\.(\d{1,9})\.([0-9a-f]{64})$/.exec(credential) ?? [];
    const counter = Number(counted);
    const row = await db.query
      .selectFrom('people_devices')
      .select(['salt', 'counter'])
      .where('device_id', '=', deviceId)
      .where('revoked', '=', 0)
      .executeTakeFirst();
    const own = row && this.#credential(deviceId, row.salt, counter).proof;
    const recent = row && (counter === row.counter || counter === row.counter - 1);
    if (!row || !recent || !own || !timingSafeEqual(Buffer.from(own), Buffer.from(proof))) {
      await audit.write({ action: 'unit.sign-in', principalId: 'unknown', allowed: false });
      throw refuse('unauthenticated', 'This device is not enrolled any more; enrol it again.');
    }
    await db.query
      .updateTable('people_devices')
      .set({ counter: counter + 1, seen_utc: clock.now() })
      .where('device_id', '=', deviceId)
      .where('counter', '=', counter)
      .execute();
    return this.#begin(deviceId, this.#credential(deviceId, row.salt, counter + 1).text);
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

  /** Made from the master key, so that the same one can be given twice and the database holds nothing to sign in with. */
  #credential(deviceId: string, salt: string, counter: number): { text: string; proof: string } {
    const proof = this.#parts.keyring.mac(`device ${deviceId} ${salt} ${counter}`);
    return { text: `${deviceId}.${counter}.${proof}`, proof };
  }

  async #begin(deviceId: string, credential: string): Promise<DeviceSignIn> {
    const principal = await loadPrincipal(this.#parts.db, deviceId);
    if (!principal) throw refuse('unauthenticated', 'This device or its unit is disabled.');
    return { ...(await this.#parts.sessions.begin(principal)), credential };
  }

  #found(code: string, address: string): Promise<string | undefined> {
    const plain = code.replaceAll(/[\s-]/g, '').toUpperCase();
    if (/^\d{6}$/.test(plain)) return this.#glasses.find(plain, address);
    const typed = /^([A-Z]{2})(\d{6})$/.exec(plain);
    return typed ? this.#byCode(typed[1] ?? '', typed[2] ?? '') : this.#bySecret(code);
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
  async #byCode(handle: string, digits: string): Promise<string | undefined> {
    const { db, keyring } = this.#parts;
    const row = await db.query
      .updateTable('people_enrolments')
      .set((eb) => ({ tries_left: eb('tries_left', '-', 1) }))
      .where('handle', '=', handle)
      .where('tries_left', '>', 0)
      .returning(['enrolment_id', 'code_mac'])
      .executeTakeFirst();
    return row && keyring.mac(`${row.enrolment_id} ${digits}`) === row.code_mac
      ? row.enrolment_id
      : undefined;
  }

  async #use(
    trx: PeopleTransaction,
    enrolmentId: string,
    name: string,
  ): Promise<{ deviceId: string; unitId: string; credential: string } | undefined> {
    const now = this.#parts.clock.now();
    const row = await trx
      .updateTable('people_enrolments')
      .set({ used: 1 })
      .where('enrolment_id', '=', enrolmentId)
      .where('used', '=', 0)
      .where('expires_utc', '>', now)
      .returning(['unit_id', 'role'])
      .executeTakeFirst();
    if (!row) return undefined;
    const deviceId = newId();
    const salt = newSecret(128);
    await trx
      .insertInto('people_devices')
      .values({
        device_id: deviceId,
        unit_id: row.unit_id,
        label: name,
        role: row.role,
        salt,
        counter: 1,
        revoked: 0,
        seen_utc: now,
      })
      .execute();
    return { deviceId, unitId: row.unit_id, credential: this.#credential(deviceId, salt, 1).text };
  }
}

function freeHandle(taken: ReadonlySet<string>): string {
  const all = [...HANDLE_LETTERS].flatMap((a) => [...HANDLE_LETTERS].map((b) => a + b));
  const free = all.filter((handle) => !taken.has(handle));
  const chosen = free[randomInt(Math.max(1, free.length))];
  if (chosen === undefined)
    throw refuseForNow('Too many codes are open; wait until some have ended.', CODE_MS);
  return chosen;
}
