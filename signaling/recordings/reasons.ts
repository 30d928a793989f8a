/**
 * Reasons that people give. They are words, so they do not stand in the audit, whose rows can never be deleted: the audit
 * names them by id, and they stand here, sealed, for auditors to read.
 */
import * as z from 'zod/mini';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../platform/sql/database.ts';
import { migrate } from '../../platform/sql/migrate.ts';
import type { AuditEntry } from '../people/audit.ts';
import { Keyring } from '../people/keyring.ts';
import { RECORDING_MIGRATIONS, type RecordingDatabase, type RecordingTables } from './tables.ts';

const Details = z.record(z.string(), z.unknown());

/** A row of the audit with its details opened, and the reason where it names one. */
export interface ReasonedEntry extends Omit<AuditEntry, 'details' | 'hash'> {
  readonly details: Record<string, unknown>;
  readonly reason?: string;
}

/** The reasons of an installation, for commands that open nothing else of recordings. */
export async function openReasons(database: Database, masterKey: Uint8Array): Promise<Reasons> {
  await migrate(database, 'recordings', RECORDING_MIGRATIONS);
  return new Reasons(database.withTables<RecordingTables>(), new Keyring(masterKey), systemClock);
}

export class Reasons {
  readonly #db: RecordingDatabase;
  readonly #keyring: Keyring;
  readonly #clock: Clock;

  constructor(db: RecordingDatabase, keyring: Keyring, clock: Clock) {
    this.#db = db;
    this.#keyring = keyring;
    this.#clock = clock;
  }

  /** Keeps a reason and returns its id, for the audit. */
  async keep(roomId: string, principalId: string, reason: string): Promise<string> {
    const reasonId = newId();
    await this.#db.query
      .insertInto('recording_reasons')
      .values({
        reason_id: reasonId,
        room_id: roomId,
        principal_id: principalId,
        utc: this.#clock.now(),
        sealed: this.#keyring.seal(reason, `recording reason ${reasonId}`),
      })
      .execute();
    return reasonId;
  }

  /** The reasons of these ids; unknown ones are left out. */
  async read(reasonIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (reasonIds.length === 0) return new Map();
    const rows = await this.#db.query
      .selectFrom('recording_reasons')
      .select(['reason_id', 'sealed'])
      .where('reason_id', 'in', reasonIds)
      .execute();
    return new Map(
      rows.map(({ reason_id, sealed }) => [
        reason_id,
        this.#keyring.open(sealed, `recording reason ${reason_id}`),
      ]),
    );
  }

  /** Rows of the audit as auditors read them. */
  async withReasons(rows: readonly AuditEntry[]): Promise<ReasonedEntry[]> {
    const opened = rows.map(({ details, hash: _, ...row }) => ({
      row,
      details: Details.parse(JSON.parse(details)),
    }));
    const ids = opened.flatMap(({ details: { reasonId } }) =>
      typeof reasonId === 'string' ? [reasonId] : [],
    );
    const reasons = await this.read(ids);
    return opened.map(({ row, details }) => {
      const reason = typeof details.reasonId === 'string' ? reasons.get(details.reasonId) : undefined;
      return { ...row, details, ...(reason === undefined ? {} : { reason }) };
    });
  }
}
