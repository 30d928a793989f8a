/**
 * Sessions: an opaque secret of 256 bits in a cookie, stored as its SHA-256. Everything a running call asks for comes
 * from the cache; the database is read when a cookie is seen for the first time, and written when something changes.
 */
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import type { Logger } from '../../platform/log.ts';
import type { Changes } from './changes.ts';
import { sha256 } from './keyring.ts';
import { loadPrincipal } from './principals.ts';
import type { PeopleDatabase, PeopleTransaction } from './tables.ts';
import type { Principal, Session, Sessions } from './types.ts';

export type EndReason = 'signed-out' | 'revoked' | 'expired';
type EndedListener = Parameters<Sessions['onEnded']>[0];

/** How long a guest may reload the page after the last sign of being in the room, once the invitation has ended. */
const GUEST_GRACE_MS = 600_000;
/** A larger difference between the two clocks, in milliseconds, is a machine's clock that was set. */
const CLOCK_SET_MS = 1000;
/** Uses are written this often; `idleMs` is minutes at least, so that other processes never see an end too early. */
const FLUSH_MS = 30_000;
const CLEAN_MS = 3_600_000;

interface Cached {
  readonly sid: string;
  readonly hash: string;
  principal: Principal;
  expiresAt: number;
  /** Uses after this moment are in memory only. */
  written: number;
}

export interface SessionOptions {
  readonly db: PeopleDatabase;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly log: Logger;
  /** A session without any use ends after this many milliseconds. */
  readonly idleMs: number;
  /** How often ended sessions are looked for, in milliseconds; 0 leaves it to `sweep`. */
  readonly sweepMs: number;
}

export class SessionStore implements Sessions {
  readonly #options: SessionOptions;
  readonly #bySid = new Map<string, Cached>();
  readonly #sidByHash = new Map<string, string>();
  readonly #listeners = new Set<EndedListener>();
  readonly #timer: NodeJS.Timeout | undefined;
  #sweeping = false;
  #cleanedAt = 0;
  /** Both clocks when they were last looked at. */
  #seen: { utc: number; monotonic: number };

  constructor(options: SessionOptions) {
    this.#options = options;
    const { changes, clock } = options;
    this.#seen = { utc: clock.now(), monotonic: clock.monotonic() };
    changes.on('session', (sid, reason) => this.#drop(sid, parseReason(reason)));
    changes.on('principal', (id) => this.#reload((principal) => principal.principalId === id));
    changes.on('organisation', (id) => this.#reload((principal) => principal.organisationId === id));
    changes.onLost(() => this.#readAnew());
    if (options.sweepMs > 0) {
      this.#timer = setInterval(() => void this.#sweepQuietly(), options.sweepMs);
      this.#timer.unref();
    }
  }

  /**
   * Begins a session; the secret goes into the cookie and nowhere else.
   * @param endsAt UTC milliseconds; for guests, whose session ends with their invitation
   */
  async begin(principal: Principal, endsAt?: number): Promise<{ session: Session; secret: string }> {
    const secret = newSecret(256);
    const now = this.#now();
    const cached: Cached = {
      sid: newId(),
      hash: sha256(secret),
      principal,
      expiresAt: endsAt ?? now + this.#options.idleMs,
      written: now,
    };
    await this.#options.db.query
      .insertInto('people_sessions')
      .values({
        sid: cached.sid,
        secret_hash: cached.hash,
        principal_id: principal.principalId,
        ends_utc: cached.expiresAt,
        ended: null,
      })
      .execute();
    this.#keep(cached);
    return { session: toSession(cached), secret };
  }

  async find(secret: string): Promise<Session | undefined> {
    const hash = sha256(secret);
    const sid = this.#sidByHash.get(hash);
    const cached = (sid === undefined ? undefined : this.#bySid.get(sid)) ?? (await this.#load(hash));
    if (!cached || this.#isOver(cached)) return undefined;
    // Guests stay by being in the room, not by asking the HTTP interface.
    if (cached.principal.kind !== 'guest') this.touch(cached.sid);
    return toSession(cached);
  }

  isLive(sid: string): boolean {
    const cached = this.#bySid.get(sid);
    return cached !== undefined && !this.#isOver(cached);
  }

  current(sid: string): Session | undefined {
    const cached = this.#bySid.get(sid);
    return cached && this.isLive(sid) ? toSession(cached) : undefined;
  }

  touch(sid: string): void {
    const cached = this.#bySid.get(sid);
    if (!cached) return;
    const now = this.#now();
    const more = cached.principal.kind === 'guest' ? GUEST_GRACE_MS : this.#options.idleMs;
    cached.expiresAt = Math.max(cached.expiresAt, now + more);
  }

  onEnded(listener: EndedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends one session now, here and within two seconds elsewhere. Idempotent. */
  async end(sid: string, reason: EndReason): Promise<void> {
    const { changes, clock } = this.#options;
    await changes.commit(clock.now(), async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('people_sessions')
        .set({ ended: reason })
        .where('sid', '=', sid)
        .where('ended', 'is', null)
        .executeTakeFirstOrThrow();
      const changed = numUpdatedRows > 0n;
      return { result: changed, changes: changed ? [{ kind: 'session', subject: sid, detail: reason }] : [] };
    });
  }

  /** Ends all sessions of a principal, except one, inside the transaction that takes the right away. */
  async endAll(trx: PeopleTransaction, principalId: string, exceptSid = ''): Promise<void> {
    const rows = await trx
      .updateTable('people_sessions')
      .set({ ended: 'revoked' })
      .where('principal_id', '=', principalId)
      .where('sid', '!=', exceptSid)
      .where('ended', 'is', null)
      .returning('sid')
      .execute();
    const utc = this.#options.clock.now();
    for (const { sid } of rows) {
      await this.#options.changes.record(trx, { kind: 'session', subject: sid, detail: 'revoked' }, utc);
    }
  }

  /** Writes uses, and ends what nobody used for too long; sessions of other processes' rooms are read again first. */
  async sweep(): Promise<void> {
    const { db } = this.#options;
    const now = this.#now();
    for (const cached of [...this.#bySid.values()]) {
      if (cached.expiresAt <= now) await this.#refresh(cached);
      if (cached.expiresAt <= now) {
        await this.end(cached.sid, 'expired');
        // The row may have ended long ago without a change for us to read.
        this.#drop(cached.sid, 'expired');
      } else if (now - cached.written >= FLUSH_MS) {
        const { expiresAt } = cached;
        await db.query
          .updateTable('people_sessions')
          .set({ ends_utc: expiresAt })
          .where('sid', '=', cached.sid)
          .where('ends_utc', '<', expiresAt)
          .execute();
        cached.written = now;
      }
    }
    await this.#clean(now);
  }

  /** Removes rows that nobody can use any more. */
  async #clean(now: number): Promise<void> {
    if (now - this.#cleanedAt < CLEAN_MS) return;
    this.#cleanedAt = now;
    await this.#options.db.query
      .deleteFrom('people_sessions')
      .where('ends_utc', '<', now - CLEAN_MS)
      .execute();
  }

  /** Writes the last uses; the sessions themselves stay. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#listeners.clear();
    await this.#sweepQuietly();
    this.#bySid.clear();
    this.#sidByHash.clear();
  }

  async #load(hash: string): Promise<Cached | undefined> {
    const { db, clock } = this.#options;
    const row = await db.query
      .selectFrom('people_sessions')
      .select(['sid', 'principal_id', 'ends_utc'])
      .where('secret_hash', '=', hash)
      .where('ended', 'is', null)
      .executeTakeFirst();
    if (!row || row.ends_utc <= clock.now()) return undefined;
    const principal = await loadPrincipal(db, row.principal_id);
    if (!principal) return undefined;
    const cached = { sid: row.sid, hash, principal, expiresAt: row.ends_utc, written: clock.now() };
    // Ended while it was loaded: the change that says so may have passed before this entry was there to be dropped.
    const still = await db.query
      .selectFrom('people_sessions')
      .select('sid')
      .where('sid', '=', row.sid)
      .where('ended', 'is', null)
      .executeTakeFirst();
    if (!still) return undefined;
    return this.#bySid.get(row.sid) ?? this.#keep(cached);
  }

  async #refresh(cached: Cached): Promise<void> {
    const row = await this.#options.db.query
      .selectFrom('people_sessions')
      .select('ends_utc')
      .where('sid', '=', cached.sid)
      .where('ended', 'is', null)
      .executeTakeFirst();
    if (row) cached.expiresAt = Math.max(cached.expiresAt, row.ends_utc);
  }

  #isOver(cached: Cached): boolean {
    // Before the end is read: looking at the clock may move it.
    const now = this.#now();
    return cached.expiresAt <= now;
  }

  /**
   * UTC in milliseconds. When the machine's clock was set, the ends of the sessions that are in use move along: that
   * hours passed is not true for them, and a running call must not end because a time server was found.
   */
  #now(): number {
    const { clock } = this.#options;
    const utc = clock.now();
    const monotonic = clock.monotonic();
    const setBy = Math.round(utc - this.#seen.utc - (monotonic - this.#seen.monotonic));
    this.#seen = { utc, monotonic };
    if (Math.abs(setBy) > CLOCK_SET_MS) {
      for (const cached of this.#bySid.values()) {
        cached.expiresAt += setBy;
        // Written at the next sweep, for other processes and for the next start.
        cached.written = utc - FLUSH_MS;
      }
    }
    return utc;
  }

  #keep(cached: Cached): Cached {
    this.#bySid.set(cached.sid, cached);
    this.#sidByHash.set(cached.hash, cached.sid);
    return cached;
  }

  #drop(sid: string, reason: EndReason): void {
    const cached = this.#bySid.get(sid);
    if (!cached) return;
    this.#bySid.delete(sid);
    this.#sidByHash.delete(cached.hash);
    for (const listener of this.#listeners) listener(sid, reason);
  }

  async #reload(concerns: (principal: Principal) => boolean): Promise<void> {
    for (const cached of [...this.#bySid.values()]) {
      if (!concerns(cached.principal)) continue;
      const principal = await loadPrincipal(this.#options.db, cached.principal.principalId);
      if (principal) cached.principal = principal;
      else this.#drop(cached.sid, 'revoked');
    }
  }

  async #readAnew(): Promise<void> {
    for (const { sid } of [...this.#bySid.values()]) {
      const row = await this.#options.db.query
        .selectFrom('people_sessions')
        .select('ended')
        .where('sid', '=', sid)
        .executeTakeFirst();
      if (!row || row.ended !== null) this.#drop(sid, parseReason(row?.ended ?? 'expired'));
    }
    await this.#reload(() => true);
  }

  async #sweepQuietly(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    try {
      await this.sweep();
    } catch (error) {
      // Tried again at the next interval; meanwhile the cache decides.
      this.#options.log.warn({ error }, 'uses of sessions cannot be written');
    } finally {
      this.#sweeping = false;
    }
  }
}

function toSession({ sid, principal, expiresAt }: Cached): Session {
  return { sid, principal, expiresAt };
}

function parseReason(text: string): EndReason {
  return text === 'signed-out' || text === 'expired' ? text : 'revoked';
}
