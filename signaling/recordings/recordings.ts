/** Opens everything about recordings on the signaling side: what the routes ask, and what follows rooms and recorders. */
import { type Clock, systemClock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { createLogger, type Logger } from '../../platform/log.ts';
import type { Database } from '../../platform/sql/database.ts';
import { migrate } from '../../platform/sql/migrate.ts';
import { Keyring } from '../people/keyring.ts';
import type { Audit, RoleFor } from '../people/types.ts';
import type { LogStore } from '../rooms/log-store.ts';
import { RecordingAudit } from './audited.ts';
import { RecordingCatalog } from './catalog.ts';
import { Fills } from './fills.ts';
import { Keeping } from './keeping.ts';
import { Looks } from './looks.ts';
import { Reasons } from './reasons.ts';
import { type RecorderAddress, Recorders } from './recorders.ts';
import { Retention } from './retention.ts';
import { RoomLogs } from './room-logs.ts';
import { DEFAULT_RETENTION_DAYS, type RetentionDays } from './rows.ts';
import { RECORDING_MIGRATIONS, type RecordingDatabase, type RecordingTables } from './tables.ts';
import { Visits } from './visits.ts';

/** Refusals that are decisions, and no faults. */
const DENIALS = new Set(['forbidden', 'not-found']);

export interface RecordingsOptions {
  readonly database: Database;
  /** The store of room logs on the same database. */
  readonly store: LogStore;
  /** 32 bytes: `readMasterKey(dataDir)`. */
  readonly masterKey: Uint8Array;
  readonly audit: Audit;
  readonly roleFor: RoleFor;
  /** Asked each time: a recorder that was started again may have another port. */
  readonly recorders: () => readonly RecorderAddress[];
  readonly retentionDays?: RetentionDays;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** False: the rule of retention runs only by `retention.run`, as tests do. Default true. */
  readonly timer?: boolean;
  /** How often a room's row is written while facts arrive, in milliseconds; 1000 unless told. */
  readonly flushMs?: number;
}

export interface Recordings {
  readonly db: RecordingDatabase;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly roleFor: RoleFor;
  readonly days: RetentionDays;
  readonly audit: RecordingAudit;
  readonly catalog: RecordingCatalog;
  readonly logs: RoomLogs;
  readonly reasons: Reasons;
  readonly visits: Visits;
  readonly looks: Looks;
  readonly keeping: Keeping;
  readonly retention: Retention;
  readonly recorders: Recorders;
  readonly fills: Fills;
  /** Writes down that somebody was refused. */
  refused(principalId: string, roomId: string, action: string, error: unknown): Promise<void>;
  /** Idempotent; the database and the audit stay open. */
  close(): Promise<void>;
}

/** Brings the tables up to date and opens all of it. `catalog.start` then reads what rooms have written since. */
export async function openRecordings(options: RecordingsOptions): Promise<Recordings> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger('signaling.recordings');
  const days = options.retentionDays ?? DEFAULT_RETENTION_DAYS;
  await migrate(options.database, 'recordings', RECORDING_MIGRATIONS);
  const db = options.database.withTables<RecordingTables>();
  const keyring = new Keyring(options.masterKey);
  const audit = new RecordingAudit(options.audit, log);
  const logs = new RoomLogs(options.store, options.masterKey);
  const recorders = new Recorders(options.recorders);
  const reasons = new Reasons(db, keyring, clock);
  const { database, flushMs } = options;
  const catalog = new RecordingCatalog({
    database,
    keyring,
    logs,
    recorders,
    clock,
    log,
    ...(flushMs === undefined ? {} : { flushMs }),
  });
  const keeping = new Keeping({ db, keyring, clock, recorders, logs });
  const timer = options.timer ?? true;
  const retention = new Retention({ db, clock, log, audit, keeping, days, timer });
  let closed: Promise<void> | undefined;
  return {
    db,
    keyring,
    clock,
    roleFor: options.roleFor,
    days,
    audit,
    catalog,
    logs,
    reasons,
    visits: new Visits(db, clock, reasons, audit),
    looks: new Looks(audit),
    keeping,
    retention,
    recorders,
    fills: new Fills({ logs, catalog, recorders }),
    async refused(principalId, roomId, action, error) {
      if (!isAppError(error) || !DENIALS.has(error.code)) return;
      await audit.write({ action, allowed: false, principalId, roomId, details: { code: error.code } });
    },
    close() {
      closed ??= retention.close().then(() => catalog.close());
      return closed;
    },
  };
}
