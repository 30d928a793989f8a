/**
 * Reasons that people give. They are words, so they do not stand in the audit, whose rows can never be deleted: the audit
 * names them by id, and they stand here, sealed, for auditors to read.
 */
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { Keyring } from '../people/keyring.ts';
import type { RecordingDatabase } from './tables.ts';

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
}
