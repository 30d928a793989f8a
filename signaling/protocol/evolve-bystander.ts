/** Folds of the facts around a bystander: links, pages, guidance, compressions, volunteers. */
import type { EventOf, RoomEvent } from './events.ts';
import type { PageReport } from './events-bystander.ts';
import type { FactContext } from './evolve.ts';
import { firstBeatAt } from './metronome.ts';
import type { RoomState } from './state.ts';
import type { AskState, BystanderState, LinkState, PageState } from './state-bystander.ts';

const ASKS_KEPT = 50;
const PHOTOS_KEPT = 200;
const MARKS_KEPT = 200;
const SUMMARIES_KEPT = 120;
/** Pages of phones, those of peers who have left among them. */
const PAGES_KEPT = 50;

/** Answers undefined for a fact of another group. */
export function evolveBystander(
  state: RoomState,
  event: RoomEvent,
  context: FactContext,
): RoomState | undefined {
  const now = state.bystander;
  const next =
    evolveLinks(now, event, context) ??
    evolveOpenings(now, event, context) ??
    withinBounds(state, evolvePages(now, event, context)) ??
    evolveGuidance(now, event, context) ??
    evolveCpr(now, event, context) ??
    evolveVolunteers(now, event, context);
  if (next === undefined) return undefined;
  return next === now ? state : { ...state, bystander: next };
}

function evolveLinks(
  now: BystanderState,
  event: RoomEvent,
  { utc }: FactContext,
): BystanderState | undefined {
  switch (event.type) {
    case 'IncidentAddressSet':
      return { ...now, address: { ...event.address, source: event.source } };
    case 'LinkCreated': {
      const { type: _, ...created } = event;
      const link: LinkState = { ...created, createdUtc: utc, openings: {}, misused: 0 };
      return { ...now, links: { ...now.links, [event.linkId]: link } };
    }
    case 'LinkSent':
      return changeLink(now, event.linkId, () => ({
        sent: { messageId: event.messageId, way: event.way, utc },
      }));
    case 'LinkDelivery': {
      const { type: _, linkId, ...delivery } = event;
      return changeLink(now, linkId, (link) => ({
        delivery: { ...delivery, utc },
        ...(event.state === 'delivered' && link.deliveredUtc === undefined ? { deliveredUtc: utc } : {}),
      }));
    }
    case 'LinkMisused':
      return changeLink(now, event.linkId, (link) => ({ misused: link.misused + event.count }));
    case 'LinkEnded':
      return changeLink(now, event.linkId, () => ({ ended: event.reason }));
    default:
      return undefined;
  }
}

function evolveOpenings(
  now: BystanderState,
  event: RoomEvent,
  { utc }: FactContext,
): BystanderState | undefined {
  switch (event.type) {
    case 'LinkOpened':
    case 'LinkAsked': {
      const state = event.type === 'LinkOpened' ? ('open' as const) : ('asking' as const);
      const opening = { state, utc, ...(event.browser === undefined ? {} : { browser: event.browser }) };
      return changeLink(now, event.linkId, (link) => ({
        openedUtc: link.openedUtc ?? utc,
        openings: { ...link.openings, [event.openingId]: opening },
      }));
    }
    case 'LinkBound':
      return changeLink(now, event.linkId, (link) => bind(link, event.openingId, utc));
    case 'LinkAnswered':
      return changeLink(now, event.linkId, (link) =>
        event.admitted
          ? bind(link, event.openingId, utc)
          : { openings: withOpening(link, event.openingId, 'refused') },
      );
    default:
      return undefined;
  }
}

/** The one opening is live; those that were open before it have ended, and those that ask go on asking. */
function bind(link: LinkState, openingId: string, utc: number): Partial<LinkState> {
  const openings = Object.fromEntries(
    Object.entries(link.openings).map(([id, opening]) => {
      const ends = id !== openingId && (opening.state === 'open' || opening.state === 'live');
      return [id, ends ? { ...opening, state: 'ended' as const } : opening];
    }),
  );
  return {
    boundTo: openingId,
    boundUtc: link.boundUtc ?? utc,
    openings: withOpening({ ...link, openings }, openingId, 'live'),
  };
}

function withOpening(
  link: LinkState,
  openingId: string,
  state: LinkState['openings'][string]['state'],
): LinkState['openings'] {
  const opening = link.openings[openingId];
  return opening ? { ...link.openings, [openingId]: { ...opening, state } } : link.openings;
}

function evolvePages(
  now: BystanderState,
  event: RoomEvent,
  { utc }: FactContext,
): BystanderState | undefined {
  switch (event.type) {
    case 'NoticeAccepted':
      return changePage(now, event.peerId, { linkId: event.linkId, noticeVersion: event.version });
    case 'PageReported':
      return changePage(now, event.peerId, {
        ...event.report,
        ...cameraTimes(now.pages[event.peerId], event.report, utc),
      });
    case 'LocationReported':
      return changePage(now, event.peerId, { location: 'known', position: event.location });
    case 'BystanderReleased':
      return changePage(now, event.peerId, { releasedBy: event.by });
    case 'BystanderAsked': {
      const { type: _, by: __, ...asked } = event;
      const ask: AskState = { ...asked, utc };
      return { ...now, asks: [...now.asks, ask].slice(-ASKS_KEPT) };
    }
    case 'BystanderAnswered':
      return {
        ...now,
        asks: now.asks.map((ask) =>
          ask.askId === event.askId
            ? { ...ask, outcome: event.outcome, ...(event.why === undefined ? {} : { why: event.why }) }
            : ask,
        ),
      };
    case 'PhotoAdded': {
      const { type: _, ...photo } = event;
      return { ...now, photos: [...now.photos, { ...photo, utc }].slice(-PHOTOS_KEPT) };
    }
    case 'BasisSet':
      return { ...now, bases: { ...now.bases, [event.patientId]: { basis: event.basis, utc } } };
    default:
      return undefined;
  }
}

/** Whoever comes again and again under new ids must not make the state of a room larger than anybody can load. */
function withinBounds({ peers }: RoomState, next: BystanderState | undefined): BystanderState | undefined {
  const ids = Object.keys(next?.pages ?? {});
  const oldest = ids.length > PAGES_KEPT ? ids.find((peerId) => !Object.hasOwn(peers, peerId)) : undefined;
  if (next === undefined || oldest === undefined) return next;
  const { [oldest]: _, ...pages } = next.pages;
  return { ...next, pages };
}

/** The first time each: a camera that comes back was asked for before. */
function cameraTimes(page: PageState = {}, { camera }: PageReport, utc: number): Partial<PageState> {
  if (camera === 'asked') return { cameraAskedUtc: page.cameraAskedUtc ?? utc };
  return camera === 'live' ? { cameraLiveUtc: page.cameraLiveUtc ?? utc } : {};
}

function evolveGuidance(
  now: BystanderState,
  event: RoomEvent,
  { at, utc }: FactContext,
): BystanderState | undefined {
  switch (event.type) {
    case 'GuidancePushed': {
      const { type: _, ...pushed } = event;
      return { ...now, guidance: { ...pushed, utc, shownBy: [] } };
    }
    case 'GuidanceShown': {
      const { guidance } = now;
      if (guidance?.pushId !== event.pushId) return now;
      const shownBy = [...new Set([...guidance.shownBy, event.peerId])];
      return { ...now, guidance: { ...guidance, shownBy } };
    }
    case 'GuidanceCleared': {
      const { guidance, ...rest } = now;
      return guidance?.pushId === event.pushId ? rest : now;
    }
    case 'MetronomeSet': {
      const { type: _, by: __, ...set } = event;
      return { ...now, metronome: { ...set, at: firstBeatAt(now.metronome, set, at) } };
    }
    default:
      return undefined;
  }
}

function evolveCpr(now: BystanderState, event: RoomEvent, { utc }: FactContext): BystanderState | undefined {
  const { cpr } = now;
  switch (event.type) {
    case 'CprMarked': {
      const { type: _, ...mark } = event;
      return { ...now, cpr: { ...cpr, marks: [...cpr.marks, mark].slice(-MARKS_KEPT) } };
    }
    case 'CprFlagged': {
      const { [event.flag]: _, ...others } = cpr.flags;
      const flag = { utc, ...(event.value === undefined ? {} : { value: event.value }) };
      return { ...now, cpr: { ...cpr, flags: event.on ? { ...others, [event.flag]: flag } : others } };
    }
    case 'CprSummarised':
      return { ...now, cpr: { ...cpr, summaries: [...cpr.summaries, event.summary].slice(-SUMMARIES_KEPT) } };
    case 'TcprClockSet': {
      const clock = { at: event.at, source: event.source };
      return { ...now, cpr: { ...cpr, clocks: { ...cpr.clocks, [event.clock]: clock } } };
    }
    default:
      return undefined;
  }
}

function evolveVolunteers(
  now: BystanderState,
  event: RoomEvent,
  { utc }: FactContext,
): BystanderState | undefined {
  switch (event.type) {
    case 'VolunteerAlerted': {
      const { type: _, by: __, ...alerted } = event;
      return {
        ...now,
        volunteers: { ...now.volunteers, [event.volunteerId]: { ...alerted, alertedUtc: utc } },
      };
    }
    case 'VolunteerAnswered':
      return answered(now, event);
    default:
      return undefined;
  }
}

function answered(now: BystanderState, event: EventOf<'VolunteerAnswered'>): BystanderState {
  const volunteer = now.volunteers[event.volunteerId];
  if (!volunteer) return now;
  const { type: _, ...answer } = event;
  return { ...now, volunteers: { ...now.volunteers, [event.volunteerId]: { ...volunteer, ...answer } } };
}

function changeLink(
  now: BystanderState,
  linkId: string,
  change: (link: LinkState) => Partial<LinkState>,
): BystanderState {
  const link = now.links[linkId];
  return link ? { ...now, links: { ...now.links, [linkId]: { ...link, ...change(link) } } } : now;
}

function changePage(now: BystanderState, peerId: string, change: Partial<PageState>): BystanderState {
  return { ...now, pages: { ...now.pages, [peerId]: { ...now.pages[peerId], ...change } } };
}
