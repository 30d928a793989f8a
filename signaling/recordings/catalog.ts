/**
 * The catalog of recordings: one row per room, made from its log, and what recorders tell of packages. A row is never the
 * truth: it can be made anew from the logs (`catchUp` over an empty table) and from the recorders. What people decided on
 * keeping (class, hold, review) stands here alone, and in the audit.
 */
import type { Clock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import type { Database, Transaction } from '../../platform/sql/database.ts';
import type { Keyring } from '../people/keyring.ts';
import { refuse } from '../people/refuse.ts';
import type { RecorderClient, RecorderEventData } from '../protocol/recorder.ts';
import { RecordingHead, RecordingHeads } from '../protocol/recorder-http.ts';
import type { RoomTables } from '../rooms/sql-tables.ts';
import type { Rooms } from '../rooms/types.ts';
import type { TookPart } from './access.ts';
import type { RoomFacts } from './facts.ts';
import type { Recorders } from './recorders.ts';
import type { RoomLogs } from './room-logs.ts';
import { type RecordingRow, sealColumn } from './rows.ts';
import type { RecordingTables } from './tables.ts';
import { wordHashes } from './words.ts';

/** A room's row is written at most this often while facts arrive, in milliseconds. */
const FLUSH_MS = 1000;
const BATCH = 200;

export interface CatalogParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly logs: RoomLogs;
  readonly recorders: Recorders;
  readonly clock: Clock;
  readonly log: Logger;
  readonly flushMs?: number;
}

export interface Found {
  readonly row: RecordingRow;
  readonly took: TookPart;
}

type Package = RecorderEventData<'room.package'>;

export class RecordingCatalog {
  readonly #parts: CatalogParts;
  readonly #db: Database<RecordingTables & RoomTables>;
  readonly #queue = new SerialQueue('catalog of recordings');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #stops: (() => void)[] = [];
  /** Names of open rooms whose words are written. */
  readonly #named = new Map<string, string>();
  #started: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: CatalogParts) {
    this.#parts = parts;
    this.#db = parts.database.withTables<RecordingTables & RoomTables>();
  }

  /** Reads in the background what rooms have written since the last run. */
  start(): void {
    this.#started = this.catchUp().catch((error: unknown) => {
      this.#parts.log.error({ error }, 'the catalog of recordings is behind until the next start');
    });
  }

  /** Follows what becomes a fact in rooms of this process. */
  followRooms(rooms: Pick<Rooms, 'onEntry'>): void {
    this.#stops.push(
      rooms.onEntry((roomId, entry) => {
        const soon = entry.events.some(({ type }) => type === 'RoomClosed' || type === 'RecordingStarted');
        this.#touch(roomId, soon ? 0 : (this.#parts.flushMs ?? FLUSH_MS));
      }),
    );
  }

  /** Follows what a recorder tells of packages, and asks it at each connection what was missed. */
  followRecorder(recorder: Pick<RecorderClient, 'nodeId' | 'connected' | 'on' | 'onLink'>): void {
    const { nodeId } = recorder;
    this.#stops.push(
      recorder.onLink((state) => {
        if (state === 'up') this.#background(undefined, () => this.learn(nodeId));
      }),
      recorder.on('room.package', (told) => {
        this.#background(told.roomId, () => this.package(recorder.nodeId, told));
      }),
    );
    if (recorder.connected) this.#background(undefined, () => this.learn(nodeId));
  }

  /** Reads the rooms whose logs have grown since their rows were written: after a start, or all of them into an empty table. */
  async catchUp(): Promise<void> {
    let after = '';
    for (;;) {
      const rooms = await this.#db.query
        .selectFrom('rooms as room')
        .leftJoin('recordings as r', 'r.room_id', 'room.room_id')
        .select('room.room_id')
        .where('room.room_id', '>', after)
        .where((where) =>
          where.or([where('r.log_seq', 'is', null), where('r.log_seq', '<', where.ref('room.head_seq'))]),
        )
        .where((where) => where.or([where('r.state', 'is', null), where('r.state', '!=', 'destroyed')]))
        .orderBy('room.room_id')
        .limit(BATCH)
        .execute();
      for (const { room_id } of rooms) {
        if (this.#closed) return;
        await this.refresh(room_id);
      }
      const last = rooms.at(-1);
      if (!last || rooms.length < BATCH) return;
      after = last.room_id;
    }
  }

  /** Makes the row of one room from its log as it stands now. */
  refresh(roomId: string): Promise<void> {
    return this.#queue.push('refresh', () => this.#read(roomId));
  }

  /** Notes which recorder keeps a room from now on, so that it can be looked at before that recorder tells of a package. */
  kept(roomId: string, nodeId: string): void {
    const keep = async () => {
      if (!(await this.#row(roomId))) await this.#read(roomId);
      await this.#db.query
        .updateTable('recordings')
        .set({ node_id: nodeId })
        .where('room_id', '=', roomId)
        .where('state', '!=', 'destroyed')
        .execute();
    };
    this.#background(roomId, () => this.#queue.push('kept', keep));
  }

  /** Takes what a recorder says of a package. Unknown rooms are read from their log first. */
  async package(nodeId: string, told: Package): Promise<void> {
    const known = await this.#row(told.roomId);
    if (!known) await this.refresh(told.roomId);
    await this.#queue.push('package', async () => {
      await this.#db.query
        .updateTable('recordings')
        .set({
          node_id: nodeId,
          state: told.state,
          duration_ms: Math.round(told.durationMs),
          bytes: Math.round(told.bytes),
          tracks: told.tracks,
          gaps: told.gaps,
          ...(told.verified === undefined ? {} : { verified: told.verified ? 1 : 0 }),
        })
        .where('room_id', '=', told.roomId)
        .where('state', '!=', 'destroyed')
        .execute();
    });
  }

  /** Asks a recorder for the packages of rows that do not know where theirs is, or that were not finished yet. */
  async learn(nodeId: string): Promise<void> {
    await this.#started;
    const { recorders } = this.#parts;
    const { recordings } = await recorders.json(nodeId, '/recordings', RecordingHeads);
    const there = new Set(recordings.filter(({ readable }) => readable).map(({ roomId }) => roomId));
    const open = await this.#db.query
      .selectFrom('recordings')
      .select(['room_id', 'state as known'])
      .where('state', '!=', 'destroyed')
      .where((where) =>
        where.or([
          where('node_id', 'is', null),
          where('state', 'in', ['recording', 'ended', 'checked', 'failed']),
        ]),
      )
      .execute();
    for (const { room_id: roomId, known } of open.filter((row) => there.has(row.room_id))) {
      if (this.#closed) return;
      const head = await recorders.json(nodeId, `/recordings/${roomId}`, RecordingHead);
      const { state, gaps, bytes, check } = head;
      // A package that could not be finished stands there as it was before: that it failed is the news.
      if (known === 'failed' && (state === 'recording' || state === 'ended')) continue;
      const verified = check === undefined ? {} : { verified: check.problems.length === 0 };
      const durationMs = Math.max(0, head.to - head.from);
      const tracks = head.tracks.length;
      await this.package(nodeId, { roomId, state, tracks, gaps, durationMs, bytes, ...verified });
    }
  }

  /** Throws `not-found` for rooms that were never recorded. */
  async find(roomId: string): Promise<Found> {
    const row = await this.#row(roomId);
    if (!row || row.state === 'none') throw refuse('not-found', 'There is no such recording.');
    const [units, organisations] = await Promise.all([
      this.#db.query.selectFrom('recording_units').select('unit_id').where('room_id', '=', roomId).execute(),
      this.#db.query
        .selectFrom('recording_organisations')
        .select('organisation_id')
        .where('room_id', '=', roomId)
        .execute(),
    ]);
    return {
      row,
      took: {
        unitIds: units.map(({ unit_id }) => unit_id),
        organisationIds: organisations.map(({ organisation_id }) => organisation_id),
      },
    };
  }

  /** Waits until everything heard so far is written; then takes no more. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    const waiting = [...this.#timers.keys()];
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#started;
    for (const roomId of waiting) await this.refresh(roomId);
    await this.#queue.push('end', () => undefined);
    this.#queue.close();
  }

  #row(roomId: string): Promise<RecordingRow | undefined> {
    return this.#db.query
      .selectFrom('recordings')
      .selectAll()
      .where('room_id', '=', roomId)
      .executeTakeFirst();
  }

  #touch(roomId: string, afterMs: number): void {
    const waiting = this.#timers.get(roomId);
    if (waiting && afterMs > 0) return;
    clearTimeout(waiting);
    this.#timers.set(
      roomId,
      setTimeout(() => {
        this.#timers.delete(roomId);
        this.#background(roomId, () => this.refresh(roomId));
      }, afterMs),
    );
  }

  #background(roomId: string | undefined, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      // The next fact, the next word of the recorder or the next start brings the row up to date.
      this.#parts.log.warn({ roomId, error }, 'the catalog of recordings is behind');
    });
  }

  async #read(roomId: string): Promise<void> {
    try {
      const { facts } = await this.#parts.logs.read(roomId);
      await this.#write(roomId, facts);
    } catch (error) {
      // Words that were destroyed are in no list either; a damaged log must not hide the other rooms.
      if (!isAppError(error, 'closed')) this.#parts.log.error({ roomId, error }, 'a log cannot be listed');
    }
  }

  async #write(roomId: string, facts: RoomFacts): Promise<void> {
    const { keyring } = this.#parts;
    const patients = [...facts.patients.values()].map(({ patientId, name }) => ({
      patientId,
      ...(name === undefined ? {} : { name }),
    }));
    const columns = {
      incident_id: facts.incidentId,
      drill: facts.drill ? 1 : 0,
      title_sealed: sealColumn(keyring, roomId, 'title', facts.title),
      people_sealed: sealColumn(keyring, roomId, 'people', facts.people),
      patients_sealed: sealColumn(keyring, roomId, 'patients', patients),
      started_utc: facts.startedUtc ?? 0,
      ended_utc: facts.endedUtc ?? null,
      log_seq: facts.seq,
    };
    const fresh = {
      room_id: roomId,
      node_id: null,
      duration_ms: 0,
      bytes: 0,
      tracks: 0,
      gaps: 0,
      verified: null,
      retention_class: facts.drill ? 'drill' : 'standard',
      hold_sealed: null,
      reviewed_sealed: null,
      reviewed_utc: null,
      destroying_utc: null,
      state: stateOf(facts),
    };
    const names = JSON.stringify([facts.people, [...facts.patients.values()]]);
    await this.#db.transaction(async (trx) => {
      const written = await trx
        .insertInto('recordings')
        .values({ ...columns, ...fresh })
        .onConflict((conflict) =>
          conflict.column('room_id').doUpdateSet(columns).where('recordings.state', '!=', 'destroyed'),
        )
        .returning('room_id')
        .executeTakeFirst();
      // What was deleted stays deleted, whatever its log still says.
      if (!written) return;
      await advanceState(trx, roomId, facts);
      await this.#writeLists(trx, roomId, facts);
      if (names !== this.#named.get(roomId)) await this.#writeWords(trx, roomId, facts);
    });
    if (facts.endedUtc === undefined) this.#named.set(roomId, names);
    else this.#named.delete(roomId);
  }

  async #writeLists(
    trx: Transaction<RecordingTables & RoomTables>,
    roomId: string,
    facts: RoomFacts,
  ): Promise<void> {
    const units = [...facts.unitIds].map((unit_id) => ({ room_id: roomId, unit_id }));
    const organisations = facts.organisationIds.map((organisation_id) => ({
      room_id: roomId,
      organisation_id,
    }));
    if (units.length > 0) {
      await trx
        .insertInto('recording_units')
        .values(units)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    if (organisations.length > 0) {
      await trx
        .insertInto('recording_organisations')
        .values(organisations)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }

  /** Written anew when a name has changed: a patient who was taken for another must not be found by the other's name. */
  async #writeWords(
    trx: Transaction<RecordingTables & RoomTables>,
    roomId: string,
    facts: RoomFacts,
  ): Promise<void> {
    const { keyring } = this.#parts;
    const names = [...facts.patients.values()].flatMap(({ name = '', identifier = '' }) => [
      name,
      identifier,
    ]);
    const words = [
      ...wordHashes(keyring, 'patient', names).map((word) => ({ kind: 'patient', word, room_id: roomId })),
      ...wordHashes(keyring, 'person', facts.people).map((word) => ({
        kind: 'person',
        word,
        room_id: roomId,
      })),
    ];
    await trx.deleteFrom('recording_words').where('room_id', '=', roomId).execute();
    for (let at = 0; at < words.length; at += BATCH) {
      const some = words.slice(at, at + BATCH);
      await trx
        .insertInto('recording_words')
        .values(some)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }
}

function stateOf({ startedUtc, endedUtc }: RoomFacts): string {
  if (startedUtc === undefined) return 'none';
  return endedUtc === undefined ? 'recording' : 'ended';
}

/** The log only ever moves a state on: what the recorder found later stays. */
async function advanceState(
  trx: Transaction<RecordingTables>,
  roomId: string,
  facts: RoomFacts,
): Promise<void> {
  const state = stateOf(facts);
  if (state === 'none') return;
  await trx
    .updateTable('recordings')
    .set({ state })
    .where('room_id', '=', roomId)
    .where('state', 'in', state === 'ended' ? ['none', 'recording'] : ['none'])
    .execute();
}
