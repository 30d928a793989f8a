/** Inviting someone into a room by a link with a role and an end. */
import type { Result } from '../protocol/methods.ts';
import { hasRole, INVITABLE_ROLES } from '../protocol/roles.ts';
import { badRequest, forbidden, noSuchRoom } from './refusals.ts';
import type { Connection, PeerCall } from './types.ts';
import { stateOf } from './visible.ts';

/**
 * Makes the link, then states it as a fact; the secret is in the answer alone. It is stored nowhere, so a repeat cannot
 * be answered from the log: it makes another link, and the one that got lost ends by itself. Guests invite nobody: what
 * they were given would outlive its own end, and taking their link back would not take back those they let in.
 */
export async function invite({
  services,
  connection,
  roomId,
  seat,
  actor,
  params,
}: PeerCall<'room.invite'>): Promise<Result<'room.invite'>> {
  assertNoGuest(connection);
  if (!hasRole(INVITABLE_ROLES, params.role)) throw badRequest('Nobody is invited in that role.', 'role');
  const { role, name } = params;
  const expiresAt = services.now() + params.minutes * 60_000;
  const { inviteId, url } = await services.invites.create({
    roomId,
    role,
    name,
    expiresAt,
    organisationId: seat.peer.organisationId,
    by: seat.peer.principalId,
  });
  try {
    const fact = { inviteId, role, name, expiresAt };
    await services.rooms.at(roomId).execute('invite.create', fact, actor);
  } catch (error) {
    // A link that the room does not know would admit nobody: it must not stay valid.
    await services.invites.revoke(inviteId);
    throw error;
  }
  return { inviteId, url };
}

/** Takes an invitation back. Guests who came by it leave: the room no longer admits them. */
export async function revokeInvite({
  services,
  connection,
  roomId,
  actor,
  params,
  commandId,
}: PeerCall<'room.revokeInvite'>): Promise<Result<'room.revokeInvite'>> {
  assertNoGuest(connection);
  const { inviteId } = params;
  if (!Object.hasOwn((await stateOf(services, roomId)).invites, inviteId)) throw noSuchRoom();
  await services.invites.revoke(inviteId);
  await services.rooms.at(roomId).execute('invite.revoke', { inviteId }, actor, commandId);
  return {};
}

function assertNoGuest({ session }: Pick<Connection, 'session'>): void {
  if (session.principal.kind === 'guest') throw forbidden('Guests neither invite nor send away.');
}
