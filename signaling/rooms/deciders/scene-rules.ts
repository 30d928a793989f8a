/** What deciders around the public at the scene share: who that is, who guides it, and which link a peer came by. */
import { type Audience, STAFF } from '../../protocol/audience.ts';
import { openingOf } from '../../protocol/openings.ts';
import { hasRole, type Role, STAFF_ROLES } from '../../protocol/roles.ts';
import type { PeerState, RoomState } from '../../protocol/state.ts';
import type { LinkState } from '../../protocol/state-bystander.ts';
import type { Actor } from '../types.ts';
import { actingPeer, forbidden } from './rules.ts';

/** Members of the public who came by a link to help where the patient is. */
export const SCENE_ROLES = ['bystander', 'volunteer'] as const satisfies readonly Role[];
/** Those who guide them. */
export const GUIDE_ROLES = ['dispatcher', 'coordinator', 'crew'] as const satisfies readonly Role[];

/** Everyone at work and everyone who helps at the scene. */
export const STAFF_AND_SCENE: Audience = { roles: [...STAFF_ROLES, ...SCENE_ROLES] };
/** Everyone at work and the bystanders, whose call for help it is. */
export const STAFF_AND_BYSTANDERS: Audience = { roles: [...STAFF_ROLES, 'bystander'] };
/** Everyone at work and the volunteers, who have to find the way. */
export const STAFF_AND_VOLUNTEERS: Audience = { roles: [...STAFF_ROLES, 'volunteer'] };

/** Everyone at work and one peer, whose own affair it is. */
export function staffAnd(peerId: string): Audience {
  return typeof STAFF === 'string' ? STAFF : { ...STAFF, peers: [peerId] };
}

export function isAtScene(role: Role | undefined): boolean {
  return role !== undefined && hasRole(SCENE_ROLES, role);
}

/** Throws `forbidden` unless the actor guides. */
export function assertGuides(actor: Actor, what: string): void {
  if (actor.role !== undefined && hasRole(GUIDE_ROLES, actor.role)) return;
  throw forbidden(
    `Only a dispatcher, a coordinator or the crew may ${what}.`,
    'Ask the dispatch centre to do it.',
  );
}

/** The acting peer, who came by a link. Throws `forbidden` for everyone else. */
export function peerAtScene(state: RoomState, actor: Actor): PeerState {
  const peer = actingPeer(state, actor);
  if (isAtScene(peer.role)) return peer;
  throw forbidden('Only the page of a link says this.', 'Nothing needs to be done here.');
}

/** The link that a guest came by: its principal is the opening (design section 8). */
export function ownLinkOf(
  state: RoomState,
  { principalId }: Pick<PeerState, 'principalId'>,
): LinkState | undefined {
  return openingOf(state.bystander, principalId)?.link;
}
