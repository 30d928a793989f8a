/** Who may read an entry (design section 4, "Audience"). Whoever is outside gets `{ seq, hidden: true }`. */
import * as z from 'zod/mini';
import { CLINICAL_ROLES, Role, STAFF_ROLES } from './roles.ts';
import { Id } from './values.ts';

export const Audience = z.union([
  z.literal('everyone'),
  z.strictObject({
    /** Readers must have one of these roles. Absent: any role. */
    roles: z.optional(z.array(Role).check(z.minLength(1), z.maxLength(20))),
    /** Readers must belong to one of these organisations. Absent: any organisation. */
    organisations: z.optional(z.array(Id).check(z.minLength(1), z.maxLength(50))),
    /** These peers read it whatever their role and organisation. */
    peers: z.optional(z.array(Id).check(z.minLength(1), z.maxLength(200))),
  }),
]);
export type Audience = z.infer<typeof Audience>;

/** One reader of a room: what visibility is decided on. */
export interface Viewer {
  readonly peerId: string;
  readonly principalId: string;
  readonly role: Role;
  readonly organisationId: string;
}

export const CLINICAL: Audience = { roles: [...CLINICAL_ROLES] };
export const STAFF: Audience = { roles: [...STAFF_ROLES] };

/**
 * Decides whether a viewer may read an entry. Roles and organisations narrow together; naming a peer admits it
 * in any case. An audience object without any restriction admits nobody but the named peers.
 */
export function isInAudience(viewer: Viewer, audience: Audience): boolean {
  if (audience === 'everyone') return true;
  if (audience.peers?.includes(viewer.peerId)) return true;
  if (!audience.roles && !audience.organisations) return false;
  if (audience.roles && !audience.roles.includes(viewer.role)) return false;
  if (audience.organisations && !audience.organisations.includes(viewer.organisationId)) return false;
  return true;
}
