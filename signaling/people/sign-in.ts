/** Signing in with name and password, and changing one's own password. The rule of waiting stands in throttle.ts. */
import type { Clock } from '../../platform/clock.ts';
import { sha256 } from './keyring.ts';
import type { Passwords } from './passwords.ts';
import { type Persons, usernameKey } from './persons.ts';
import { loadPrincipal } from './principals.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase } from './tables.ts';
import type { Counter, Throttle } from './throttle.ts';
import type { Audit, Principal, Session } from './types.ts';

export interface SignInParts {
  readonly db: PeopleDatabase;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly persons: Persons;
  readonly sessions: SessionStore;
  readonly throttle: Throttle;
  readonly audit: Audit;
  /** Wrong passwords in a row without a wait. */
  readonly attempts: number;
}

/** How many people share one address before the address itself has to wait. */
const SHARED = 10;
/** An address unused for this long is a new one again. */
const KNOWN_MS = 90 * 86_400_000;

export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /**
   * Signs a person in. Throws `unauthenticated`, the same for an unknown name, a wrong password and a disabled
   * account, and `too-many` with the time to wait.
   * @param address the client's network address
   */
  async withPassword(
    credentials: { username: string; password: string },
    address: string,
  ): Promise<{ session: Session; secret: string }> {
    const { db, passwords, sessions, throttle, audit } = this.#parts;
    const person = await db.query
      .selectFrom('people_persons')
      .select(['principal_id', 'password'])
      .where('username', '=', usernameKey(credentials.username))
      .executeTakeFirst();
    // What was typed as a name is not audited: people type their password there by mistake.
    const record = {
      action: 'sign-in',
      principalId: person?.principal_id ?? 'unknown',
      details: { address },
    };
    const counters = await this.#counters(usernameKey(credentials.username), person?.principal_id, address);
    await throttle.charge(counters).catch(async (error: unknown) => {
      await audit.write({ ...record, allowed: false, details: { address, why: 'throttled' } });
      throw error;
    });
    const { ok, outdated } = await passwords.verify(credentials.password, person?.password);
    const principal = ok && person ? await loadPrincipal(db, person.principal_id) : undefined;
    if (!principal) {
      await audit.write({ ...record, allowed: false });
      throw refuse('unauthenticated', 'Name or password is wrong.');
    }
    await throttle.giveBack(counters);
    await this.#remember(principal, address);
    if (outdated) await this.#hashAnew(principal.principalId, credentials.password);
    await audit.write({ ...record, allowed: true });
    return sessions.begin(principal);
  }

  /** Changes one's own password; other sessions of the person end. Throws `forbidden` for a wrong current one. */
  async changePassword(session: Session, current: string, next: string, address: string): Promise<void> {
    const { db, passwords, persons, throttle, audit } = this.#parts;
    const { principalId, kind } = session.principal;
    if (kind !== 'person') throw refuse('forbidden', 'Only people have passwords.');
    const counters = [{ name: `change\n${principalId}\n${address}`, free: this.#parts.attempts }];
    await throttle.charge(counters);
    const row = await db.query
      .selectFrom('people_persons')
      .select('password')
      .where('principal_id', '=', principalId)
      .executeTakeFirst();
    const { ok } = await passwords.verify(current, row?.password);
    await audit.write({ action: 'password.change', principalId, allowed: ok });
    if (!ok) throw refuse('forbidden', 'The current password is wrong.');
    if (current === next) throw refuse('bad-request', 'The new password is the old one; choose another.');
    await throttle.giveBack(counters);
    await persons.setPassword(principalId, next, { mustChange: false, exceptSid: session.sid });
  }

  async #counters(username: string, principalId: string | undefined, address: string): Promise<Counter[]> {
    const { attempts } = this.#parts;
    const counters = [
      { name: `pair\n${username}\n${address}`, free: attempts },
      { name: `address\n${address}`, free: attempts * SHARED },
    ];
    if (principalId !== undefined && (await this.#knows(principalId, address))) return counters;
    return [...counters, { name: `name\n${username}`, free: attempts * SHARED }];
  }

  async #knows(principalId: string, address: string): Promise<boolean> {
    const row = await this.#parts.db.query
      .selectFrom('people_known_addresses')
      .select('seen_utc')
      .where('principal_id', '=', principalId)
      .where('address_hash', '=', sha256(address))
      .where('seen_utc', '>', this.#parts.clock.now() - KNOWN_MS)
      .executeTakeFirst();
    return row !== undefined;
  }

  async #remember({ principalId }: Principal, address: string): Promise<void> {
    const seen_utc = this.#parts.clock.now();
    await this.#parts.db.query
      .insertInto('people_known_addresses')
      .values({ principal_id: principalId, address_hash: sha256(address), seen_utc })
      .onConflict((conflict) => conflict.columns(['principal_id', 'address_hash']).doUpdateSet({ seen_utc }))
      .execute();
  }

  async #hashAnew(principalId: string, password: string): Promise<void> {
    const hash = await this.#parts.passwords.hash(password);
    await this.#parts.db.query
      .updateTable('people_persons')
      .set({ password: hash })
      .where('principal_id', '=', principalId)
      .execute();
  }
}
