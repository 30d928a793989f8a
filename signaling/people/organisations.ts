/** Organisations: the centre, operators of units, hospitals, partners. */
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { type Organisation, OrganisationKind } from '../protocol/http.ts';
import type { Changes } from './changes.ts';
import { refuse } from './refuse.ts';
import type { PeopleDatabase } from './tables.ts';

export interface OrganisationRecord extends Organisation {
  readonly disabled: boolean;
}

export class Organisations {
  readonly #db: PeopleDatabase;
  readonly #changes: Changes;
  readonly #clock: Clock;

  constructor(db: PeopleDatabase, changes: Changes, clock: Clock) {
    this.#db = db;
    this.#changes = changes;
    this.#clock = clock;
  }

  async list(): Promise<readonly OrganisationRecord[]> {
    const rows = await this.#db.query
      .selectFrom('people_organisations')
      .selectAll()
      .orderBy('name')
      .execute();
    return rows.map(toRecord);
  }

  async find(organisationId: string): Promise<OrganisationRecord | undefined> {
    const row = await this.#db.query
      .selectFrom('people_organisations')
      .selectAll()
      .where('organisation_id', '=', organisationId)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async add(organisation: { name: string; kind: OrganisationKind }): Promise<OrganisationRecord> {
    const record = { organisationId: newId(), ...organisation, disabled: false };
    await this.#db.query
      .insertInto('people_organisations')
      .values({ organisation_id: record.organisationId, name: record.name, kind: record.kind, disabled: 0 })
      .execute();
    return record;
  }

  /** Changes name or kind, or disables it: then none of its people and devices can sign in. Throws `not-found`. */
  async change(
    organisationId: string,
    change: { name?: string; kind?: OrganisationKind; disabled?: boolean },
  ): Promise<OrganisationRecord> {
    return this.#changes.commit(this.#clock.now(), async (trx) => {
      const row = await trx
        .updateTable('people_organisations')
        .set((eb) => ({
          name: change.name ?? eb.ref('name'),
          kind: change.kind ?? eb.ref('kind'),
          disabled: change.disabled === undefined ? eb.ref('disabled') : Number(change.disabled),
        }))
        .where('organisation_id', '=', organisationId)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw refuse('not-found', 'There is no such organisation.');
      return { result: toRecord(row), changes: [{ kind: 'organisation', subject: organisationId }] };
    });
  }
}

function toRecord(row: {
  organisation_id: string;
  name: string;
  kind: string;
  disabled: number;
}): OrganisationRecord {
  return {
    organisationId: row.organisation_id,
    name: row.name,
    kind: OrganisationKind.parse(row.kind),
    disabled: row.disabled === 1,
  };
}
