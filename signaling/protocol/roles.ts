/** Roles (design section 1) and which of them staff a room. */
import * as z from 'zod/mini';

export const ROLES = [
  'dispatcher',
  'bystander',
  'volunteer',
  'patient',
  'relative',
  'crew',
  'wearer',
  'coordinator',
  'specialist',
  'partner',
  'interpreter',
  'observer',
  'reviewer',
  'admin',
  'auditor',
  'service',
] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Roles that treat or direct treatment: they hear and read everything clinical. */
export const CLINICAL_ROLES = [
  'dispatcher',
  'crew',
  'wearer',
  'coordinator',
  'specialist',
] as const satisfies readonly Role[];

/** Roles of people at work; the rest are members of the public. */
export const STAFF_ROLES = [
  ...CLINICAL_ROLES,
  'partner',
  'interpreter',
  'observer',
  'reviewer',
  'service',
] as const satisfies readonly Role[];

/** Roles a room invitation may carry: never one that configures, audits or acts as a machine. */
export const INVITABLE_ROLES = [
  'volunteer',
  'patient',
  'relative',
  'specialist',
  'partner',
  'interpreter',
  'observer',
] as const satisfies readonly Role[];

/** Whether a list of roles holds one; a helper so that narrowed constant lists accept any role. */
export function hasRole(list: readonly Role[], role: Role): boolean {
  return list.includes(role);
}
