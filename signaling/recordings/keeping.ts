/**
 * How long recordings are kept: class, legal hold, review, and deletion. Deletion destroys the wrapped keys of purposes
 * at the recorder; with the last purpose the files go, the words of the catalog and the room's log key. What stays is a
 * tombstone: who, when, why, and the hashes that prove what it was.
 */
import type { Clock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Keyring } from '../people/keyring.ts';
import { refuse } from '../people/refuse.ts';
import { Destroyed } from '../protocol/recorder-http.ts';
import { PURPOSES, type Purpose } from '../protocol/recordings.ts';
import type { Recorders } from './recorders.ts';
import type { RoomLogs } from './room-logs.ts';
import { type RecordingRow, type RetentionClass, sealColumn } from './rows.ts';
import type { RecordingDatabase } from './tables.ts';

/** A deletion that did not end within this time is tried again, also by another process; in milliseconds. */
const DESTROYING_MS = 600_000;
const DESTROY_MS = 60_000;

export interface KeepingParts {
  readonly db: RecordingDatabase;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly recorders: Recorders;
  readonly logs: RoomLogs;
}

/** Who deletes and why: a person with a reason, or `system` by a rule. */
export type Cause =
  | { readonly byId: string; readonly reasonId: string }
  | { readonly byId: 'system'; readonly rule: string };

export class Keeping {
  readonly #parts: KeepingParts;

  constructor(parts: KeepingParts) {
    this.#parts = parts;
  }

  /**
   * Puts a recording under legal hold, or changes by whom and why. Throws `conflict` for one that is destroyed or being
   * destroyed at this moment: a hold that is answered holds.
   */
  async hold({ room_id: roomId }: RecordingRow, byId: string, by: string, reason: string): Promise<void> {
    const { db, keyring, clock } = this.#parts;
    const now = clock.now();
    const held = await db.query
      .updateTable('recordings')
      .set({ hold_sealed: sealColumn(keyring, roomId, 'hold', { byId, by, reason, since: now }) })
      .where('room_id', '=', roomId)
      .where('state', '!=', 'destroyed')
      .where((where) =>
        where.or([where('destroying_utc', 'is', null), where('destroying_utc', '<', now - DESTROYING_MS)]),
      )
      .returning('room_id')
      .executeTakeFirst();
    if (!held) throw await this.#whyNot(roomId);
  }

  async liftHold(row: RecordingRow): Promise<void> {
    await this.#set(row, { hold_sealed: null });
  }

  async setClass(row: RecordingRow, retentionClass: RetentionClass): Promise<void> {
    assertThere(row);
    await this.#set(row, { retention_class: retentionClass });
  }

  async reviewed(row: RecordingRow, byId: string, by: string): Promise<void> {
    const { keyring, clock } = this.#parts;
    await this.#set(row, {
      reviewed_sealed: sealColumn(keyring, row.room_id, 'reviewed', { byId, by }),
      reviewed_utc: clock.now(),
    });
  }

  /**
   * Destroys the keys of some purposes. The audit has to be written before. Throws `conflict` under legal hold, while the
   * room goes on, and while another process deletes; and what the recorder refuses with. Repeating it does no harm.
   */
  async destroy(roomId: string, purposes: readonly Purpose[], cause: Cause): Promise<void> {
    const row = await this.#claim(roomId);
    try {
      const done = await this.#destroyEverywhere(row, purposes);
      await this.#bury(row, purposes, cause, done);
    } catch (error) {
      await this.#set(row, { destroying_utc: null });
      throw error;
    }
  }

  /** At every recorder there is: a room that moved left a part behind on each host. All of them have to answer. */
  async #destroyEverywhere(row: RecordingRow, purposes: readonly Purpose[]): Promise<Destroyed> {
    const { recorders } = this.#parts;
    const nodeIds = recorders.nodeIds;
    if (nodeIds.length === 0 || (row.node_id !== null && !nodeIds.includes(row.node_id))) {
      throw refuse('media-unavailable', 'The recorder that holds this recording is away.', {
        reason: 'recorder',
      });
    }
    const done = await Promise.all(
      nodeIds.map((nodeId) =>
        recorders.json(nodeId, `/recordings/${row.room_id}/destroy`, Destroyed, {
          method: 'POST',
          json: { purposes, removeFiles: true },
          answerMs: DESTROY_MS,
        }),
      ),
    );
    const root = done.find((each) => each.root !== undefined)?.root;
    const manifest = done.find((each) => each.manifest !== undefined)?.manifest;
    return {
      purposes: PURPOSES.filter((purpose) => done.some((each) => each.purposes.includes(purpose))),
      filesRemoved: done.every(({ filesRemoved }) => filesRemoved),
      ...(root === undefined ? {} : { root }),
      ...(manifest === undefined ? {} : { manifest }),
    };
  }

  /** One process at a time; hold and state are checked in the same statement. */
  async #claim(roomId: string): Promise<RecordingRow> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    const row = await db.query
      .updateTable('recordings')
      .set({ destroying_utc: now })
      .where('room_id', '=', roomId)
      .where('hold_sealed', 'is', null)
      .where('state', 'not in', ['none', 'recording', 'destroyed'])
      .where('ended_utc', 'is not', null)
      .where((where) =>
        where.or([where('destroying_utc', 'is', null), where('destroying_utc', '<', now - DESTROYING_MS)]),
      )
      .returningAll()
      .executeTakeFirst();
    if (row) return row;
    throw await this.#whyNot(roomId);
  }

  async #whyNot(roomId: string) {
    const row = await this.#parts.db.query
      .selectFrom('recordings')
      .selectAll()
      .where('room_id', '=', roomId)
      .executeTakeFirst();
    if (!row || row.state === 'none') return refuse('not-found', 'There is no such recording.');
    if (row.hold_sealed !== null) {
      return refuse('conflict', 'This recording is under legal hold; nothing of it is deleted.', {
        state: 'hold',
      });
    }
    if (row.state === 'destroyed') {
      return refuse('conflict', 'This recording was deleted before.', { state: 'destroyed' });
    }
    if (row.ended_utc === null) {
      return refuse('conflict', 'The room goes on; close it first.', { state: 'recording' });
    }
    return refuse('conflict', 'It is being deleted already.', { state: 'destroying' });
  }

  /** The tombstone, and with the last purpose the end of the words. */
  async #bury(row: RecordingRow, purposes: readonly Purpose[], cause: Cause, done: Destroyed): Promise<void> {
    const { db, clock, keyring, logs } = this.#parts;
    const roomId = row.room_id;
    const gone = done.purposes.length === 0;
    if (gone) await destroyWords(logs, roomId);
    await db.transaction(async (trx) => {
      await trx
        .insertInto('recording_tombstones')
        .values({
          tombstone_id: newId(),
          room_id: roomId,
          utc: clock.now(),
          by_id: cause.byId,
          reason_id: 'reasonId' in cause ? cause.reasonId : null,
          rule: 'rule' in cause ? cause.rule : null,
          purposes: [...purposes].sort().join(','),
          root: done.root ?? null,
          manifest: done.manifest ?? null,
          files_removed: done.filesRemoved ? 1 : 0,
        })
        .execute();
      if (gone) await trx.deleteFrom('recording_words').where('room_id', '=', roomId).execute();
      await trx
        .updateTable('recordings')
        .set({
          destroying_utc: null,
          ...(gone
            ? {
                state: 'destroyed',
                bytes: 0,
                title_sealed: sealColumn(keyring, roomId, 'title', row.incident_id),
                people_sealed: sealColumn(keyring, roomId, 'people', []),
                patients_sealed: sealColumn(keyring, roomId, 'patients', []),
              }
            : {}),
        })
        .where('room_id', '=', roomId)
        .execute();
    });
  }

  async #set(
    row: RecordingRow,
    columns: Partial<
      Pick<
        RecordingRow,
        'hold_sealed' | 'retention_class' | 'reviewed_sealed' | 'reviewed_utc' | 'destroying_utc'
      >
    >,
  ): Promise<void> {
    await this.#parts.db.query
      .updateTable('recordings')
      .set(columns)
      .where('room_id', '=', row.room_id)
      .execute();
  }
}

/** The key may be gone already, by a deletion that broke off behind this step. */
async function destroyWords(logs: RoomLogs, roomId: string): Promise<void> {
  try {
    await logs.destroy(roomId);
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
  }
}

function assertThere(row: RecordingRow): void {
  if (row.state === 'destroyed')
    throw refuse('conflict', 'This recording was deleted.', { state: 'destroyed' });
}
