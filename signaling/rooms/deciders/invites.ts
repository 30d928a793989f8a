/** Decisions about invitations by link. */
import { hasRole, INVITABLE_ROLES } from '../../protocol/roles.ts';
import type { Deciders } from '../types.ts';
import { assertOpen, badRequest, conflict, forbidden, notFound, STAFF, told, unchanged } from './rules.ts';

export const inviteDeciders = {
  'invite.create': (state, { inviteId, role, name, expiresAt }, actor, now) => {
    assertOpen(state);
    if (!hasRole(INVITABLE_ROLES, role)) {
      throw forbidden(
        'Nobody is invited into this role by a link.',
        'Choose another role, or have them sign in.',
      );
    }
    if (expiresAt <= now.utc)
      throw badRequest('The invitation would have ended already.', 'Choose a later end.');
    if (state.invites[inviteId])
      throw conflict('This invitation exists already.', 'Make a new one.', 'exists');
    const event = { type: 'InviteCreated' as const, inviteId, role, name, expiresAt, by: actor.principalId };
    return told({ audience: STAFF, events: [event] });
  },

  'invite.revoke': (state, { inviteId }, actor) => {
    assertOpen(state);
    const invite = state.invites[inviteId];
    if (!invite) throw notFound('invitation', 'Look at the list of invitations.');
    if (invite.revoked) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'InviteRevoked', inviteId, by: actor.principalId }] });
  },
} satisfies Partial<Deciders>;
