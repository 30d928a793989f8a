/** Decisions about peers: coming, going, links, the lead, muting, and where a person speaks. */
import type { EventOf, RoomEvent } from '../../protocol/events.ts';
import { openingOf } from '../../protocol/openings.ts';
import type { Role } from '../../protocol/roles.ts';
import type { PeerState, RoomState } from '../../protocol/state.ts';
import type { RoomCommandParams } from '../commands.ts';
import type { Deciders } from '../types.ts';
import { assertDirects, assertOpen, badRequest, conflict, peerOf, told, unchanged } from './rules.ts';

/** Who leads when nobody was chosen, best first. */
const LEAD_ORDER: readonly Role[] = ['coordinator', 'dispatcher', 'specialist', 'crew', 'wearer'];

/** Tabs and reloads of one browser of a link at once; more would fill the list of those who guide. */
const GUEST_PEERS = 4;

export const peerDeciders = {
  'peer.join': (state, joined, _actor, now) => {
    assertOpen(state);
    const known = state.peers[joined.peerId];
    if (known) return told({ audience: 'everyone', events: returning(known, joined, now.at) });
    const events: RoomEvent[] = [...makingPlace(state, joined), { type: 'PeerJoined', ...joined }];
    const led = state.leadPeerId !== undefined && state.peers[state.leadPeerId] !== undefined;
    if (!led && LEAD_ORDER.includes(joined.role)) {
      events.push({ type: 'LeadHandedOver', toPeerId: joined.peerId, by: 'system' });
    }
    return told({ audience: 'everyone', events });
  },

  // Leaving twice, or after the room has ended, is leaving: whoever cleans up need not ask first.
  'peer.leave': (state, { peerId, reason }, actor) => {
    if (!state.peers[peerId]) return unchanged();
    assertOpen(state);
    const by = actor.peerId === peerId ? undefined : actor.principalId;
    return told({
      audience: 'everyone',
      events: [...leavingFacts(state, peerId, reason, by), ...leadAfter(state, peerId)],
    });
  },

  'room.removePeer': (state, { peerId }, actor) => {
    assertOpen(state);
    assertDirects(state, actor, 'remove a peer');
    peerOf(state, peerId);
    return told({
      audience: 'everyone',
      events: [...leavingFacts(state, peerId, 'removed', actor.principalId), ...leadAfter(state, peerId)],
    });
  },

  'peer.link': (state, params) => {
    assertOpen(state);
    const peer = peerOf(state, params.peerId);
    if (peer.link === params.link) return unchanged();
    const event: RoomEvent =
      params.link === 'lost'
        ? { type: 'PeerLinkLost', peerId: params.peerId }
        : { type: 'PeerLinkBack', peerId: params.peerId, afterMs: params.afterMs };
    return told({ audience: 'everyone', events: [event] });
  },

  'peer.setSpeaking': (state, { peerId, speaksHere }) => {
    assertOpen(state);
    if (peerOf(state, peerId).speaksHere === speaksHere) return unchanged();
    return told({ audience: 'everyone', events: [{ type: 'SpeakingMoved', peerId, speaksHere }] });
  },

  'peer.mute': (state, { peerId, kind, muted }, actor) => {
    assertOpen(state);
    assertDirects(state, actor, 'mute a peer');
    if (peerOf(state, peerId).muted[kind] === muted) return unchanged();
    const event = { type: 'PeerMuted' as const, peerId, kind, muted, by: actor.principalId };
    return told({ audience: 'everyone', events: [event] });
  },

  'room.handOverLead': (state, { toPeerId }, actor) => {
    assertOpen(state);
    assertDirects(state, actor, 'hand over the lead');
    const peer = peerOf(state, toPeerId);
    if (!LEAD_ORDER.includes(peer.role)) {
      throw badRequest(
        'The lead is taken by someone who treats or directs treatment.',
        'Choose a coordinator, dispatcher, specialist, crew member or wearer.',
      );
    }
    if (state.leadPeerId === toPeerId) return unchanged();
    const event = { type: 'LeadHandedOver' as const, toPeerId, by: actor.principalId };
    return told({ audience: 'everyone', events: [event] });
  },
} satisfies Partial<Deciders>;

/** The facts of a peer's leaving: its sources end, then it is gone. */
export function leavingFacts(
  state: RoomState,
  peerId: string,
  reason: EventOf<'PeerLeft'>['reason'],
  by: string | undefined,
): RoomEvent[] {
  const sources = Object.values(state.sources).filter((source) => source.peerId === peerId);
  const ended = reason === 'removed' ? 'removed' : 'peer-left';
  return [
    ...sources.map(
      ({ producerId }) => ({ type: 'SourceClosed' as const, producerId, reason: ended }) as const,
    ),
    { type: 'PeerLeft', peerId, reason, ...(by === undefined ? {} : { by }) },
  ];
}

/** A guest of a link who comes once too often: whichever of its peers lost the link, or came first, makes place. */
function makingPlace(state: RoomState, { principalId }: RoomCommandParams<'peer.join'>): RoomEvent[] {
  if (!openingOf(state.bystander, principalId)) return [];
  const own = Object.values(state.peers).filter((peer) => peer.principalId === principalId);
  const [first] = own.sort((a, b) => gone(b) - gone(a) || a.joinedAt - b.joinedAt);
  return first && own.length >= GUEST_PEERS ? leavingFacts(state, first.peerId, 'replaced', undefined) : [];
}

function gone({ link }: PeerState): number {
  return link === 'lost' ? 1 : 0;
}

/** A page that was reloaded, or a link that is back: the same peer of the same person, at most its link has changed. */
function returning(known: PeerState, joined: RoomCommandParams<'peer.join'>, at: number): RoomEvent[] {
  if (known.principalId !== joined.principalId) {
    throw conflict(
      'This peer id belongs to someone else in the room.',
      'Make a new peer id and join again.',
      'taken',
    );
  }
  const { peerId, speaksHere } = joined;
  const events: RoomEvent[] = [];
  if (known.link === 'lost')
    events.push({ type: 'PeerLinkBack', peerId, afterMs: at - (known.linkLostAt ?? at) });
  // Where the voice is counts as the joiner says it now, or a return would silence it everywhere.
  if (known.speaksHere !== speaksHere) events.push({ type: 'SpeakingMoved', peerId, speaksHere });
  return events;
}

/** Passes the lead on when the one who has it goes: by role, then to who has been here longest. */
function leadAfter(state: RoomState, leavingId: string): RoomEvent[] {
  if (state.leadPeerId !== leavingId) return [];
  const next = Object.values(state.peers)
    .filter((peer) => peer.peerId !== leavingId && LEAD_ORDER.includes(peer.role))
    .sort((a, b) => rank(a) - rank(b) || a.joinedAt - b.joinedAt)[0];
  return next ? [{ type: 'LeadHandedOver', toPeerId: next.peerId, by: 'system' }] : [];
}

/** Whoever is really there comes before whoever lost the link. */
function rank(peer: PeerState): number {
  return LEAD_ORDER.indexOf(peer.role) + (peer.link === 'lost' ? LEAD_ORDER.length : 0);
}
