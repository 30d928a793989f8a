/** Random commands around the public at the scene: links, pages, guidance, compressions, volunteers. */
import fc from 'fast-check';
import { AskWhat, CprFlag, CprMark, TcprClock } from '../../protocol/events-bystander.ts';
import { Language, Need } from '../../protocol/guidance.ts';
import { LinkUse } from '../../protocol/links.ts';
import type { RoomState } from '../../protocol/state.ts';
import { deciders } from '../deciders/deciders.ts';
import { SYSTEM } from '../types.ts';
import {
  chest,
  commandOf,
  commandOn,
  id,
  optional,
  patientRef,
  peerId,
  type RandomCommand,
  START,
  small,
  text,
  utc,
  volunteer,
} from './command-parts.ts';
import { bystander, dispatcher } from './people.ts';

/** The number that nobody at the scene may ever read. */
export const SECRET_NUMBER = '+8613800138000';

const linkId = fc.constantFrom('link-bystander', 'link-chest', 'link-volunteer', 'l1');
/** Other browsers; that of a guest came by one link and by no other. */
const openingId = fc.constantFrom('o1', 'o2');
const messageId = id('m');
const opened = (state: RoomState) => state.bystander.asks.map(({ askId }) => askId);
const pushed = (state: RoomState) => (state.bystander.guidance ? [state.bystander.guidance.pushId] : []);
const outcome = fc.constantFrom('done' as const, 'refused' as const);
const card = { cardId: 'cpr-adult' as const, version: 1 };

/** A link that exists from the start and was opened by who came by it. */
function guestLink(who: { principalId: string }, use: LinkUse, need: Need): RandomCommand[] {
  const at = `link-${who.principalId}`;
  const made = {
    ...{ linkId: at, use, need, helpers: 'unknown' as const },
    ...{ phone: SECRET_NUMBER, language: 'zh-CN' as const, expiresAt: START + 900_000 },
  };
  return [
    {
      command: 'link.add',
      actor: dispatcher,
      decide: (state, now) => deciders['link.add'](state, made, dispatcher, now),
    },
    {
      command: 'link.open',
      actor: SYSTEM,
      decide: (state, now) =>
        deciders['link.open'](state, { linkId: at, openingId: who.principalId }, SYSTEM, now),
    },
  ];
}

/** What a random history begins with, before anybody joins. */
export const guestLinks: readonly RandomCommand[] = [
  ...guestLink(bystander, 'camera', 'arrest'),
  ...guestLink(chest, 'chest', 'none'),
  ...guestLink(volunteer, 'volunteer', 'none'),
];

export const linkCommands = [
  commandOf(
    'link.add',
    fc.record({
      linkId: id('l'),
      use: fc.constantFrom(...LinkUse.options),
      need: fc.constantFrom(...Need.options),
      helpers: fc.constant('alone' as const),
      phone: optional(fc.constant(SECRET_NUMBER)),
      language: fc.constantFrom(...Language.options),
      parentLinkId: optional(linkId),
      expiresAt: fc.constant(START + 900_000),
    }),
  ),
  commandOf('link.sent', fc.record({ linkId, messageId, way: fc.constant('sms' as const) })),
  commandOf(
    'link.deliver',
    fc.record({ linkId, messageId, state: fc.constantFrom('accepted' as const, 'delivered' as const) }),
  ),
  commandOf('link.open', fc.record({ linkId, openingId, browser: optional(text) })),
  commandOf('link.goLive', fc.constant({})),
  commandOf('link.answer', fc.record({ linkId, openingId, admitted: fc.boolean() })),
  commandOf(
    'link.misuse',
    fc.record({ linkId, what: fc.constant('after-end' as const), count: fc.constant(1) }),
  ),
  commandOf('notice.accept', fc.record({ version: fc.constant(1), language: fc.constant('en' as const) })),
  // Ends come seldom, so that guests do something before them.
  commandOf('link.end', fc.record({ linkId: fc.constant('l1'), reason: fc.constant('revoked' as const) })),
  commandOf('bystander.release', fc.record({ peerId: fc.constantFrom('peer-volunteer', 'peer-nobody') })),
];

const address = fc.record({ text, point: optional(fc.constant({ lat: 39.9, lon: 116.4 })) });
const summary = fc.record({
  source: fc.constantFrom('video' as const, 'chest' as const),
  fromUtc: fc.constant(START),
  toUtc: fc.constantFrom(START + 10_000, START - 1),
  measuredMs: fc.constantFrom(8000, 30_000),
  handsOffMs: fc.constantFrom(1000, 9000),
  compressions: small,
});

const pageCommands = [
  commandOf('incident.setAddress', fc.record({ address, source: fc.constant('dispatch' as const) })),
  commandOf('incident.place', fc.record({ address })),
  commandOf(
    'page.report',
    fc.record({
      report: fc.record(
        {
          camera: fc.constantFrom('asked' as const, 'live' as const, 'refused' as const),
          battery: fc.record({ level: fc.constantFrom(0.2, 0.9), charging: fc.boolean() }),
          visible: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    }),
  ),
  commandOf(
    'location.report',
    fc.record({
      point: fc.record({ lat: fc.constantFrom(31.2, 39.9), lon: fc.constantFrom(116.4, 121.5) }),
      datum: fc.constantFrom('wgs84' as const, 'gcj02' as const, 'bd09' as const),
      accuracyM: small,
      source: fc.constant('device' as const),
      measuredAt: utc,
    }),
  ),
  commandOf(
    'bystander.ask',
    fc.record({ peerId, what: fc.constantFrom(...AskWhat.options), on: optional(fc.boolean()) }),
  ),
  commandOn('bystander.answer', opened, (askId, n) => ({ askId, outcome: n % 2 === 0 ? 'done' : 'refused' })),
  commandOf('bystander.answer', fc.record({ askId: id('a'), outcome })),
  commandOf(
    'photo.add',
    fc.record({
      photoId: id('photo-'),
      peerId,
      sha256: fc.constantFrom('0'.repeat(64), 'f'.repeat(64)),
      mimeType: fc.constant('image/jpeg' as const),
      bytes: small,
    }),
  ),
  commandOf(
    'basis.set',
    fc.record({ patientId: patientRef, basis: fc.constantFrom('emergency' as const, 'refused' as const) }),
  ),
];

/** Any rate at all: what is stated must be within the limits nevertheless. */
const rate = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 90, max: 130 }));
const guideCommands = [
  commandOf(
    'guidance.pushed',
    fc.record({ cardId: fc.constant(card.cardId), version: fc.constant(1), approved: fc.boolean() }),
  ),
  commandOf(
    'guidance.pushed',
    fc.record({ cardId: fc.constant(card.cardId), version: fc.constant(1), approved: fc.boolean(), peerId }),
  ),
  commandOn('guidance.shown', pushed, (pushId, n) => ({ pushId, version: n % 5 === 0 ? 2 : 1 })),
  commandOn('guidance.clear', pushed, (pushId) => ({ pushId })),
  commandOf(
    'metronome.set',
    fc.record({
      on: fc.boolean(),
      rate: optional(rate),
      mode: optional(fc.constantFrom('continuous' as const, '30:2' as const)),
      source: fc.constantFrom(
        'page' as const,
        'dispatcher' as const,
        'bystander' as const,
        'measured' as const,
      ),
      reason: optional(fc.constant('moves-or-breathes' as const)),
    }),
  ),
  commandOf('cpr.mark', fc.record({ mark: fc.constantFrom(...CprMark.options), at: optional(utc) })),
  commandOf(
    'cpr.flag',
    fc.record({
      flag: fc.constantFrom(...CprFlag.options),
      on: fc.boolean(),
      source: fc.constantFrom('video' as const, 'chest' as const),
    }),
  ),
  commandOf('cpr.summarise', fc.record({ summary })),
  commandOf(
    'tcpr.set',
    fc.record({
      clock: fc.constantFrom(...TcprClock.options),
      at: optional(utc),
      source: fc.constantFrom('key' as const, 'measured' as const),
    }),
  ),
];

const volunteerCommands = [
  commandOf(
    'volunteer.alerted',
    fc.record({
      volunteerId: id('v'),
      name: text,
      linkId: fc.constantFrom('link-volunteer', 'l1'),
      distanceM: optional(small),
    }),
  ),
  commandOf('volunteer.answer', fc.record({ coming: fc.boolean(), etaMinutes: optional(small) })),
];

export const sceneCommands = [...pageCommands, ...guideCommands, ...volunteerCommands];
