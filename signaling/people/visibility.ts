/**
 * Who may see a room, in which role, and what that role may publish (design section 10). Pure: everything the decision
 * needs stands in the principal and in the state of the room. Drills are rooms like any other here.
 */
import type { SourceRole } from '../protocol/media.ts';
import { openingOf } from '../protocol/openings.ts';
import { hasRole, type Role } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';
import type { Principal, RoleFor, RoomAccess, SourcesFor } from './types.ts';

/**
 * Roles in which a person or device takes part, first choice first. `admin` and `auditor` see no pictures, a
 * `reviewer` works on recordings, and a `service` is a machine that never sits in a room as a peer.
 */
const ROOM_ROLES = [
  'coordinator',
  'dispatcher',
  'specialist',
  'crew',
  'wearer',
  'interpreter',
  'partner',
  'observer',
  'volunteer',
  'patient',
  'relative',
  'bystander',
] as const satisfies readonly Role[];

/** A paged organisation sends those who help; its onlookers stay outside. */
const PAGED_ROLES = [
  'coordinator',
  'specialist',
  'interpreter',
  'partner',
] as const satisfies readonly Role[];

/** The duty doctor, who may break the glass and then leads or advises as `coordinator`. */
const GLASS_ROLES = ['coordinator'] as const satisfies readonly Role[];

/**
 * `member` for whom the room is a matter of course, `break-glass` for a duty doctor who may open it with a reason,
 * `none` for everyone else, who must not even learn that it exists.
 */
export const roomAccess: RoomAccess = (principal, state) => {
  if (state.phase === 'empty') return 'none';
  if (memberRoles(principal, state).length > 0) return 'member';
  return principal.kind === 'person' && principal.roles.some((role) => hasRole(GLASS_ROLES, role))
    ? 'break-glass'
    : 'none';
};

/** The wanted role if the principal may take it here, else the first that fits; undefined when none does. */
export const roleFor: RoleFor = (principal, state, wanted) => {
  const roles = memberRoles(principal, state);
  return wanted === undefined ? roles[0] : roles.find((role) => role === wanted);
};

/** The roles a principal may take in this room, first choice first; empty for those who are not members. */
function memberRoles(principal: Principal, state: RoomState): readonly Role[] {
  if (state.phase === 'empty') return [];
  const roles = ROOM_ROLES.filter((role) => principal.roles.includes(role));
  if (principal.kind === 'guest') return isGuestHere(principal, state) ? roles : [];
  // A device belongs to its unit: another vehicle of the same operator must not show up in this one's room.
  if (principal.kind === 'device') {
    return principal.unitId !== undefined && state.unitIds.includes(principal.unitId) ? roles : [];
  }
  if (principal.organisationKind === 'centre') return roles;
  if (principal.operatesUnits?.some((unitId) => state.unitIds.includes(unitId))) return roles;
  const admitted = state.organisations.find(
    ({ organisationId }) => organisationId === principal.organisationId,
  );
  const here = admitted?.why === 'paged' ? roles.filter((role) => hasRole(PAGED_ROLES, role)) : roles;
  if (admitted && here.length > 0) return here;
  return state.glassBrokenBy.includes(principal.principalId)
    ? roles.filter((role) => hasRole(GLASS_ROLES, role))
    : [];
}

/**
 * A guest is bound to the room whose facts hold the invitation or the link, as long as nobody takes that back. Of a link,
 * every opening is admitted until one goes live; from then on that one alone, and whom the dispatcher lets in its place.
 */
function isGuestHere(principal: Principal, state: RoomState): boolean {
  if (principal.linkId !== undefined) {
    const opening = openingOf(state.bystander, principal.principalId);
    if (opening?.link.linkId !== principal.linkId) return false;
    return opening.state === 'live' || opening.state === 'open';
  }
  const invite = principal.inviteId === undefined ? undefined : state.invites[principal.inviteId];
  return invite !== undefined && !invite.revoked;
}

const SOURCES: Readonly<Record<Role, readonly SourceRole[]>> = {
  dispatcher: ['voice', 'telephone', 'face', 'screen', 'demonstration'],
  // The bystander's voice stays on the phone call, because phones stop audio capture during calls (design section 8). The
  // room takes it only after the dispatcher has asked for the microphone.
  bystander: ['patient', 'overview', 'voice'],
  volunteer: ['voice', 'patient', 'overview'],
  patient: ['voice', 'face', 'patient'],
  relative: ['voice', 'face'],
  crew: ['voice', 'patient', 'overview', 'monitor', 'glasses', 'face', 'screen'],
  wearer: ['voice', 'glasses', 'patient'],
  coordinator: ['voice', 'face', 'screen', 'demonstration'],
  specialist: ['voice', 'face', 'screen'],
  partner: ['voice', 'face', 'overview'],
  interpreter: ['voice', 'face'],
  observer: [],
  reviewer: [],
  admin: [],
  auditor: [],
  service: ['patient', 'overview', 'monitor', 'telephone'],
};

export const sourcesFor: SourcesFor = (role) => SOURCES[role];
