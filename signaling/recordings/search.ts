/** The list of recordings: newest first, page by page behind the last row seen, so that new ones shift nothing. */
import { sql } from 'kysely';
import type { Keyring } from '../people/keyring.ts';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import type { RecordingQuery } from '../protocol/recordings.ts';
import { keepsRecordings } from './access.ts';
import type { RecordingRow } from './rows.ts';
import type { RecordingDatabase, RecordingTables } from './tables.ts';
import { queriedWords, type WordKind, wordHash } from './words.ts';

const PAGE = 50;
const BEFORE = /^(\d{1,16})\.([A-Za-z0-9][A-Za-z0-9_-]{0,63})$/;

export interface FoundPage {
  readonly rows: readonly RecordingRow[];
  /** For the next page; undefined at the end. */
  readonly before: string | undefined;
}

/** Rows that fit the query and that the principal may review. Throws `bad-request` for a damaged `before`. */
export async function searchRecordings(
  db: RecordingDatabase,
  keyring: Keyring,
  principal: Principal,
  query: RecordingQuery,
): Promise<FoundPage> {
  const limit = query.limit ?? PAGE;
  let rows = visibleTo(db, principal)
    .where('r.state', '!=', 'none')
    .orderBy('r.started_utc', 'desc')
    .orderBy('r.room_id', 'desc')
    .limit(limit + 1);
  const { from, to, incidentId, unitId, gaps, drill, reviewed } = query;
  if (from !== undefined) rows = rows.where('r.started_utc', '>=', from);
  if (to !== undefined) rows = rows.where('r.started_utc', '<', to);
  if (incidentId !== undefined) rows = rows.where('r.incident_id', '=', incidentId);
  if (gaps !== undefined) rows = rows.where('r.gaps', gaps === 'with' ? '>' : '=', 0);
  if (drill === 'only' || drill === 'without') rows = rows.where('r.drill', '=', drill === 'only' ? 1 : 0);
  if (reviewed !== undefined) rows = rows.where('r.reviewed_utc', reviewed === 'yes' ? 'is not' : 'is', null);
  if (unitId !== undefined) {
    rows = rows.where('r.room_id', 'in', (inner) =>
      inner.selectFrom('recording_units').select('room_id').where('unit_id', '=', unitId),
    );
  }
  for (const { kind, words } of wordsOf(query)) {
    // A name without a letter or digit is the name of nobody.
    if (words.length === 0) return { rows: [], before: undefined };
    for (const word of words) rows = rows.where('r.room_id', 'in', roomsWith(db, keyring, kind, word));
  }
  if (query.before !== undefined) {
    const [, utc, roomId] = BEFORE.exec(query.before) ?? [];
    if (utc === undefined || roomId === undefined) {
      throw refuse('bad-request', 'before is what the last page answered.', { fields: ['before'] });
    }
    rows = rows.where((where) =>
      where.or([
        where('r.started_utc', '<', Number(utc)),
        where.and([where('r.started_utc', '=', Number(utc)), where('r.room_id', '<', roomId)]),
      ]),
    );
  }
  const found = await rows.execute();
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { rows: page, before: last && `${last.started_utc}.${last.room_id}` };
}

function wordsOf({ patient, person }: RecordingQuery): { kind: WordKind; words: string[] }[] {
  return [
    ...(patient === undefined ? [] : [{ kind: 'patient' as const, words: queriedWords(patient) }]),
    ...(person === undefined ? [] : [{ kind: 'person' as const, words: queriedWords(person) }]),
  ];
}

function roomsWith(db: RecordingDatabase, keyring: Keyring, kind: WordKind, word: string) {
  return db.query
    .selectFrom('recording_words')
    .select('room_id')
    .where('kind', '=', kind)
    .where('word', '=', wordHash(keyring, kind, word));
}

/** The same rule as `mayReview`, in SQL, so that pages are full. */
function visibleTo(db: RecordingDatabase, principal: Principal) {
  const all = db.query.selectFrom('recordings as r').selectAll('r');
  if (keepsRecordings(principal)) return all;
  const units = [...(principal.operatesUnits ?? [])];
  return all.where((where) =>
    where.or([
      where('r.room_id', 'in', (inner) =>
        inner
          .selectFrom('recording_organisations')
          .select('room_id')
          .where('organisation_id', '=', principal.organisationId),
      ),
      units.length === 0
        ? sql<boolean>`1 = 0`
        : where('r.room_id', 'in', (inner) =>
            inner.selectFrom('recording_units').select('room_id').where('unit_id', 'in', units),
          ),
    ]),
  );
}

/** Unit ids by recording. */
export async function unitsOf(
  db: RecordingDatabase,
  roomIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const units = new Map<string, string[]>();
  if (roomIds.length === 0) return units;
  const rows: RecordingTables['recording_units'][] = await db.query
    .selectFrom('recording_units')
    .selectAll()
    .where('room_id', 'in', roomIds)
    .orderBy('unit_id')
    .execute();
  for (const { room_id, unit_id } of rows) units.set(room_id, [...(units.get(room_id) ?? []), unit_id]);
  return units;
}
