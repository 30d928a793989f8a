/** What lists say of deleted recordings: when, by whom or by which rule, and to reviewers of the centre why. */
import type { Directory, Principal } from '../people/types.ts';
import type { RecordingSummary } from '../protocol/recordings.ts';
import { keepsRecordings } from './access.ts';
import { namesOf } from './custody.ts';
import type { Reasons } from './reasons.ts';
import type { RecordingRow } from './rows.ts';
import type { RecordingDatabase } from './tables.ts';

export type Deletion = NonNullable<RecordingSummary['deletion']>;

export interface TombstoneParts {
  readonly db: RecordingDatabase;
  readonly reasons: Reasons;
  readonly directory: Pick<Directory, 'principal'>;
}

/** The last deletion of each destroyed recording among these rows, by room id, as this principal may read it. */
export async function deletionsOf(
  { db, reasons, directory }: TombstoneParts,
  principal: Principal,
  rows: readonly RecordingRow[],
): Promise<ReadonlyMap<string, Deletion>> {
  const roomIds = rows.filter(({ state }) => state === 'destroyed').map(({ room_id }) => room_id);
  if (roomIds.length === 0) return new Map();
  const stones = await db.query
    .selectFrom('recording_tombstones')
    .select(['room_id', 'utc', 'by_id', 'reason_id', 'rule'])
    .where('room_id', 'in', roomIds)
    .orderBy('utc')
    .orderBy('tombstone_id')
    .execute();
  const names = await namesOf(
    directory,
    stones.map(({ by_id }) => by_id),
  );
  const tells = keepsRecordings(principal);
  const words = await reasons.read(
    stones.flatMap(({ reason_id }) => (tells && reason_id !== null ? [reason_id] : [])),
  );
  // In order of time, so that what stays is the deletion of the last purpose.
  return new Map(
    stones.map(({ room_id, utc, by_id, reason_id, rule }) => {
      const reason = reason_id === null ? undefined : words.get(reason_id);
      const by = rule === null ? (names.get(by_id) ?? by_id) : undefined;
      const deletion: Deletion = {
        utc,
        ...(by === undefined ? {} : { by }),
        ...(rule === null ? {} : { rule }),
        ...(reason === undefined ? {} : { reason }),
      };
      return [room_id, deletion];
    }),
  );
}
