/** Folds of the facts about peers: who is here, who leads, who is muted, where a person speaks. */
import type { RoomEvent } from './events.ts';
import type { FactContext } from './evolve.ts';
import type { PeerState, RoomState } from './state.ts';

/** Answers undefined for a fact of another group. */
export function evolvePeers(state: RoomState, event: RoomEvent, { at }: FactContext): RoomState | undefined {
  switch (event.type) {
    case 'PeerJoined': {
      const { type: _, ...joined } = event;
      const peer: PeerState = { ...joined, joinedAt: at, link: 'up', muted: { audio: false, video: false } };
      return { ...state, peers: { ...state.peers, [event.peerId]: peer } };
    }
    case 'PeerLeft':
      return withoutPeer(state, event.peerId);
    case 'PeerLinkLost':
      return changePeer(state, event.peerId, { link: 'lost', linkLostAt: at });
    case 'PeerLinkBack':
      return linkBack(state, event.peerId);
    case 'PeerMuted': {
      const peer = state.peers[event.peerId];
      return changePeer(state, event.peerId, {
        muted: { audio: false, video: false, ...peer?.muted, [event.kind]: event.muted },
      });
    }
    case 'SpeakingMoved':
      return changePeer(state, event.peerId, { speaksHere: event.speaksHere });
    case 'LeadHandedOver':
      return { ...state, leadPeerId: event.toPeerId };
    case 'Spotlighted': {
      const { spotlight: _, ...rest } = state;
      return event.producerId === null ? rest : { ...rest, spotlight: event.producerId };
    }
    default:
      return undefined;
  }
}

function changePeer(state: RoomState, peerId: string, change: Partial<PeerState>): RoomState {
  const peer = state.peers[peerId];
  if (!peer) return state;
  return { ...state, peers: { ...state.peers, [peerId]: { ...peer, ...change } } };
}

function linkBack(state: RoomState, peerId: string): RoomState {
  const peer = state.peers[peerId];
  if (!peer) return state;
  const { linkLostAt: _, ...rest } = peer;
  return { ...state, peers: { ...state.peers, [peerId]: { ...rest, link: 'up' } } };
}

/** A peer that is gone takes its sources along; the lead stays vacant until it is handed over or the peer returns. */
function withoutPeer(state: RoomState, peerId: string): RoomState {
  const { [peerId]: _, ...peers } = state.peers;
  const sources = Object.fromEntries(
    Object.entries(state.sources).filter(([, source]) => source.peerId !== peerId),
  );
  const { leadPeerId, ...rest } = state;
  return { ...rest, peers, sources, ...(leadPeerId && leadPeerId !== peerId ? { leadPeerId } : {}) };
}
