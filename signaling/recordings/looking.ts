/** Who stands in front of a recording: the visit, the row, and as whom its log is read. */
import { isAppError } from '../../platform/errors.ts';
import { refuse } from '../people/refuse.ts';
import type { Principal, Session } from '../people/types.ts';
import type { RecordingSummary } from '../protocol/recordings.ts';
import { isReviewer, mayReview, rewindsAs } from './access.ts';
import { assertBasis } from './basis.ts';
import type { Found } from './catalog.ts';
import type { Recordings } from './recordings.ts';
import { summaryOf } from './rows.ts';
import type { Reader } from './view.ts';
import type { OpenVisit } from './visits.ts';

export interface Admitted {
  readonly found: Found;
  readonly reader: Reader;
}

export interface Look extends Admitted {
  readonly visit: OpenVisit;
  readonly principal: Principal;
}

/**
 * Whether this principal may look now. Throws `forbidden` for whoever neither reviews nor sits in the room, and
 * `not-found` for reviewers of other organisations, who must not learn that the recording exists.
 */
export async function admit(recordings: Recordings, principal: Principal, roomId: string): Promise<Admitted> {
  const found = await findOrNothing(recordings, roomId);
  if (found && mayReview(principal, found.took)) {
    const { principalId, organisationId } = principal;
    return { found, reader: { as: 'reviewer', principalId, organisationId } };
  }
  if (found?.row.state === 'recording') {
    const { state } = await recordings.logs.read(roomId);
    const viewer = rewindsAs(principal, state, recordings.roleFor);
    if (viewer) return { found, reader: { as: 'rewind', viewer } };
  }
  if (isReviewer(principal)) throw refuse('not-found', 'There is no such recording.');
  throw refuse('forbidden', 'Only reviewers look at recordings, and in a room that goes on those who treat.');
}

/** Everything a request below a visit needs. Throws like `admit`, and `forbidden` with the reason `visit` or `basis`. */
export async function look(
  recordings: Recordings,
  session: Session,
  roomId: string,
  visitId: string,
): Promise<Look> {
  const { principal } = session;
  const admitted = await admit(recordings, principal, roomId);
  const visit = await recordings.visits.check(visitId, roomId, session);
  await assertBasis(recordings.logs, admitted.found.row, visit.purpose);
  return { ...admitted, visit, principal };
}

/** The same for what only reviewers do. Throws `forbidden` for whoever looks back in a room that goes on. */
export async function lookAsReviewer(
  recordings: Recordings,
  session: Session,
  roomId: string,
  visitId: string,
): Promise<Look> {
  const found = await look(recordings, session, roomId, visitId);
  if (found.reader.as === 'reviewer') return found;
  throw refuse('forbidden', 'Only reviewers may do this.');
}

/** The recorder that holds the package. Throws `closed` for a deleted recording and `media-unavailable` for an unknown place. */
export function nodeOf({ row }: Found): string {
  if (row.state === 'destroyed') {
    throw refuse('closed', 'This recording was deleted; only the proof is left.', { reason: 'destroyed' });
  }
  if (row.node_id !== null) return row.node_id;
  throw refuse('media-unavailable', 'No recorder has told of this recording yet.', {
    reason: 'recorder',
    retryAfterMs: 2000,
  });
}

export function summaryOfFound(recordings: Recordings, { row, took }: Found): RecordingSummary {
  const { keyring, days, clock } = recordings;
  return summaryOf({ keyring, days, now: clock.now() }, row, took.unitIds);
}

async function findOrNothing(recordings: Recordings, roomId: string): Promise<Found | undefined> {
  try {
    return await recordings.catalog.find(roomId);
  } catch (error) {
    if (isAppError(error, 'not-found')) return undefined;
    throw error;
  }
}
