/**
 * Invitations: a capability in the fragment of a link (design section 10), so that neither servers on the way nor logs see
 * it. Looking at the link changes nothing; opening it by POST makes one guest, once.
 */
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import { hasRole, INVITABLE_ROLES } from '../protocol/roles.ts';
import type { Changes } from './changes.ts';
import { sha256 } from './keyring.ts';
import { loadPrincipal } from './principals.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase } from './tables.ts';
import type { Throttle } from './throttle.ts';
import type { Audit, Invites, Session } from './types.ts';

/** Wrong secrets from one address without a wait. Nobody can guess 128 bits; this stops the noise of trying. */
const FREE_GUESSES = 10;

export interface InviteParts {
  readonly db: PeopleDatabase;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly sessions: SessionStore;
  readonly throttle: Throttle;
  readonly audit: Audit;
  /** Origin of the pages, such as `https://hospital.example:8443`. */
  readonly publicOrigin: () => string;
}

export class InviteStore implements Invites {
  readonly #parts: InviteParts;

  constructor(parts: InviteParts) {
    this.#parts = parts;
  }

  /** Throws `forbidden` for a role that no invitation may carry, and `bad-request` for an end in the past. */
  async create(invite: Parameters<Invites['create']>[0]): Promise<{ inviteId: string; url: string }> {
    const { db, clock, publicOrigin } = this.#parts;
    if (!hasRole(INVITABLE_ROLES, invite.role))
      throw refuse('forbidden', 'No invitation may carry this role.');
    if (invite.expiresAt <= clock.now()) throw refuse('bad-request', 'The invitation ends in the past.');
    const inviteId = newId();
    const secret = newSecret(128);
    await db.query
      .insertInto('people_invites')
      .values({
        invite_id: inviteId,
        secret_hash: sha256(secret),
        room_id: invite.roomId,
        role: invite.role,
        name: invite.name,
        organisation_id: invite.organisationId,
        created_by: invite.by,
        expires_utc: invite.expiresAt,
        revoked: 0,
        principal_id: null,
      })
      .execute();
    return { inviteId, url: `${publicOrigin()}/join#${secret}` };
  }

  /** The link opens no more, and the guest it made is signed out. Idempotent; throws `not-found`. */
  async revoke(inviteId: string): Promise<void> {
    const { changes, clock, sessions } = this.#parts;
    await changes.commit(clock.now(), async (trx) => {
      const row = await trx
        .updateTable('people_invites')
        .set({ revoked: 1 })
        .where('invite_id', '=', inviteId)
        .returning('principal_id')
        .executeTakeFirst();
      if (!row) throw refuse('not-found', 'There is no such invitation.');
      if (row.principal_id !== null) await sessions.endAll(trx, row.principal_id);
      return { result: undefined, changes: [] };
    });
  }

  /**
   * Makes the guest of an invitation and signs it in until the invitation ends (or as long as it stays in the room).
   * Throws `closed`, the same for unknown, used, revoked and ended links, and `too-many` for a guessing address.
   */
  async open(secret: string, address: string): Promise<{ session: Session; secret: string }> {
    const { db, clock, sessions, throttle, audit } = this.#parts;
    const counters = [{ name: `invite\n${address}`, free: FREE_GUESSES }];
    await throttle.charge(counters);
    const row = await db.query
      .updateTable('people_invites')
      .set({ principal_id: newId() })
      .where('secret_hash', '=', sha256(secret))
      .where('principal_id', 'is', null)
      .where('revoked', '=', 0)
      .where('expires_utc', '>', clock.now())
      .returning(['principal_id', 'invite_id', 'room_id', 'expires_utc'])
      .executeTakeFirst();
    const principal = row?.principal_id ? await loadPrincipal(db, row.principal_id) : undefined;
    if (!row || !principal) {
      await audit.write({
        action: 'invite.open',
        principalId: 'unknown',
        allowed: false,
        details: { address },
      });
      throw refuse('closed', 'This link has ended or was opened before; ask for a new one.');
    }
    await throttle.giveBack(counters);
    await audit.write({
      action: 'invite.open',
      principalId: principal.principalId,
      roomId: row.room_id,
      allowed: true,
      details: { inviteId: row.invite_id, address },
    });
    return sessions.begin(principal, row.expires_utc);
  }
}
