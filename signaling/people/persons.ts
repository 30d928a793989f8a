/** People with local accounts. Signing in stands in sign-in.ts. */
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { isUniqueViolation } from '../../platform/sql/store-errors.ts';
import type { Role } from '../protocol/roles.ts';
import type { Changes } from './changes.ts';
import type { Passwords } from './passwords.ts';
import { parseRoles } from './principals.ts';
import { refuse } from './refuse.ts';
import type { SessionStore } from './sessions.ts';
import type { PeopleDatabase, PeopleTables, PeopleTransaction } from './tables.ts';

export interface PersonRecord {
  readonly principalId: string;
  readonly username: string;
  readonly name: string;
  readonly organisationId: string;
  readonly roles: readonly Role[];
  readonly mustChangePassword: boolean;
  readonly disabled: boolean;
}
export interface NewPerson {
  readonly username: string;
  readonly name: string;
  readonly organisationId: string;
  readonly roles: readonly Role[];
  readonly password: string;
  /** True unless the person chose the password. */
  readonly mustChangePassword: boolean;
}
export interface PersonChange {
  readonly name?: string | undefined;
  readonly organisationId?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly disabled?: boolean | undefined;
}

/** Names are compared without case and in one Unicode form, so that two people cannot seem to have the same one. */
export function usernameKey(username: string): string {
  return username.trim().normalize('NFKC').toLowerCase();
}

export class Persons {
  readonly #db: PeopleDatabase;
  readonly #changes: Changes;
  readonly #clock: Clock;
  readonly #passwords: Passwords;
  readonly #sessions: SessionStore;

  constructor(parts: {
    db: PeopleDatabase;
    changes: Changes;
    clock: Clock;
    passwords: Passwords;
    sessions: SessionStore;
  }) {
    this.#db = parts.db;
    this.#changes = parts.changes;
    this.#clock = parts.clock;
    this.#passwords = parts.passwords;
    this.#sessions = parts.sessions;
  }

  async list(): Promise<readonly PersonRecord[]> {
    const rows = await this.#db.query.selectFrom('people_persons').selectAll().orderBy('username').execute();
    return rows.map(toRecord);
  }

  async findByUsername(username: string): Promise<PersonRecord | undefined> {
    const row = await this.#db.query
      .selectFrom('people_persons')
      .selectAll()
      .where('username', '=', usernameKey(username))
      .executeTakeFirst();
    return row && toRecord(row);
  }

  /** Throws `conflict` for a name that is taken and `not-found` for an unknown organisation. */
  async add(person: NewPerson): Promise<PersonRecord> {
    await this.#assertOrganisation(person.organisationId);
    const row = {
      principal_id: newId(),
      username: usernameKey(person.username),
      name: person.name,
      organisation_id: person.organisationId,
      roles: JSON.stringify([...new Set(person.roles)]),
      password: await this.#passwords.hash(person.password),
      must_change: Number(person.mustChangePassword),
      disabled: 0,
    };
    try {
      await this.#db.query.insertInto('people_persons').values(row).execute();
    } catch (error) {
      if (isUniqueViolation(error)) throw refuse('conflict', 'This user name is taken; choose another one.');
      throw error;
    }
    return toRecord(row);
  }

  /**
   * Changes take effect in running sessions at once; disabling ends them. Throws `not-found`, and `conflict` for what would
   * leave the installation without an admin.
   */
  async change(principalId: string, change: PersonChange): Promise<PersonRecord> {
    if (change.organisationId !== undefined) await this.#assertOrganisation(change.organisationId);
    return this.#changes.commit(this.#clock.now(), async (trx) => {
      const admins = await countAdmins(trx);
      const row = await trx
        .updateTable('people_persons')
        .set((eb) => ({
          name: change.name ?? eb.ref('name'),
          organisation_id: change.organisationId ?? eb.ref('organisation_id'),
          roles: change.roles === undefined ? eb.ref('roles') : JSON.stringify([...new Set(change.roles)]),
          disabled: change.disabled === undefined ? eb.ref('disabled') : Number(change.disabled),
        }))
        .where('principal_id', '=', principalId)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw refuse('not-found', 'There is no such person.');
      if (change.disabled || change.roles?.includes('admin') === false) await assertAdminLeft(trx, admins);
      if (change.disabled) await this.#sessions.endAll(trx, principalId);
      return { result: toRecord(row), changes: [{ kind: 'principal', subject: principalId }] };
    });
  }

  /**
   * Sets a password and ends the person's sessions, except the one that asked for it. Throws `not-found`.
   * @param options.mustChange true when someone else set it
   */
  async setPassword(
    principalId: string,
    password: string,
    options: { mustChange: boolean; exceptSid?: string },
  ): Promise<void> {
    const hash = await this.#passwords.hash(password);
    await this.#changes.commit(this.#clock.now(), async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('people_persons')
        .set({ password: hash, must_change: Number(options.mustChange) })
        .where('principal_id', '=', principalId)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw refuse('not-found', 'There is no such person.');
      await this.#sessions.endAll(trx, principalId, options.exceptSid);
      return { result: undefined, changes: [{ kind: 'principal', subject: principalId }] };
    });
  }

  async #assertOrganisation(organisationId: string): Promise<void> {
    const row = await this.#db.query
      .selectFrom('people_organisations')
      .select('organisation_id')
      .where('organisation_id', '=', organisationId)
      .executeTakeFirst();
    if (!row) throw refuse('not-found', 'There is no such organisation.');
  }
}

async function countAdmins(trx: PeopleTransaction): Promise<number> {
  const rows = await trx.selectFrom('people_persons').select('roles').where('disabled', '=', 0).execute();
  return rows.filter(({ roles }) => parseRoles(roles).includes('admin')).length;
}

/** An installation without an admin could only be repaired at its own terminal. */
async function assertAdminLeft(trx: PeopleTransaction, before: number): Promise<void> {
  if (before === 0 || (await countAdmins(trx)) > 0) return;
  throw refuse('conflict', 'Nobody would be left to administer; make somebody else an admin first.');
}

function toRecord(row: PeopleTables['people_persons']): PersonRecord {
  return {
    principalId: row.principal_id,
    username: row.username,
    name: row.name,
    organisationId: row.organisation_id,
    roles: parseRoles(row.roles),
    mustChangePassword: row.must_change === 1,
    disabled: row.disabled === 1,
  };
}
