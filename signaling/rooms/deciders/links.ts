/** Decisions about links to phones: openings, whom a link is bound to, and its end (design section 8). */
import { AppError } from '../../../platform/errors.ts';
import type { EventOf, RoomEvent } from '../../protocol/events.ts';
import type { LinkEnd } from '../../protocol/links.ts';
import { childrenOf, linkOf, openingOf } from '../../protocol/openings.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { LinkState } from '../../protocol/state-bystander.ts';
import type { Actor, Deciders, FactGroup } from '../types.ts';
import { leavingFacts } from './peers.ts';
import {
  actingPeer,
  assertOpen,
  badRequest,
  centreAnd,
  conflict,
  forbidden,
  isSystem,
  notFound,
  told,
  unchanged,
} from './rules.ts';

/** Browsers that may open one link: an in-app browser, another one, a reload without cookies, and again on another phone. */
export const MAX_OPENINGS = 12;
/** Second phones that one page may bring in at once. */
export const MAX_CHILDREN = 2;

export const linkDeciders = {
  'link.add': (state, link, actor) => {
    assertOpen(state);
    if (linkOf(state.bystander, link.linkId)) return unchanged();
    if (link.parentLinkId !== undefined) assertMayBringPhone(state, link.parentLinkId, actor);
    return told({
      audience: centreAnd(),
      events: [{ type: 'LinkCreated', ...link, by: actor.principalId }],
    });
  },

  'link.sent': (state, sent, actor) => {
    assertOpen(state);
    const link = knownLink(state, sent.linkId);
    if (link.sent?.messageId === sent.messageId) return unchanged();
    return told({ audience: centreAnd(), events: [{ type: 'LinkSent', ...sent, by: actor.principalId }] });
  },

  'link.deliver': (state, delivery) => {
    assertOpen(state);
    if (!tellsMore(knownLink(state, delivery.linkId), delivery)) return unchanged();
    return told({ audience: centreAnd(), events: [{ type: 'LinkDelivery', ...delivery }] });
  },

  'link.open': (state, opened) => {
    assertOpen(state);
    const link = knownLink(state, opened.linkId);
    assertRuns(link);
    const { linkId, openingId, browser } = opened;
    const known = Object.hasOwn(link.openings, openingId) ? link.openings[openingId] : undefined;
    if (known && known.state !== 'ended') return { facts: [], result: { opening: known.state } };
    if (!known && Object.keys(link.openings).length >= MAX_OPENINGS) {
      throw conflict(
        'This link was opened in too many browsers.',
        'Ask for a new link.',
        'too-many-openings',
      );
    }
    if (link.boundTo === undefined) {
      const event: RoomEvent = { type: 'LinkOpened', ...opened };
      return { facts: [{ audience: centreAnd(), events: [event] }], result: { opening: 'open' } };
    }
    const named = browser ?? known?.browser;
    const event: RoomEvent = {
      type: 'LinkAsked',
      linkId,
      openingId,
      ...(named === undefined ? {} : { browser: named }),
    };
    return { facts: [{ audience: centreAnd(), events: [event] }], result: { opening: 'asking' } };
  },

  'link.misuse': (state, misuse) => {
    assertOpen(state);
    knownLink(state, misuse.linkId);
    return told({ audience: centreAnd(), events: [{ type: 'LinkMisused', ...misuse }] });
  },

  'link.end': (state, { linkId, reason }, actor) => {
    assertOpen(state);
    const link = knownLink(state, linkId);
    if (link.ended !== undefined) return unchanged();
    // Whoever opened it in the last moment stays.
    if (reason === 'unopened' && link.openedUtc !== undefined) return unchanged();
    if (reason === 'replaced' && link.boundTo !== undefined) {
      throw conflict(
        'Somebody is live by this link already.',
        'Revoke it first, or let the other phone in.',
        'bound',
      );
    }
    return told(...ending(state, link, reason, actor.principalId));
  },

  'link.goLive': (state, _params, actor) => {
    assertOpen(state);
    const peer = actingPeer(state, actor);
    const link = ownLink(state, actor);
    assertRuns(link);
    if (link.boundTo === actor.principalId) return unchanged();
    if (link.boundTo !== undefined) {
      throw conflict(
        'Another phone is live by this link.',
        'Ask the dispatcher to let this one in.',
        'bound',
      );
    }
    const event: RoomEvent = { type: 'LinkBound', linkId: link.linkId, openingId: actor.principalId };
    return told(
      { audience: centreAnd([peer.peerId]), events: [event] },
      ...leaving(state, guestsOf(state, link, actor.principalId), actor.principalId),
    );
  },

  'link.answer': (state, { linkId, openingId, admitted }, actor) => {
    assertOpen(state);
    const link = knownLink(state, linkId);
    assertRuns(link);
    const opening = Object.hasOwn(link.openings, openingId) ? link.openings[openingId] : undefined;
    if (!opening) throw notFound('opening', 'Look at the link again.');
    if (opening.state === (admitted ? 'live' : 'refused')) return unchanged();
    if (opening.state !== 'asking') {
      throw conflict('This browser does not ask any more.', 'Nothing needs to be done.', opening.state);
    }
    const event: RoomEvent = { type: 'LinkAnswered', linkId, openingId, admitted, by: actor.principalId };
    return told(
      { audience: centreAnd(), events: [event] },
      ...(admitted ? leaving(state, guestsOf(state, link, openingId), actor.principalId) : []),
    );
  },

  'notice.accept': (state, { version, language }, actor) => {
    assertOpen(state);
    const { peerId } = actingPeer(state, actor);
    const { linkId } = ownLink(state, actor);
    // Each time: a new opening of the camera asks again, and each yes is a fact.
    const event: RoomEvent = { type: 'NoticeAccepted', peerId, linkId, version, language };
    return told({ audience: centreAnd([peerId]), events: [event] });
  },

  'bystander.release': (state, { peerId }, actor) => {
    assertOpen(state);
    const link = linkOfPeer(state, peerId);
    if (!link) {
      throw badRequest(
        'Nobody here came by a link under this id.',
        'Choose a bystander from the list of peers.',
      );
    }
    if (link.ended !== undefined) return unchanged();
    const event: RoomEvent = {
      type: 'BystanderReleased',
      peerId,
      linkId: link.linkId,
      by: actor.principalId,
    };
    return told(
      { audience: centreAnd([peerId]), events: [event] },
      ...ending(state, link, 'released', actor.principalId),
    );
  },
} satisfies Partial<Deciders>;

/** Ends of all links that still run, for the end of the room; their peers leave with everyone. */
export function linksEnding({ bystander }: RoomState, by: string): RoomEvent[] {
  return Object.values(bystander.links)
    .filter(({ ended }) => ended === undefined)
    .map(({ linkId }) => ({ type: 'LinkEnded' as const, linkId, reason: 'room-closed' as const, by }));
}

/** The link and those of its second phones end, and whoever came by them leaves. */
function ending(state: RoomState, link: LinkState, reason: LinkEnd, by: string): FactGroup[] {
  return [link, ...childrenOf(state.bystander, link.linkId)].flatMap((each) => {
    const peers = guestsOf(state, each);
    const event: RoomEvent = { type: 'LinkEnded', linkId: each.linkId, reason, by };
    return [{ audience: centreAnd(peers), events: [event] }, ...leaving(state, peers, by)];
  });
}

/** Peers that came by a link, except those of one opening. */
function guestsOf(state: RoomState, link: LinkState, except?: string): string[] {
  return Object.values(state.peers)
    .filter(({ principalId }) => principalId !== except && Object.hasOwn(link.openings, principalId))
    .map(({ peerId }) => peerId);
}

function leaving(state: RoomState, peers: readonly string[], by: string): FactGroup[] {
  if (peers.length === 0) return [];
  const events = peers.flatMap((peerId) => leavingFacts(state, peerId, 'removed', by));
  return [{ audience: 'everyone', events }];
}

function knownLink(state: RoomState, linkId: string): LinkState {
  const link = linkOf(state.bystander, linkId);
  if (link) return link;
  throw notFound('link', 'Look at the links of this incident.');
}

/** The link that the acting guest came by. Throws `forbidden`. */
function ownLink(state: RoomState, actor: Actor): LinkState {
  const found = openingOf(state.bystander, actor.principalId);
  if (found) return found.link;
  throw forbidden('Only a guest of a link may do this.', 'Open the link again.');
}

function linkOfPeer(state: RoomState, peerId: string): LinkState | undefined {
  const peer = Object.hasOwn(state.peers, peerId) ? state.peers[peerId] : undefined;
  if (peer) return openingOf(state.bystander, peer.principalId)?.link;
  const linkId = Object.hasOwn(state.bystander.pages, peerId)
    ? state.bystander.pages[peerId]?.linkId
    : undefined;
  return linkId === undefined ? undefined : linkOf(state.bystander, linkId);
}

/** Throws `closed` with the reason, which the page of the link explains. */
function assertRuns(link: LinkState): void {
  if (link.ended === undefined) return;
  throw new AppError('closed', 'This link has ended.', {
    status: 410,
    whatToDo: 'Ask for a new link.',
    details: { reason: link.ended },
  });
}

/** A second phone is brought in by the one that films, from a link of the dispatcher's own, and not without end. */
function assertMayBringPhone(state: RoomState, parentLinkId: string, actor: Actor): void {
  const parent = knownLink(state, parentLinkId);
  assertRuns(parent);
  if (!isSystem(actor) && parent.boundTo !== actor.principalId) {
    throw forbidden('Only the phone that is live brings in another.', 'Switch the camera on first.');
  }
  if (parent.parentLinkId !== undefined) {
    throw forbidden('A second phone brings in no other.', 'Show the code on the first phone.');
  }
  if (childrenOf(state.bystander, parentLinkId).length >= MAX_CHILDREN) {
    throw conflict('Two phones were brought in already.', 'Ask the dispatcher for another link.', 'full');
  }
}

const RANK: Readonly<Record<EventOf<'LinkDelivery'>['state'], number>> = {
  queued: 0,
  sent: 1,
  accepted: 2,
  // After a restart nobody may know whether it left; a later word of the provider is worth more.
  unknown: 3,
  failed: 4,
  expired: 4,
  delivered: 5,
};

/** Reports come late, twice, out of order, or of a message that was sent again since: only news is written. */
function tellsMore(
  link: LinkState,
  { messageId, state, failure }: Omit<EventOf<'LinkDelivery'>, 'type'>,
): boolean {
  if (link.sent && link.sent.messageId !== messageId) return false;
  const before = link.delivery;
  if (!before || before.messageId !== messageId) return true;
  if (before.state === state) return before.failure !== failure;
  // A provider that was away is tried again, so that this failure is not the last word.
  return before.failure === 'provider-away' || RANK[state] > RANK[before.state];
}
