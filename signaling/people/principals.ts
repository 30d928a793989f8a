/** Loads who someone is: a person, a unit's device, or a guest that an invitation or a link made. */
import * as z from 'zod/mini';
import { OrganisationKind } from '../protocol/http.ts';
import { Role } from '../protocol/roles.ts';
import type { PeopleDatabase } from './tables.ts';
import type { Principal } from './types.ts';

const Roles = z.array(Role);

/** Roles as they are stored: JSON of a list. */
export function parseRoles(text: string): readonly Role[] {
  return Roles.parse(JSON.parse(text));
}

/**
 * Returns the principal as it is now, or undefined when it is unknown or may no longer sign in: disabled, revoked, or
 * of a disabled organisation or unit.
 */
export async function loadPrincipal(db: PeopleDatabase, principalId: string): Promise<Principal | undefined> {
  return (
    (await loadPerson(db, principalId)) ??
    (await loadDevice(db, principalId)) ??
    (await loadGuest(db, principalId)) ??
    (await loadLinkGuest(db, principalId))
  );
}

async function loadPerson(db: PeopleDatabase, principalId: string): Promise<Principal | undefined> {
  const row = await db.query
    .selectFrom('people_persons as person')
    .innerJoin('people_organisations as o', 'o.organisation_id', 'person.organisation_id')
    .select(['person.name', 'person.organisation_id', 'person.roles', 'person.must_change'])
    .select(['o.name as organisation_name', 'o.kind'])
    .where('principal_id', '=', principalId)
    .where('person.disabled', '=', 0)
    .where('o.disabled', '=', 0)
    .executeTakeFirst();
  if (!row) return undefined;
  const units = await db.query
    .selectFrom('people_units')
    .select('unit_id')
    .where('organisation_id', '=', row.organisation_id)
    .execute();
  return {
    principalId,
    kind: 'person',
    name: row.name,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    organisationKind: OrganisationKind.parse(row.kind),
    roles: parseRoles(row.roles),
    operatesUnits: units.map(({ unit_id }) => unit_id),
    mustChangePassword: row.must_change === 1,
  };
}

async function loadDevice(db: PeopleDatabase, principalId: string): Promise<Principal | undefined> {
  const row = await db.query
    .selectFrom('people_devices as device')
    .innerJoin('people_units as unit', 'unit.unit_id', 'device.unit_id')
    .innerJoin('people_organisations as o', 'o.organisation_id', 'unit.organisation_id')
    .select(['device.role', 'device.unit_id', 'unit.name', 'unit.organisation_id'])
    .select(['o.name as organisation_name', 'o.kind'])
    .where('device_id', '=', principalId)
    .where('device.revoked', '=', 0)
    .where('unit.disabled', '=', 0)
    .where('o.disabled', '=', 0)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    principalId,
    kind: 'device',
    name: row.name,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    organisationKind: OrganisationKind.parse(row.kind),
    roles: [Role.parse(row.role)],
    unitId: row.unit_id,
    mustChangePassword: false,
  };
}

async function loadGuest(db: PeopleDatabase, principalId: string): Promise<Principal | undefined> {
  const row = await db.query
    .selectFrom('people_invites as invite')
    .innerJoin('people_organisations as o', 'o.organisation_id', 'invite.organisation_id')
    .select(['invite.invite_id', 'invite.room_id', 'invite.role', 'invite.name', 'invite.organisation_id'])
    .select('o.name as organisation_name')
    .where('principal_id', '=', principalId)
    .where('revoked', '=', 0)
    .executeTakeFirst();
  return row && { ...guestOf(principalId, row), inviteId: row.invite_id };
}

async function loadLinkGuest(db: PeopleDatabase, principalId: string): Promise<Principal | undefined> {
  const row = await db.query
    .selectFrom('people_link_guests as guest')
    .innerJoin('people_organisations as o', 'o.organisation_id', 'guest.organisation_id')
    .select(['guest.link_id', 'guest.room_id', 'guest.role', 'guest.name', 'guest.organisation_id'])
    .select('o.name as organisation_name')
    .where('principal_id', '=', principalId)
    .executeTakeFirst();
  return row && { ...guestOf(principalId, row), linkId: row.link_id };
}

interface GuestRow {
  readonly name: string;
  readonly role: string;
  readonly room_id: string;
  readonly organisation_id: string;
  readonly organisation_name: string;
}

/** Whoever comes for one room alone, by an invitation or by a link. */
function guestOf(principalId: string, row: GuestRow): Principal {
  return {
    principalId,
    kind: 'guest',
    name: row.name,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    roles: [Role.parse(row.role)],
    roomId: row.room_id,
    mustChangePassword: false,
  };
}
