/**
 * Slows down guessing. Each wrong try makes the next wait longer, twice as long each time; nobody is ever locked out for
 * good. Counters stand in the database, so that they hold for all processes and over restarts; their names are hashes.
 *
 * The rule for passwords:
 * - name and address together: after 5 wrong passwords in a row they wait 1, 2, 4 … seconds, up to the window;
 * - an address, whatever the names: the same after 50, since a hospital shares one address among hundreds;
 * - a name, from addresses it has never signed in from: the same after 50, which is what slows a guess spread over
 *   many addresses. Addresses the person has signed in from before are exempt, so a stranger elsewhere can
 *   make new places wait, but never keep a doctor out at the usual ones.
 *
 * A try is counted before it is judged and given back when it was right: otherwise a hundred tries at once would all
 * be let through before the first is counted.
 */
import type { Clock } from '../../platform/clock.ts';
import { sha256 } from './keyring.ts';
import { refuseForNow } from './refuse.ts';
import type { PeopleDatabase } from './tables.ts';

export interface Counter {
  readonly name: string;
  /** Wrong tries in a row without any wait. */
  readonly free: number;
}

const FIRST_WAIT_MS = 1000;

export class Throttle {
  readonly #db: PeopleDatabase;
  readonly #clock: Clock;
  readonly #windowMs: number;
  #prunedAt = 0;

  /** @param windowMs after this long without a try the count starts anew; also the longest wait */
  constructor(db: PeopleDatabase, clock: Clock, windowMs: number) {
    this.#db = db;
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Counts one try on all counters, or throws `too-many` with the time to wait, in which case nothing is counted. */
  async charge(counters: readonly Counter[]): Promise<void> {
    const now = this.#clock.now();
    const wanted = counters.map((counter) => ({ ...counter, key: sha256(counter.name) })).sort(byKey);
    await this.#db.transaction(async (trx) => {
      // Rows are made where there are none and locked by an update that changes nothing, so that two processes
      // cannot both read the same count.
      await trx
        .insertInto('people_throttle')
        .values(wanted.map(({ key }) => ({ counter: key, failures: 0, last_utc: 0 })))
        .onConflict((conflict) => conflict.column('counter').doNothing())
        .execute();
      const rows = await trx
        .updateTable('people_throttle')
        .set((eb) => ({ failures: eb.ref('failures') }))
        .where(
          'counter',
          'in',
          wanted.map(({ key }) => key),
        )
        .returning(['counter', 'failures', 'last_utc'])
        .execute();
      let wait = 0;
      const next = wanted.map(({ key, free }) => {
        const row = rows.find(({ counter }) => counter === key);
        const failures = row && now - row.last_utc <= this.#windowMs ? row.failures : 0;
        if (row) wait = Math.max(wait, row.last_utc + this.#waitAfter(failures, free) - now);
        return { counter: key, failures: failures + 1, last_utc: now };
      });
      if (wait > 0) throw refuseForNow('Too many wrong tries; wait and try again.', wait);
      for (const { counter, ...count } of next) {
        await trx.updateTable('people_throttle').set(count).where('counter', '=', counter).execute();
      }
    });
    await this.#prune(now);
  }

  /** A right try: the first counter starts anew, the others get this try back. */
  async giveBack(counters: readonly Counter[]): Promise<void> {
    const [own, ...shared] = counters.map(({ name }) => sha256(name));
    if (own === undefined) return;
    await this.#db.query.deleteFrom('people_throttle').where('counter', '=', own).execute();
    if (shared.length === 0) return;
    await this.#db.query
      .updateTable('people_throttle')
      .set((eb) => ({ failures: eb('failures', '-', 1) }))
      .where('counter', 'in', shared)
      .where('failures', '>', 0)
      .execute();
  }

  /** Outside of the transaction above: two that delete each other's locked rows would wait for each other. */
  async #prune(now: number): Promise<void> {
    if (now - this.#prunedAt < this.#windowMs) return;
    this.#prunedAt = now;
    await this.#db.query
      .deleteFrom('people_throttle')
      .where('last_utc', '<', now - 2 * this.#windowMs)
      .execute();
  }

  #waitAfter(failures: number, free: number): number {
    if (failures < free) return 0;
    return Math.min(this.#windowMs, FIRST_WAIT_MS * 2 ** Math.min(failures - free, 30));
  }
}

/** One order for all, so that two transactions never wait for each other's rows. */
function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1;
}
