/**
 * Guests of links: each browser in which a link is opened is a principal of its own, with a session of its own, so that a
 * link can be moved from one browser to another without a secret changing hands (design section 10).
 */
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { Role } from '../protocol/roles.ts';
import { loadPrincipal } from './principals.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase } from './tables.ts';
import type { Throttle } from './throttle.ts';
import type { Session } from './types.ts';

/** Wrong secrets from one address without a wait. Nobody can guess 128 bits; this stops the noise of trying. */
const FREE_GUESSES = 20;
/** Longest life of a guest's session outside of the room, in milliseconds; in the room it lasts. */
const SESSION_MS = 86_400_000;
/** How long guests are known after they came, in milliseconds: longer than any room goes on. */
const KEEP_MS = 30 * 86_400_000;
const CLEAN_MS = 3_600_000;

export interface LinkGuest {
  readonly linkId: string;
  readonly roomId: string;
  readonly role: Extract<Role, 'bystander' | 'volunteer'>;
  readonly name: string;
  readonly organisationId: string;
}

export class LinkGuests {
  readonly #db: PeopleDatabase;
  readonly #clock: Clock;
  readonly #sessions: SessionStore;
  readonly #throttle: Throttle;
  #cleanedAt = 0;

  constructor(db: PeopleDatabase, clock: Clock, sessions: SessionStore, throttle: Throttle) {
    this.#db = db;
    this.#clock = clock;
    this.#sessions = sessions;
    this.#throttle = throttle;
  }

  /**
   * Counts a wrong secret of an address; throws `too-many` from the 21st on, with the time to wait. Right ones never come here:
   * a bystander shares the address of a mobile network with strangers, and nobody's guessing may keep help out.
   */
  async wrong(address: string): Promise<void> {
    await this.#throttle.charge([{ name: `link\n${address}`, free: FREE_GUESSES }]);
  }

  /** Makes the guest; it is nobody until the room knows its opening. */
  async add(guest: LinkGuest): Promise<string> {
    const now = this.#clock.now();
    const principalId = newId(now);
    await this.#db.query
      .insertInto('people_link_guests')
      .values({
        principal_id: principalId,
        link_id: guest.linkId,
        room_id: guest.roomId,
        role: guest.role,
        name: guest.name,
        organisation_id: guest.organisationId,
        created_utc: now,
      })
      .execute();
    await this.#clean(now);
    return principalId;
  }

  /** Signs a guest in; the secret goes into the cookie of the bystander's door and nowhere else. */
  async signIn(principalId: string): Promise<{ session: Session; secret: string }> {
    const principal = await loadPrincipal(this.#db, principalId);
    if (!principal) throw refuse('closed', 'This link has ended; ask for a new one.');
    return this.#sessions.begin(principal, this.#clock.now() + SESSION_MS);
  }

  async #clean(now: number): Promise<void> {
    if (now - this.#cleanedAt < CLEAN_MS) return;
    this.#cleanedAt = now;
    await this.#db.query
      .deleteFrom('people_link_guests')
      .where('created_utc', '<', now - KEEP_MS)
      .execute();
  }
}
