/** Who is in the room and what may be done about them. Pure. */
import { hasRole, type Role } from '../../../signaling/protocol/roles.ts';
import type { PeerState, RoomState } from '../../../signaling/protocol/state.ts';

/** The lead first, then this peer, then by role as the roles are listed by the room's work, then by joining. */
const order: readonly Role[] = ['coordinator', 'crew', 'wearer', 'specialist', 'dispatcher'];

export function orderPeers(state: RoomState, me: string): readonly PeerState[] {
  const rank = (peer: PeerState) => {
    if (peer.peerId === state.leadPeerId) return -2;
    if (peer.peerId === me) return -1;
    const index = order.indexOf(peer.role);
    return index === -1 ? order.length : index;
  };
  return Object.values(state.peers).sort((a, b) => rank(a) - rank(b) || a.joinedAt - b.joinedAt);
}

/** Roles that only look and listen. */
const listeners: readonly Role[] = ['observer', 'reviewer', 'auditor', 'admin', 'service'];

/** Whether a role has a voice in a room; undefined before the join was answered. */
export function maySpeak(role: Role | undefined): boolean {
  return role !== undefined && !hasRole(listeners, role);
}

/** Those who oversee all incidents: they merge them, move patients between them, and assign units. */
export function oversees(role: Role | undefined): boolean {
  return role === 'dispatcher' || role === 'coordinator';
}

/** Whether this peer is in the room without a voice, since the person speaks in another one. */
export function onlyWatches(state: RoomState, peerId: string): boolean {
  return state.peers[peerId]?.speaksHere === false;
}

export type PeerLink = 'up' | 'silent' | 'lost';

/** A peer's link: facts say lost, the media server says silent earlier. */
export function peerLink(peer: PeerState, silent: ReadonlySet<string>): PeerLink {
  if (peer.link === 'lost') return 'lost';
  return silent.has(peer.peerId) ? 'silent' : 'up';
}

/** Whether someone is heard: they have a voice that is neither paused by them nor muted by the lead. */
export function isHeard(state: RoomState, peerId: string): boolean {
  if (state.peers[peerId]?.muted.audio === true) return false;
  return Object.values(state.sources).some(
    ({ peerId: owner, kind, paused, source }) =>
      owner === peerId && kind === 'audio' && !paused && source.role !== 'telephone',
  );
}

/** Whether someone sends the telephone line into the room now: other voices than their own are heard from them. */
export function sendsTelephone(state: RoomState, peerId: string): boolean {
  return Object.values(state.sources).some(
    (source) => source.peerId === peerId && source.source.role === 'telephone' && !source.paused,
  );
}

/** Invitations that still open the room. */
export function openInvites(state: RoomState, nowUtc: number): readonly RoomState['invites'][string][] {
  return Object.values(state.invites).filter((invite) => !invite.revoked && invite.expiresAt > nowUtc);
}
