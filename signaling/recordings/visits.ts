/**
 * Visits: who looks at which recording, for what purpose and why, asked once. A visit is bound to the session that opened
 * it and ends after eight hours, the length of a shift; every look below it is checked again against what the person may
 * do now.
 */
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { refuse } from '../people/refuse.ts';
import type { Session } from '../people/types.ts';
import { Purpose, type Visit } from '../protocol/recordings.ts';
import type { RecordingAudit } from './audited.ts';
import type { Reasons } from './reasons.ts';
import type { RecordingDatabase } from './tables.ts';

export const VISIT_MS = 8 * 3_600_000;

export interface OpenVisit {
  readonly visitId: string;
  readonly purpose: Purpose;
  readonly reasonId: string;
}

export class Visits {
  readonly #db: RecordingDatabase;
  readonly #clock: Clock;
  readonly #reasons: Reasons;
  readonly #audit: RecordingAudit;

  constructor(db: RecordingDatabase, clock: Clock, reasons: Reasons, audit: RecordingAudit) {
    this.#db = db;
    this.#clock = clock;
    this.#reasons = reasons;
    this.#audit = audit;
  }

  /** Opens a visit for somebody who may look; `as` is the code of why. Throws `store-unavailable` without an audit. */
  async open(
    roomId: string,
    { sid, principal: { principalId } }: Session,
    given: { purpose: Purpose; reason: string },
    as: 'reviewer' | 'rewind',
  ): Promise<Visit> {
    const visitId = newId();
    const expiresAt = this.#clock.now() + VISIT_MS;
    const reasonId = await this.#reasons.keep(roomId, principalId, given.reason);
    await this.#audit.write({
      action: 'recording.open',
      allowed: true,
      principalId,
      roomId,
      details: { visitId, purpose: given.purpose, reasonId, as },
    });
    await this.#db.query
      .deleteFrom('recording_visits')
      .where('expires_utc', '<', this.#clock.now())
      .execute();
    await this.#db.query
      .insertInto('recording_visits')
      .values({
        visit_id: visitId,
        room_id: roomId,
        sid,
        principal_id: principalId,
        purpose: given.purpose,
        reason_id: reasonId,
        expires_utc: expiresAt,
      })
      .execute();
    return { visitId, expiresAt };
  }

  /**
   * The visit, if it is one of this session to this recording. Throws `forbidden` with the reason `visit` for all others
   * alike: unknown, expired, of another session or to another recording.
   */
  async check(visitId: string, roomId: string, session: Session): Promise<OpenVisit> {
    const row = await this.#db.query
      .selectFrom('recording_visits')
      .select(['purpose', 'reason_id'])
      .where('visit_id', '=', visitId)
      .where('room_id', '=', roomId)
      .where('sid', '=', session.sid)
      .where('principal_id', '=', session.principal.principalId)
      .where('expires_utc', '>', this.#clock.now())
      .executeTakeFirst();
    if (!row) throw refuse('forbidden', 'Say again why you open this recording.', { reason: 'visit' });
    return { visitId, purpose: Purpose.parse(row.purpose), reasonId: row.reason_id };
  }
}
