/**
 * The audit: append-only rows, each holding the hash of the one before it, so that a changed, removed or moved row shows.
 * There is no code that changes or deletes a row. Cutting off the end shows only against a head kept elsewhere: give
 * `head()` to something outside this database from time to time.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { isUniqueViolation } from '../../platform/sql/store-errors.ts';
import type { PeopleDatabase, PeopleTables } from './tables.ts';
import type { Audit } from './types.ts';

type Row = PeopleTables['people_audit'];
type AuditRecord = Parameters<Audit['write']>[0];

/** One row as auditors read it. */
export interface AuditEntry {
  readonly seq: number;
  readonly utc: number;
  readonly action: string;
  readonly allowed: boolean;
  readonly principalId: string;
  readonly roomId?: string;
  readonly details: string;
  readonly hash: string;
}
export type ChainCheck =
  | { readonly ok: true; readonly rows: number; readonly head: string }
  | { readonly ok: false; readonly brokenAt: number };

const GENESIS = '0'.repeat(64);
/** Ids, codes, numbers and addresses; a sentence or a name with spaces does not fit. */
const CODE = /^[A-Za-z0-9:][A-Za-z0-9._:@/-]{0,255}$/;
const WRITE_MS = 5000;
const TRIES = 20;
const PAGE = 1000;

export class AuditLog implements Audit {
  readonly #db: PeopleDatabase;
  readonly #clock: Clock;
  readonly #queue = new SerialQueue('audit');

  constructor(db: PeopleDatabase, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Appends one record, durable when it resolves. Throws `audit-not-codes` for words where codes belong, and what the
   * store throws when it is away: callers that open recordings must then refuse.
   */
  async write(record: AuditRecord): Promise<void> {
    const texts = [record.action, record.principalId, record.roomId, ...Object.values(record.details ?? {})];
    if (texts.some((text) => typeof text === 'string' && !CODE.test(text))) {
      throw new AppError(
        'audit-not-codes',
        `The audit of ${record.action.slice(0, 40)} holds more than ids and codes.`,
        {
          whatToDo: 'Give ids and codes only: names and words do not belong into the audit.',
        },
      );
    }
    await this.#queue.push('write', () => this.#append(record), { deadlineMs: WRITE_MS });
  }

  /** Newest first. @param options.before rows below this number; absent: from the end */
  async list(options: {
    readonly before?: number | undefined;
    readonly limit: number;
    readonly roomId?: string | undefined;
    readonly principalId?: string | undefined;
  }): Promise<readonly AuditEntry[]> {
    let query = this.#db.query
      .selectFrom('people_audit')
      .selectAll()
      .orderBy('seq', 'desc')
      .limit(options.limit);
    const { before, roomId, principalId } = options;
    if (before !== undefined) query = query.where('seq', '<', before);
    if (roomId !== undefined) query = query.where('room_id', '=', roomId);
    if (principalId !== undefined) query = query.where('principal_id', '=', principalId);
    return (await query.execute()).map((row) => ({
      seq: row.seq,
      utc: row.utc,
      action: row.action,
      allowed: row.allowed === 1,
      principalId: row.principal_id,
      ...(row.room_id === null ? {} : { roomId: row.room_id }),
      details: row.details,
      hash: row.hash,
    }));
  }

  /** The last row's number and hash, to be kept somewhere else. */
  async head(): Promise<{ seq: number; hash: string }> {
    const row = await this.#db.query
      .selectFrom('people_audit')
      .select(['seq', 'hash'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ?? { seq: 0, hash: GENESIS };
  }

  /** Reads the whole chain and says whether it holds, or at which number it breaks first. */
  async check(): Promise<ChainCheck> {
    let rows = 0;
    let head = GENESIS;
    for (;;) {
      const page = await this.#db.query
        .selectFrom('people_audit')
        .selectAll()
        .where('seq', '>', rows)
        .orderBy('seq')
        .limit(PAGE)
        .execute();
      for (const row of page) {
        rows += 1;
        if (row.seq !== rows || row.previous !== head || row.hash !== hashOf(row)) {
          return { ok: false, brokenAt: rows };
        }
        head = row.hash;
      }
      if (page.length < PAGE) return { ok: true, rows, head };
    }
  }

  close(): void {
    this.#queue.close();
  }

  /** Another process may take the same number: the primary key decides, and the slower one takes the next. */
  async #append(record: AuditRecord, tries = TRIES): Promise<void> {
    const last = await this.head();
    const row = {
      seq: last.seq + 1,
      utc: this.#clock.now(),
      action: record.action,
      allowed: record.allowed ? 1 : 0,
      principal_id: record.principalId,
      room_id: record.roomId ?? null,
      details: JSON.stringify(record.details ?? {}),
      previous: last.hash,
    };
    try {
      await this.#db.query
        .insertInto('people_audit')
        .values({ ...row, hash: hashOf(row) })
        .execute();
    } catch (error) {
      if (!isUniqueViolation(error) || tries <= 1) throw error;
      await this.#append(record, tries - 1);
    }
  }
}

function hashOf(row: Omit<Row, 'hash'>): string {
  const { seq, utc, action, allowed, principal_id, room_id, details, previous } = row;
  return createHash('sha256')
    .update(JSON.stringify([seq, utc, action, allowed, principal_id, room_id, details, previous]))
    .digest('hex');
}
