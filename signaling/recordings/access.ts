/**
 * Who may look at a recording, by the rules of `people/visibility.ts` carried over to what is past:
 *
 * - a person with the role `reviewer` of the centre looks at every recording; one of another organisation at those it took
 *   part in (`RoomFacts.organisationIds`) or whose units it operates;
 * - in a room that goes on, whoever sits in it in a clinical role and may do so still, by account or enrolled device, looks
 *   back in this room; guests do not;
 * - `admin` and `auditor` look at none: these roles open nothing here, whatever the organisation;
 * - whoever may review may put a recording under legal hold, since that only keeps it; lifting a hold, changing the class
 *   and destroying keys is for reviewers of the centre, which answers for the recordings.
 */

import type { Principal, RoleFor } from '../people/types.ts';
import { CLINICAL_ROLES, hasRole } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';

export interface TookPart {
  readonly organisationIds: readonly string[];
  readonly unitIds: readonly string[];
}

/** True for people who review at all. */
export function isReviewer(principal: Principal): boolean {
  return principal.kind === 'person' && principal.roles.includes('reviewer');
}

/** True for reviewers of the centre, who see all and decide on keeping. */
export function keepsRecordings(principal: Principal): boolean {
  return isReviewer(principal) && principal.organisationKind === 'centre';
}

export function mayReview(principal: Principal, { organisationIds, unitIds }: TookPart): boolean {
  if (!isReviewer(principal)) return false;
  if (keepsRecordings(principal) || organisationIds.includes(principal.organisationId)) return true;
  return principal.operatesUnits?.some((unitId) => unitIds.includes(unitId)) ?? false;
}

/** The peer as whom the principal sits in the open room in a clinical role; undefined when it does not. */
export function rewindsAs(principal: Principal, state: RoomState, roleFor: RoleFor) {
  if (principal.kind === 'guest' || state.phase !== 'open') return undefined;
  return Object.values(state.peers).find(
    ({ principalId, role }) =>
      principalId === principal.principalId &&
      hasRole(CLINICAL_ROLES, role) &&
      roleFor(principal, state, role) === role,
  );
}
