/** Units (vehicles, teams) and which room each is on. Their devices stand in devices.ts. */
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { isUniqueViolation } from '../../platform/sql/store-errors.ts';
import type { Changes } from './changes.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase, PeopleTables } from './tables.ts';

export interface UnitRecord {
  readonly unitId: string;
  readonly name: string;
  readonly organisationId: string;
  readonly disabled: boolean;
  readonly roomId?: string;
}

/** Units are named on their doors; typing that name must not fail over case or spaces. */
export function unitNameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '');
}

export class Units {
  readonly #db: PeopleDatabase;
  readonly #changes: Changes;
  readonly #clock: Clock;
  readonly #sessions: SessionStore;

  constructor(db: PeopleDatabase, changes: Changes, clock: Clock, sessions: SessionStore) {
    this.#db = db;
    this.#changes = changes;
    this.#clock = clock;
    this.#sessions = sessions;
  }

  async list(): Promise<readonly UnitRecord[]> {
    const rows = await this.#db.query.selectFrom('people_units').selectAll().orderBy('name').execute();
    return rows.map(toRecord);
  }

  async find(unitId: string): Promise<UnitRecord | undefined> {
    const row = await this.#db.query
      .selectFrom('people_units')
      .selectAll()
      .where('unit_id', '=', unitId)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async findByName(name: string): Promise<UnitRecord | undefined> {
    const row = await this.#db.query
      .selectFrom('people_units')
      .selectAll()
      .where('name_key', '=', unitNameKey(name))
      .executeTakeFirst();
    return row && toRecord(row);
  }

  /** Throws `conflict` for a name that is taken, however it is written, and `not-found` for an unknown organisation. */
  async add(unit: { name: string; organisationId: string }): Promise<UnitRecord> {
    const row = {
      unit_id: newId(),
      name: unit.name,
      name_key: unitNameKey(unit.name),
      organisation_id: unit.organisationId,
      disabled: 0,
      room_id: null,
    };
    try {
      return await this.#changes.commit(this.#clock.now(), async (trx) => {
        const known = await trx
          .selectFrom('people_organisations')
          .select('organisation_id')
          .where('organisation_id', '=', unit.organisationId)
          .executeTakeFirst();
        if (!known) throw refuse('not-found', 'There is no such organisation.');
        await trx.insertInto('people_units').values(row).execute();
        // Its people see the rooms of its units.
        return {
          result: toRecord(row),
          changes: [{ kind: 'organisation', subject: unit.organisationId }],
        };
      });
    } catch (error) {
      if (isUniqueViolation(error))
        throw refuse('conflict', 'Another unit has this name; choose another one.');
      throw error;
    }
  }

  /** Renames or disables a unit; disabling ends the sessions of its devices. Throws `not-found` and `conflict`. */
  async change(unitId: string, change: { name?: string; disabled?: boolean }): Promise<UnitRecord> {
    const names = change.name === undefined ? {} : { name: change.name, name_key: unitNameKey(change.name) };
    const flags = change.disabled === undefined ? {} : { disabled: Number(change.disabled) };
    try {
      return await this.#changes.commit(this.#clock.now(), async (trx) => {
        const row = await trx
          .updateTable('people_units')
          .set((eb) => ({ unit_id: eb.ref('unit_id'), ...names, ...flags }))
          .where('unit_id', '=', unitId)
          .returningAll()
          .executeTakeFirst();
        if (!row) throw refuse('not-found', 'There is no such unit.');
        const devices = await trx
          .selectFrom('people_devices')
          .select('device_id')
          .where('unit_id', '=', unitId)
          .execute();
        if (change.disabled) {
          for (const { device_id } of devices) await this.#sessions.endAll(trx, device_id);
        }
        return {
          result: toRecord(row),
          changes: devices.map(({ device_id }) => ({ kind: 'principal' as const, subject: device_id })),
        };
      });
    } catch (error) {
      if (isUniqueViolation(error))
        throw refuse('conflict', 'Another unit has this name; choose another one.');
      throw error;
    }
  }

  async setRoom(unitId: string, roomId: string | undefined): Promise<void> {
    await this.#db.query
      .updateTable('people_units')
      .set({ room_id: roomId ?? null })
      .where('unit_id', '=', unitId)
      .execute();
  }
}

function toRecord(row: PeopleTables['people_units']): UnitRecord {
  return {
    unitId: row.unit_id,
    name: row.name,
    organisationId: row.organisation_id,
    disabled: row.disabled === 1,
    ...(row.room_id === null ? {} : { roomId: row.room_id }),
  };
}
