/** Decisions about a page on a phone: what it reports, what it is asked, its photos; and the address of the incident. */
import { toWgs84 } from '../../protocol/datum.ts';
import type { PageReport } from '../../protocol/events-bystander.ts';
import type { Location } from '../../protocol/geo.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { PageState } from '../../protocol/state-bystander.ts';
import type { RoomCommandParams } from '../commands.ts';
import type { Actor, Deciders, Now } from '../types.ts';
import {
  assertOpen,
  assertPatientRef,
  badRequest,
  CLINICAL_RECORD,
  conflict,
  decide,
  forbidden,
  idFor,
  isSystem,
  notFound,
  peerOf,
  told,
  unchanged,
} from './rules.ts';
import { assertGuides, isAtScene, peerAtScene, STAFF_AND_VOLUNTEERS, staffAnd } from './scene-rules.ts';

/** A point that moved less than this, in degrees (about 5 m), at the same accuracy is the same place. */
const SAME_PLACE = 0.00005;
/** A position that stays is stated again after this, so that its age is known, in milliseconds. */
const POSITION_AGE_MS = 30_000;
/** A phone that moves is stated at most this often, in milliseconds, unless it has found its place much better. */
const POSITION_EVERY_MS = 3000;
const BETTER = 0.8;

export const pageDeciders = {
  // A page repeats itself after a reload and on every change of its phone; only what is new is a fact.
  'page.report': (state, { report }, actor) => {
    assertOpen(state);
    const { peerId } = peerAtScene(state, actor);
    const news = newsOf(state.bystander.pages[peerId], report);
    if (Object.keys(news).length === 0) return unchanged();
    return told({ audience: staffAnd(peerId), events: [{ type: 'PageReported', peerId, report: news }] });
  },

  // What a phone says never replaces the address: it stands beside it with its accuracy and age.
  'location.report': (state, params, actor, now) => {
    assertOpen(state);
    const { peerId } = peerAtScene(state, actor);
    const location = locationOf(params, now);
    if (isSamePlace(state.bystander.pages[peerId]?.position, location)) return unchanged();
    return told({ audience: staffAnd(peerId), events: [{ type: 'LocationReported', peerId, location }] });
  },

  'incident.setAddress': (state, { address, source }, actor) => addressSet(state, address, source, actor),

  'incident.place': (state, { address }, actor) => addressSet(state, address, 'place', actor),

  'bystander.ask': (state, { peerId, what, on, zoom }, actor) => {
    assertOpen(state);
    assertGuides(actor, 'ask something of a phone');
    const peer = peerOf(state, peerId);
    if (!isAtScene(peer.role))
      throw badRequest('Only the page of a bystander or volunteer is asked.', 'Choose one from the list.');
    const released = state.bystander.pages[peerId]?.releasedBy !== undefined;
    if (released)
      throw conflict('This bystander was released.', 'Send a new link if help is needed.', 'released');
    if (what === 'zoom' && zoom === undefined)
      throw badRequest('The zoom factor is missing.', 'Say how far to zoom.');
    const askId = idFor(state, 'a');
    const asked = {
      askId,
      peerId,
      what,
      ...(on === undefined ? {} : { on }),
      ...(zoom === undefined ? {} : { zoom }),
    };
    const event = { type: 'BystanderAsked' as const, ...asked, by: actor.principalId };
    return decide(staffAnd(peerId), [event], { askId });
  },

  'bystander.answer': (state, { askId, outcome, why }, actor) => {
    assertOpen(state);
    const { peerId } = peerAtScene(state, actor);
    const ask = state.bystander.asks.find((known) => known.askId === askId);
    // That others were asked is nobody's business at the scene.
    if (!ask || ask.peerId !== peerId) throw notFound('question', 'It may be an old one; wait for the next.');
    if (ask.outcome === outcome) return unchanged();
    if (ask.outcome !== undefined)
      throw conflict('This was answered already.', 'Nothing needs to be done.', 'answered');
    const answer = { askId, outcome, ...(why === undefined ? {} : { why }) };
    return told({ audience: staffAnd(peerId), events: [{ type: 'BystanderAnswered', ...answer }] });
  },

  'photo.add': (state, photo, actor) => {
    assertOpen(state);
    if (!isSystem(actor))
      throw forbidden('Photos are stated by the service itself.', 'Send the bytes instead.');
    peerOf(state, photo.peerId);
    const known = state.bystander.photos.find(({ photoId }) => photoId === photo.photoId);
    if (known && (known.sha256 !== photo.sha256 || known.peerId !== photo.peerId))
      throw conflict('This photo id belongs to another photo.', 'Send it under a new id.', 'taken');
    if (known) return unchanged();
    return told({ audience: staffAnd(photo.peerId), events: [{ type: 'PhotoAdded', ...photo }] });
  },

  // A separate fact, for those who treat and who review: it limits what the recording may be used for.
  'basis.set': (state, { patientId, basis, note }, actor) => {
    assertOpen(state);
    assertPatientRef(state, patientId);
    if (state.bystander.bases[patientId]?.basis === basis && note === undefined) return unchanged();
    const set = { patientId, basis, by: actor.principalId, ...(note === undefined ? {} : { note }) };
    return told({ audience: CLINICAL_RECORD, events: [{ type: 'BasisSet', ...set }] });
  },
} satisfies Partial<Deciders>;

function addressSet(
  state: RoomState,
  address: RoomCommandParams<'incident.place'>['address'],
  source: 'dispatch' | 'caller' | 'place',
  actor: Actor,
) {
  assertOpen(state);
  const { source: was, ...known } = state.bystander.address ?? {};
  if (was === source && isSame(known, address)) return unchanged();
  const event = { type: 'IncidentAddressSet' as const, address, source, by: actor.principalId };
  return told({ audience: STAFF_AND_VOLUNTEERS, events: [event] });
}

/** The fields of a report that differ from what is known. */
function newsOf(known: PageState | undefined, report: PageReport): PageReport {
  if (!known) return report;
  const now: Readonly<Record<string, unknown>> = { ...known };
  // Built by leaving fields out of a parsed report, so that each keeps its type.
  const news: PageReport = { ...report };
  for (const field of PAGE_FIELDS) if (isSame(now[field], report[field])) delete news[field];
  return news;
}

const PAGE_FIELDS = [
  'camera',
  'microphone',
  'facing',
  'torch',
  'zoom',
  'sound',
  'vibration',
  'wakeLock',
  'battery',
  'visible',
  'language',
  'location',
  'wayOut',
] as const satisfies readonly (keyof PageReport)[];

/** Plain JSON with the same content; keys come in the order of the parser. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** WGS-84, whatever it came in. */
function locationOf(
  { point, datum, accuracyM, source, measuredAt }: RoomCommandParams<'location.report'>,
  now: Now,
): Location {
  return {
    point: toWgs84(point, datum),
    accuracyM,
    source,
    datum,
    // A phone's clock may run ahead; a place must not be refused for that.
    measuredAt: Math.min(measuredAt, now.utc),
  };
}

/** Nothing new: the same place, or another of a moving phone so soon after the last that nobody could act on it. */
function isSamePlace(known: Location | undefined, next: Location): boolean {
  if (!known || known.source !== next.source || known.datum !== next.datum) return false;
  const passedMs = next.measuredAt - known.measuredAt;
  if (passedMs >= POSITION_AGE_MS || next.accuracyM < known.accuracyM * BETTER) return false;
  const near =
    Math.abs(known.point.lat - next.point.lat) < SAME_PLACE &&
    Math.abs(known.point.lon - next.point.lon) < SAME_PLACE;
  const same = near && next.accuracyM <= known.accuracyM + 1;
  return same || passedMs < POSITION_EVERY_MS;
}
