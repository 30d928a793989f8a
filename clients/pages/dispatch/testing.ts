/** Rooms as the tests of this folder need them: small, with a link and a phone. */
import { initialRoomState, type PeerState, type RoomState } from '../../../signaling/protocol/state.ts';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';

export const UTC = 1_760_000_000_000;

export function linkState(change: Partial<LinkState> = {}): LinkState {
  return {
    linkId: 'l1',
    use: 'camera',
    need: 'arrest',
    helpers: 'two',
    language: 'zh-CN',
    expiresAt: UTC + 900_000,
    by: 'd1',
    createdUtc: UTC,
    openings: {},
    misused: 0,
    ...change,
  };
}

export function peerState(change: Partial<PeerState> = {}): PeerState {
  return {
    peerId: 'p1',
    principalId: 'o1',
    role: 'bystander',
    organisationId: 'public',
    name: 'Caller',
    speaksHere: true,
    joinedAt: 10,
    link: 'up',
    muted: { audio: false, video: false },
    ...change,
  };
}

export function roomWith(
  links: readonly LinkState[],
  peers: readonly PeerState[],
  pages: RoomState['bystander']['pages'] = {},
): RoomState {
  const state = initialRoomState();
  return {
    ...state,
    phase: 'open',
    createdUtc: UTC,
    peers: Object.fromEntries(peers.map((peer) => [peer.peerId, peer])),
    bystander: {
      ...state.bystander,
      links: Object.fromEntries(links.map((link) => [link.linkId, link])),
      pages,
    },
  };
}
