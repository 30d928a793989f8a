/** Between rows of the catalog and what lists show; the sealed columns are opened and sealed here and nowhere else. */
import * as z from 'zod/mini';
import type { Keyring } from '../people/keyring.ts';
import { RecordingState, RecordingSummary } from '../protocol/recordings.ts';
import { Label, Reason, UtcMs } from '../protocol/values.ts';
import type { RecordingTables } from './tables.ts';

export type RecordingRow = RecordingTables['recordings'];
export const RETENTION_CLASSES = ['standard', 'short', 'long', 'drill'] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];
/** Days that recordings of a class are kept after the room has closed. */
export type RetentionDays = Readonly<Record<RetentionClass, number>>;

/**
 * `standard`: at least what rules for internet diagnosis in China ask of sound and pictures (3 years); `long`: as long as
 * the patient record there (15 years); `short`: trauma video review without consent (21 days); `drill`: a course.
 */
export const DEFAULT_RETENTION_DAYS: RetentionDays = { standard: 1096, short: 21, long: 5479, drill: 90 };
const DAY_MS = 86_400_000;

const People = z.array(Label);
const Patients = RecordingSummary.shape.patients;
const Hold = z.strictObject({ byId: z.string(), by: Label, reason: Reason, since: UtcMs });
const Reviewed = z.strictObject({ byId: z.string(), by: Label });
export type Hold = z.infer<typeof Hold>;

type Column = 'title' | 'people' | 'patients' | 'hold' | 'reviewed';

/** Seals one column of one recording, so that no two can be swapped. */
export function sealColumn(keyring: Keyring, roomId: string, column: Column, value: unknown): string {
  return keyring.seal(JSON.stringify(value), `recording ${column} ${roomId}`);
}

function openColumn<S extends z.ZodMiniType>(
  keyring: Keyring,
  roomId: string,
  column: Column,
  sealed: string,
  schema: S,
): z.infer<S> {
  return schema.parse(JSON.parse(keyring.open(sealed, `recording ${column} ${roomId}`)));
}

export interface SummaryParts {
  readonly keyring: Keyring;
  readonly days: RetentionDays;
  /** UTC milliseconds. */
  readonly now: number;
}

/** What a list shows of a recording. */
export function summaryOf(
  { keyring, days, now }: SummaryParts,
  row: RecordingRow,
  unitIds: readonly string[],
): RecordingSummary {
  const id = row.room_id;
  const hold = holdOf(keyring, row);
  const reviewed =
    row.reviewed_sealed === null
      ? undefined
      : openColumn(keyring, id, 'reviewed', row.reviewed_sealed, Reviewed);
  const retentionClass = classOf(row);
  const state = RecordingState.parse(row.state);
  const running = state === 'recording' ? Math.max(0, now - row.started_utc) : 0;
  const after = deleteAfter(row, days);
  return {
    recordingId: id,
    incidentId: row.incident_id,
    title: openColumn(keyring, id, 'title', row.title_sealed, Label),
    drill: row.drill === 1,
    state,
    startedUtc: row.started_utc,
    durationMs: Math.max(row.duration_ms, running),
    bytes: row.bytes,
    tracks: row.tracks,
    gaps: row.gaps,
    unitIds: [...unitIds],
    people: openColumn(keyring, id, 'people', row.people_sealed, People),
    patients: openColumn(keyring, id, 'patients', row.patients_sealed, Patients),
    ...(row.verified === null ? {} : { verified: row.verified === 1 }),
    ...(reviewed === undefined ? {} : { reviewedBy: reviewed.by }),
    ...(hold === undefined ? {} : { legalHold: { by: hold.by, reason: hold.reason, since: hold.since } }),
    retentionClass,
    ...(after === undefined ? {} : { deleteAfter: after }),
  };
}

export function holdOf(keyring: Keyring, row: RecordingRow): Hold | undefined {
  if (row.hold_sealed === null) return undefined;
  return openColumn(keyring, row.room_id, 'hold', row.hold_sealed, Hold);
}

export function classOf(row: RecordingRow): RetentionClass {
  return z.enum(RETENTION_CLASSES).parse(row.retention_class);
}

/** UTC milliseconds after which the rule deletes; undefined while the room goes on, under legal hold, and when it is done. */
export function deleteAfter(row: RecordingRow, days: RetentionDays): number | undefined {
  if (row.ended_utc === null || row.hold_sealed !== null || row.state === 'destroyed') return undefined;
  return row.ended_utc + days[classOf(row)] * DAY_MS;
}

/** Rooms that closed before this belong to what the rule deletes. */
export function dueBefore(retentionClass: RetentionClass, days: RetentionDays, now: number): number {
  return now - days[retentionClass] * DAY_MS;
}
