/**
 * Codes of six bare digits, for glasses: they have no keyboard, and letters are hard to say. Bare digits do not say which code
 * was meant, so a wrong try counts against every such code that is open: after ten of them all have ended, and new
 * ones are made. What is typed is also slowed, by address and altogether. The secret of the QR code has 128 bits
 * and goes on: whoever guesses digits keeps no glasses out.
 */
import { randomInt } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import { assertEnrols } from './enrolments.ts';
import { type Keyring, sha256 } from './keyring.ts';
import { refuseForNow } from './refuse.ts';
import type { PeopleDatabase, PeopleTransaction } from './tables.ts';
import type { Counter, Throttle } from './throttle.ts';

const CODE_MS = 600_000;
/** Wrong tries after which no open code of digits is good any more: with one code open, one guess in 100,000 gets in. */
const TRIES = 10;
/** Wrong tries in a row without any wait. */
const FREE_AT_ADDRESS = 5;
const FREE_IN_ALL = 30;
/** Where other codes have their two letters; no letter, so that the two can never be mistaken for each other. */
const MARK = '~';

export interface GlassesCodeParts {
  readonly db: PeopleDatabase;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly throttle: Throttle;
}

export class GlassesCodes {
  readonly #parts: GlassesCodeParts;

  constructor(parts: GlassesCodeParts) {
    this.#parts = parts;
  }

  /** Makes the code of a unit, good for ten minutes and one device, in place of its former one. Throws `not-found`. */
  async make(unitId: string): Promise<{ code: string; secret: string; expiresAt: number }> {
    const { db, clock, keyring } = this.#parts;
    const secret = newSecret(128);
    const now = clock.now();
    const code = await db.transaction(async (trx) => {
      await assertEnrols(trx, unitId, now);
      await trx
        .deleteFrom('people_enrolments')
        .where('unit_id', '=', unitId)
        .where('handle', 'like', `${MARK}%`)
        .where('used', '=', 0)
        .execute();
      const digits = await this.#freeDigits(trx);
      const enrolment_id = newId();
      await trx
        .insertInto('people_enrolments')
        .values({
          enrolment_id,
          handle: `${MARK}${enrolment_id}`,
          unit_id: unitId,
          role: 'wearer',
          code_mac: keyring.mac(macText(digits)),
          secret_hash: sha256(secret),
          expires_utc: now + CODE_MS,
          tries_left: TRIES,
          used: 0,
        })
        .execute();
      return digits;
    });
    return { code, secret, expiresAt: now + CODE_MS };
  }

  /**
   * The enrolment that these digits open; undefined for wrong ones. Throws `too-many` while tries are slowed.
   * @param address of who tries
   */
  async find(digits: string, address: string): Promise<string | undefined> {
    const { throttle, keyring } = this.#parts;
    const counters: readonly Counter[] = [
      { name: `glasses code\n${address}`, free: FREE_AT_ADDRESS },
      { name: 'glasses code', free: FREE_IN_ALL },
    ];
    await throttle.charge(counters);
    const mac = keyring.mac(macText(digits));
    const found = (await this.#takeTry()).find(({ code_mac }) => code_mac === mac);
    if (!found) return undefined;
    await this.#giveTryBack();
    await throttle.giveBack(counters);
    return found.enrolment_id;
  }

  /** A try is taken before the digits are compared, so that tries at the same moment cannot share one. */
  #takeTry(): Promise<{ enrolment_id: string; code_mac: string }[]> {
    return this.#parts.db.query
      .updateTable('people_enrolments')
      .set((eb) => ({ tries_left: eb('tries_left', '-', 1) }))
      .where('handle', 'like', `${MARK}%`)
      .where('used', '=', 0)
      .where('expires_utc', '>', this.#parts.clock.now())
      .where('tries_left', '>', 0)
      .returning(['enrolment_id', 'code_mac'])
      .execute();
  }

  /** A right try counts against no other unit's code, unless wrong ones have ended it meanwhile. */
  async #giveTryBack(): Promise<void> {
    await this.#parts.db.query
      .updateTable('people_enrolments')
      .set((eb) => ({ tries_left: eb('tries_left', '+', 1) }))
      .where('handle', 'like', `${MARK}%`)
      .where('tries_left', '>', 0)
      .where('tries_left', '<', TRIES)
      .execute();
  }

  /** Digits that no open code has: two units must never share one. */
  async #freeDigits(trx: PeopleTransaction): Promise<string> {
    const rows = await trx
      .selectFrom('people_enrolments')
      .select('code_mac')
      .where('handle', 'like', `${MARK}%`)
      .execute();
    const taken = new Set(rows.map(({ code_mac }) => code_mac));
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const digits = String(randomInt(1_000_000)).padStart(6, '0');
      if (!taken.has(this.#parts.keyring.mac(macText(digits)))) return digits;
    }
    throw refuseForNow('Too many codes are open; wait until some have ended.', CODE_MS);
  }
}

function macText(digits: string): string {
  return `glasses code ${digits}`;
}
