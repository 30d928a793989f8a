/**
 * The rule of retention: once a day, what its class has run out of is deleted, by `system`, audited like any deletion.
 * Legal hold wins in the statement that claims a recording, so that one put on at the same moment still counts.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import { PURPOSES } from '../protocol/recordings.ts';
import type { RecordingAudit } from './audited.ts';
import type { Keeping } from './keeping.ts';
import { dueBefore, RETENTION_CLASSES, type RetentionDays } from './rows.ts';
import type { RecordingDatabase } from './tables.ts';

const DAY_MS = 86_400_000;
/** The first run waits until a start has settled, in milliseconds. */
const FIRST_MS = 600_000;
const BATCH = 50;

export interface RetentionParts {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: RecordingAudit;
  readonly keeping: Keeping;
  readonly days: RetentionDays;
  /** False: only `run` deletes, as tests do. */
  readonly timer: boolean;
}

export class Retention {
  readonly #parts: RetentionParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<number> | undefined;
  #closed = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    if (parts.timer) this.#schedule(FIRST_MS);
  }

  /** Deletes what is due and answers how many recordings that were. One that fails is left for the next day. */
  run(): Promise<number> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running?.catch(() => 0);
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.run()
        .catch((error: unknown) => this.#parts.log.error({ error }, 'the rule of retention did not run'))
        .finally(() => {
          if (!this.#closed) this.#schedule(DAY_MS);
        });
    }, afterMs);
    this.#timer.unref();
  }

  async #run(): Promise<number> {
    let destroyed = 0;
    for (const retentionClass of RETENTION_CLASSES) {
      let after = '';
      for (;;) {
        const due = await this.#due(retentionClass, after);
        for (const roomId of due) {
          if (this.#closed) return destroyed;
          if (await this.#destroy(roomId, `retention-${retentionClass}`)) destroyed += 1;
        }
        const last = due.at(-1);
        if (last === undefined || due.length < BATCH) break;
        after = last;
      }
    }
    return destroyed;
  }

  async #due(retentionClass: (typeof RETENTION_CLASSES)[number], after: string): Promise<string[]> {
    const { db, clock, days } = this.#parts;
    const rows = await db.query
      .selectFrom('recordings')
      .select('room_id')
      .where('retention_class', '=', retentionClass)
      .where('ended_utc', '<', dueBefore(retentionClass, days, clock.now()))
      .where('hold_sealed', 'is', null)
      .where('state', 'not in', ['none', 'recording', 'destroyed'])
      .where('room_id', '>', after)
      .orderBy('room_id')
      .limit(BATCH)
      .execute();
    return rows.map(({ room_id }) => room_id);
  }

  async #destroy(roomId: string, rule: string): Promise<boolean> {
    const { audit, log } = this.#parts;
    const record = { action: 'recording.destroy', principalId: 'system', roomId };
    try {
      await audit.write({ ...record, allowed: true, details: { rule, purposes: PURPOSES.join('/') } });
      await this.#destroyOrSay(record, rule);
      return true;
    } catch (error) {
      log.warn({ roomId, rule, error }, 'a recording that is due could not be deleted');
      return false;
    }
  }

  async #destroyOrSay(record: { action: string; principalId: string; roomId: string }, rule: string) {
    const { audit, keeping } = this.#parts;
    try {
      await keeping.destroy(record.roomId, PURPOSES, { byId: 'system', rule });
    } catch (error) {
      await audit.failed({ ...record, details: { rule } }, error);
      throw error;
    }
  }
}
