/** Which rooms a principal may touch: one answer for unknown and invisible ones (design section 10). */
import { isAppError } from '../../platform/errors.ts';
import type { Principal } from '../people/types.ts';
import { hasRole, type Role } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';
import type { Actor } from '../rooms/types.ts';
import { forbidden, noSuchRoom } from './refusals.ts';
import type { Services } from './types.ts';

/** The state of a room, or `not-found` in the same words as for a room that may not be seen. */
export async function stateOf(services: Services, roomId: string): Promise<RoomState> {
  try {
    return await services.rooms.at(roomId).state();
  } catch (error) {
    if (isAppError(error, 'not-found')) throw noSuchRoom();
    throw error;
  }
}

export interface VisibleRoom {
  readonly state: RoomState;
  readonly actor: Actor;
}

/**
 * Finds a room for someone who need not have joined it, and the role taken there.
 * Throws `not-found` when the room is unknown or invisible, `forbidden` when the role does not allow it.
 */
export async function visibleRoom(
  services: Services,
  principal: Principal,
  roomId: string | undefined,
  roles: readonly Role[],
  admit: 'member' | 'outsider' = 'member',
): Promise<VisibleRoom> {
  if (roomId === undefined) throw noSuchRoom();
  const state = await stateOf(services, roomId);
  const access = services.access(principal, state);
  if (access === 'none' || (access === 'break-glass' && admit === 'member')) throw noSuchRoom();
  const role =
    principal.roles.find((own) => hasRole(roles, own) && services.roleFor(principal, state, own) === own) ??
    (access === 'break-glass' ? principal.roles.find((own) => hasRole(roles, own)) : undefined);
  if (!role) throw forbidden('Your role does not allow this in that room.');
  return { state, actor: actorOf(principal, role) };
}

/** A principal acting in a role, without being a peer. */
export function actorOf(principal: Principal, role: Role): Actor {
  return {
    principalId: principal.principalId,
    role,
    organisationId: principal.organisationId,
    name: principal.name,
    ...(principal.unitId ? { unitId: principal.unitId } : {}),
  };
}
