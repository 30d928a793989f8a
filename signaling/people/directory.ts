/** Lookups of names and of where units are, for rooms and methods. */

import type { Organisations } from './organisations.ts';
import { loadPrincipal } from './principals.ts';
import type { PeopleDatabase } from './tables.ts';
import type { Directory, Principal } from './types.ts';
import type { Units } from './units.ts';

export class PeopleDirectory implements Directory {
  readonly #db: PeopleDatabase;
  readonly #organisations: Organisations;
  readonly #units: Units;

  constructor(db: PeopleDatabase, organisations: Organisations, units: Units) {
    this.#db = db;
    this.#organisations = organisations;
    this.#units = units;
  }

  principal(principalId: string): Promise<Principal | undefined> {
    return loadPrincipal(this.#db, principalId);
  }

  async organisationName(organisationId: string): Promise<string | undefined> {
    return (await this.#organisations.find(organisationId))?.name;
  }

  async organisations(): ReturnType<Directory['organisations']> {
    const all = await this.#organisations.list();
    return all
      .filter(({ disabled }) => !disabled)
      .map(({ organisationId, name, kind }) => ({ organisationId, name, kind }));
  }

  async unit(unitId: string): ReturnType<Directory['unit']> {
    const unit = await this.#units.find(unitId);
    return unit && !unit.disabled
      ? { unitId, name: unit.name, organisationId: unit.organisationId }
      : undefined;
  }

  async unitRoom(unitId: string): Promise<string | undefined> {
    return (await this.#units.find(unitId))?.roomId;
  }

  setUnitRoom(unitId: string, roomId: string | undefined): Promise<void> {
    return this.#units.setRoom(unitId, roomId);
  }
}
