/**
 * What the patient's basis leaves of the purposes of a recording. Care and evidence stand on the emergency itself; quality
 * and teaching need that nobody in the pictures has refused. Pictures of a scene cannot be told apart by patient, so one
 * refusal counts for the whole recording, as long as no later basis takes its place.
 */
import { refuse } from '../people/refuse.ts';
import type { Purpose } from '../protocol/recordings.ts';
import type { RoomState } from '../protocol/state.ts';
import type { RoomLogs } from './room-logs.ts';
import type { RecordingRow } from './rows.ts';

const NEED_NO_REFUSAL: ReadonlySet<Purpose> = new Set(['quality', 'teaching']);

/** Pure: whether a recording of a room in this state may be looked at for a purpose. */
export function basisAllows({ bases }: RoomState['bystander'], purpose: Purpose): boolean {
  if (!NEED_NO_REFUSAL.has(purpose)) return true;
  return Object.values(bases).every(({ basis }) => basis !== 'refused');
}

/**
 * Throws `forbidden` with the reason `basis`, also for a visit that was opened before the refusal. Of a recording that was
 * destroyed nothing is left to look at, nor the words that say what was refused.
 */
export async function assertBasis(
  logs: Pick<RoomLogs, 'read'>,
  row: Pick<RecordingRow, 'room_id' | 'state'>,
  purpose: Purpose,
): Promise<void> {
  if (!NEED_NO_REFUSAL.has(purpose) || row.state === 'destroyed') return;
  const { state } = await logs.read(row.room_id);
  if (basisAllows(state.bystander, purpose)) return;
  throw refuse('forbidden', 'The patient has refused this purpose; the recording serves care and evidence.', {
    reason: 'basis',
  });
}
