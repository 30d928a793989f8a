/** Who is there at the start: one admin on a real start, people of every role in the demo only. */
import { randomInt } from 'node:crypto';
import { newId } from '../../platform/ids.ts';
import { isUniqueViolation } from '../../platform/sql/store-errors.ts';
import type { OrganisationKind } from '../protocol/http.ts';
import type { Role } from '../protocol/roles.ts';
import type { Devices, EnrolmentCode } from './devices.ts';
import type { Organisations } from './organisations.ts';
import type { Passwords } from './passwords.ts';
import type { Persons } from './persons.ts';
import type { PeopleDatabase, PeopleTransaction } from './tables.ts';
import type { Units } from './units.ts';

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Without letters and digits that look alike; 20 of them are 98 bits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

export function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

/**
 * Makes the first admin, and the centre to belong to where there is none, once: when nobody is an admin. Returns what the
 * start prints; the password has to be changed at the first sign-in. Undefined when there is one, or another process
 * was faster.
 */
export async function makeFirstAdmin(
  db: PeopleDatabase,
  passwords: Passwords,
  centreName: string,
): Promise<Credential | undefined> {
  const anyone = await db.query
    .selectFrom('people_persons')
    .select('principal_id')
    .where('roles', 'like', '%"admin"%')
    .limit(1)
    .executeTakeFirst();
  if (anyone) return undefined;
  const credential = { username: 'admin', password: generatePassword() };
  const hash = await passwords.hash(credential.password);
  const roles: Role[] = ['admin', 'auditor'];
  try {
    await db.transaction(async (trx) => {
      const organisation_id = await centreOf(trx, centreName);
      await trx
        .insertInto('people_persons')
        .values({
          principal_id: newId(),
          username: credential.username,
          name: 'Administrator',
          organisation_id,
          roles: JSON.stringify(roles),
          password: hash,
          must_change: 1,
          disabled: 0,
        })
        .execute();
    });
  } catch (error) {
    if (isUniqueViolation(error)) return undefined;
    throw error;
  }
  return credential;
}

/** The centre that is there already, else a new one. */
async function centreOf(trx: PeopleTransaction, name: string): Promise<string> {
  const centre = await trx
    .selectFrom('people_organisations')
    .select('organisation_id')
    .where('kind', '=', 'centre')
    .where('disabled', '=', 0)
    .orderBy('organisation_id')
    .limit(1)
    .executeTakeFirst();
  if (centre) return centre.organisation_id;
  const organisation_id = newId();
  await trx
    .insertInto('people_organisations')
    .values({ organisation_id, name, kind: 'centre', disabled: 0 })
    .execute();
  return organisation_id;
}

export interface DemoPerson extends Credential {
  readonly principalId: string;
  readonly organisationId: string;
  readonly name: string;
  readonly roles: readonly Role[];
}
export interface DemoUnit {
  readonly unitId: string;
  readonly name: string;
  readonly organisationId: string;
  /** Enrols one device within ten minutes. */
  readonly enrolment: EnrolmentCode;
}
export interface DemoPeople {
  readonly organisations: Readonly<Record<'centre' | 'receiving' | 'guiding' | 'operator', string>>;
  readonly people: readonly DemoPerson[];
  readonly units: readonly DemoUnit[];
}

type DemoOrganisation = keyof DemoPeople['organisations'];
const ORGANISATIONS: Readonly<Record<DemoOrganisation, { name: string; kind: OrganisationKind }>> = {
  centre: { name: 'Dispatch Centre', kind: 'centre' },
  receiving: { name: 'Riverside Hospital', kind: 'hospital' },
  guiding: { name: 'University Hospital', kind: 'hospital' },
  operator: { name: 'City Ambulance Service', kind: 'unit-operator' },
};
const PEOPLE: readonly { username: string; name: string; at: DemoOrganisation; roles: readonly Role[] }[] = [
  { username: 'dispatcher', name: 'Dispatcher', at: 'centre', roles: ['dispatcher'] },
  { username: 'admin', name: 'Administrator', at: 'centre', roles: ['admin'] },
  { username: 'auditor', name: 'Auditor', at: 'centre', roles: ['auditor'] },
  { username: 'reviewer', name: 'Quality reviewer', at: 'centre', roles: ['reviewer'] },
  { username: 'interpreter', name: 'Interpreter', at: 'centre', roles: ['interpreter'] },
  { username: 'doctor', name: 'Emergency doctor', at: 'receiving', roles: ['coordinator', 'specialist'] },
  { username: 'observer', name: 'Observer', at: 'receiving', roles: ['observer'] },
  { username: 'cardiologist', name: 'Cardiologist', at: 'guiding', roles: ['specialist'] },
  { username: 'duty-doctor', name: 'Duty doctor', at: 'guiding', roles: ['coordinator'] },
  { username: 'paramedic', name: 'Paramedic', at: 'operator', roles: ['crew', 'wearer'] },
];

/** Makes the demo's organisations, people and units; all people share one generated password. Only `demo` calls it. */
export async function makeDemoPeople(parts: {
  organisations: Organisations;
  persons: Persons;
  units: Units;
  devices: Devices;
}): Promise<DemoPeople> {
  const add = async (which: DemoOrganisation) =>
    (await parts.organisations.add(ORGANISATIONS[which])).organisationId;
  const organisations = {
    centre: await add('centre'),
    receiving: await add('receiving'),
    guiding: await add('guiding'),
    operator: await add('operator'),
  };
  const password = generatePassword();
  const people = await Promise.all(
    PEOPLE.map(async ({ username, name, at, roles }) => {
      const organisationId = organisations[at];
      const person = { username, name, organisationId, roles, password, mustChangePassword: false };
      const { principalId } = await parts.persons.add(person);
      return { principalId, username, name, organisationId, roles, password };
    }),
  );
  const units: DemoUnit[] = [];
  for (const name of ['Ambulance 1', 'Ambulance 2']) {
    const unit = await parts.units.add({ name, organisationId: organisations.operator });
    const enrolment = await parts.devices.invite(unit.unitId, 'crew');
    units.push({ unitId: unit.unitId, name, organisationId: unit.organisationId, enrolment });
  }
  return { organisations, people, units };
}
