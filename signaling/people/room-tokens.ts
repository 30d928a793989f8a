/** Room tokens: JSON Web Tokens (RFC 7519) signed with ES256 and nothing else, checked as RFC 8725 asks. */
import jwt from 'jsonwebtoken';
import * as z from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import type { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { RoomClaims } from '../protocol/token.ts';
import { Id } from '../protocol/values.ts';
import type { Changes } from './changes.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { PeopleDatabase } from './tables.ts';
import type { RoomTokens } from './types.ts';

/** The whole header that we write; one with `jwk`, `jku`, `x5u` or `crit` is not ours. */
const Header = z.strictObject({ alg: z.literal('ES256'), typ: z.literal('JWT'), kid: Id });

export interface RoomTokenOptions {
  readonly db: PeopleDatabase;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly keys: SigningKeys;
  readonly sessions: SessionStore;
  /** How long a token is valid, in milliseconds. */
  readonly tokenMs: number;
}

export class RoomTokenStore implements RoomTokens {
  readonly #options: RoomTokenOptions;
  /** UTC of the last revocation by principal and room; tokens from before it are dead. */
  readonly #revoked = new Map<string, number>();

  private constructor(options: RoomTokenOptions) {
    this.#options = options;
    options.changes.on('token', (principalId, detail) => {
      const [roomId = '', utc = ''] = detail.split(' ');
      this.#note(principalId, roomId, Number(utc));
    });
  }

  static async open(options: RoomTokenOptions): Promise<RoomTokenStore> {
    const tokens = new RoomTokenStore(options);
    options.changes.onLost(() => tokens.#read());
    await tokens.#read();
    return tokens;
  }

  async sign(claims: Parameters<RoomTokens['sign']>[0]): Promise<{ token: string; expiresAt: number }> {
    const { kid, privateKey } = await this.#options.keys.current();
    const now = Math.floor(this.#options.clock.now() / 1000);
    // Whole seconds: a token asked for in the very second of a removal must still count as a later one.
    const revoked = this.#revoked.get(`${claims.sub} ${claims.room}`);
    const iat = revoked === undefined ? now : Math.max(now, Math.floor(revoked / 1000) + 1);
    const exp = now + Math.ceil(this.#options.tokenMs / 1000);
    const payload = RoomClaims.parse({ ...claims, iss: 'goldenhour', aud: 'room', jti: newId(), iat, exp });
    return {
      token: jwt.sign(payload, privateKey, { algorithm: 'ES256', keyid: kid }),
      expiresAt: exp * 1000,
    };
  }

  /** Throws `unauthenticated`, with one message whatever is wrong. */
  async verify(token: string): Promise<RoomClaims> {
    const header = Header.safeParse(jwt.decode(token, { complete: true })?.header);
    const key = header.success ? await this.#options.keys.publicKey(header.data.kid) : undefined;
    if (!key) throw refused();
    let payload: unknown;
    try {
      payload = jwt.verify(token, key, {
        algorithms: ['ES256'],
        issuer: 'goldenhour',
        audience: 'room',
        clockTimestamp: Math.floor(this.#options.clock.now() / 1000),
      });
    } catch (error) {
      if (error instanceof jwt.JsonWebTokenError) throw refused();
      throw error;
    }
    const claims = RoomClaims.safeParse(payload);
    if (!claims.success || this.isRevoked(claims.data)) throw refused();
    return claims.data;
  }

  /**
   * Staff may ask for a new token and come back by an act of their own; a guest, who has no other room, is signed out.
   */
  async revoke(principalId: string, roomId: string): Promise<void> {
    const { changes, clock, sessions, tokenMs } = this.#options;
    const utc = clock.now();
    await changes.commit(utc, async (trx) => {
      await trx
        .insertInto('people_token_revocations')
        .values({ principal_id: principalId, room_id: roomId, revoked_utc: utc })
        .onConflict((conflict) =>
          conflict.columns(['principal_id', 'room_id']).doUpdateSet({ revoked_utc: utc }),
        )
        .execute();
      // What it revoked has expired since; a margin for clocks that differ between machines.
      await trx
        .deleteFrom('people_token_revocations')
        .where('revoked_utc', '<', utc - 2 * tokenMs)
        .execute();
      const guest = await trx
        .selectFrom('people_invites')
        .select('invite_id')
        .where('principal_id', '=', principalId)
        .executeTakeFirst();
      const byLink = await trx
        .selectFrom('people_link_guests')
        .select('link_id')
        .where('principal_id', '=', principalId)
        .executeTakeFirst();
      if (guest || byLink) await sessions.endAll(trx, principalId);
      return {
        result: undefined,
        changes: [{ kind: 'token', subject: principalId, detail: `${roomId} ${utc}` }],
      };
    });
  }

  /** Also true when the session behind the token has ended. */
  isRevoked(claims: RoomClaims): boolean {
    const revoked = this.#revoked.get(`${claims.sub} ${claims.room}`);
    if (revoked !== undefined && claims.iat * 1000 <= revoked) return true;
    return !this.#options.sessions.isLive(claims.sid);
  }

  async #read(): Promise<void> {
    const rows = await this.#options.db.query.selectFrom('people_token_revocations').selectAll().execute();
    for (const row of rows) this.#note(row.principal_id, row.room_id, row.revoked_utc);
  }

  #note(principalId: string, roomId: string, utc: number): void {
    const key = `${principalId} ${roomId}`;
    this.#revoked.set(key, Math.max(utc, this.#revoked.get(key) ?? 0));
    const dead = this.#options.clock.now() - 2 * this.#options.tokenMs;
    for (const [old, revokedUtc] of this.#revoked) if (revokedUtc < dead) this.#revoked.delete(old);
  }
}

function refused(): AppError {
  return refuse('unauthenticated', 'The room token is not valid (any more); ask for a new one.');
}
