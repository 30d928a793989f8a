/** Facts around a bystander: links, the page on the phone, guidance, compressions, places and volunteers. */
import * as z from 'zod/mini';
import { Address, Location } from './geo.ts';
import { CardId, CardVersion, CprMode, Language, MetronomeRate, Need } from './guidance.ts';
import { Helpers, LinkEnd, LinkUse } from './links.ts';
import { PhoneNumber, SmsFailure, SmsState } from './sms.ts';
import { Id, Label, PatientRef, Text, UtcMs } from './values.ts';

const event = <T extends string, S extends Record<string, z.core.$ZodType>>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape });

const Switch = z.enum(['on', 'off', 'unsupported']);

/** What a page says of itself and its phone. Fields that are absent have not changed. */
export const PageReport = z.strictObject({
  camera: z.optional(
    z.enum([
      'not-asked',
      'asked',
      'live',
      'paused',
      'stopped',
      'refused',
      'missing',
      'busy',
      'unsupported',
      'insecure',
    ]),
  ),
  microphone: z.optional(z.enum(['off', 'live', 'refused', 'missing', 'muted-by-call'])),
  facing: z.optional(z.enum(['environment', 'user'])),
  torch: z.optional(Switch),
  zoom: z.optional(
    z.strictObject({ now: z.number(), least: z.number(), most: z.number(), supported: z.boolean() }),
  ),
  /** Whether the metronome can be heard, as far as a page can know it. */
  sound: z.optional(z.enum(['runs', 'blocked', 'off', 'unsupported'])),
  vibration: z.optional(Switch),
  wakeLock: z.optional(z.enum(['held', 'lost', 'unsupported'])),
  battery: z.optional(z.strictObject({ level: z.number().check(z.gte(0), z.lte(1)), charging: z.boolean() })),
  /** False while the page is behind another app or the screen is locked. */
  visible: z.optional(z.boolean()),
  language: z.optional(Language),
  location: z.optional(z.enum(['asked', 'known', 'refused', 'unsupported'])),
  /** An in-app browser without a camera, told to open the page elsewhere. */
  wayOut: z.optional(z.boolean()),
});
export type PageReport = z.infer<typeof PageReport>;

/** What the dispatcher may ask of a page. The bystander sees each of them. */
export const AskWhat = z.enum([
  'camera',
  'torch',
  'zoom',
  'flip',
  'photo',
  'microphone',
  'location',
  'sound',
  'second-phone',
]);
export type AskWhat = z.infer<typeof AskWhat>;
export const AskOutcome = z.enum(['done', 'refused', 'unsupported', 'failed']);

export const TCPR_CLOCKS = ['address-known', 'recognised', 'instructions', 'first-compression'] as const;
/** Clocks of telephone CPR, counted from when the call was answered (AHA T-CPR performance recommendations). */
export const TcprClock = z.enum(TCPR_CLOCKS);
export type TcprClock = z.infer<typeof TcprClock>;
export const CPR_MARKS = [
  'started',
  'stopped',
  'breaths',
  'swap',
  'aed-fetched',
  'aed-on',
  'aed-analysing',
  'shock',
  'breathes',
] as const;
export const CprMark = z.enum(CPR_MARKS);
export type CprMark = z.infer<typeof CprMark>;
export const CprFlag = z.enum(['too-fast', 'too-slow', 'paused']);
export type CprFlag = z.infer<typeof CprFlag>;
/** `chest`: from a phone on the chest, an estimate that is too high on soft beds. */
export const CprSource = z.enum(['video', 'chest']);

/** What one stretch of measuring found; unsure time counts as not measured, never as hands off. */
export const CprSummary = z.strictObject({
  source: CprSource,
  fromUtc: UtcMs,
  toUtc: UtcMs,
  measuredMs: z.int().check(z.gte(0)),
  handsOffMs: z.int().check(z.gte(0)),
  /** Mean compressions a minute while compressing. */
  rate: z.optional(z.number().check(z.gte(0), z.lte(300))),
  compressions: z.int().check(z.gte(0)),
});
export type CprSummary = z.infer<typeof CprSummary>;

const links = [
  event('IncidentAddressSet', { address: Address, source: z.enum(['dispatch', 'place', 'caller']), by: Id }),
  event('LinkCreated', {
    linkId: Id,
    use: LinkUse,
    need: Need,
    helpers: Helpers,
    phone: z.optional(PhoneNumber),
    language: Language,
    name: z.optional(Label),
    /** The link whose page made this one, for a second phone. */
    parentLinkId: z.optional(Id),
    expiresAt: UtcMs,
    by: Id,
  }),
  event('LinkSent', { linkId: Id, messageId: Id, way: z.enum(['sms', 'qr', 'copied', 'shown']), by: Id }),
  event('LinkDelivery', {
    linkId: Id,
    messageId: Id,
    state: SmsState,
    failure: z.optional(SmsFailure),
    providerCode: z.optional(Label),
  }),
  event('LinkOpened', {
    linkId: Id,
    openingId: Id,
    browser: z.optional(Label),
    language: z.optional(Language),
  }),
  /** The opening that went live: the link is bound to it. */
  event('LinkBound', { linkId: Id, openingId: Id }),
  /** Another browser wants in while the link is bound. */
  event('LinkAsked', { linkId: Id, openingId: Id, browser: z.optional(Label) }),
  event('LinkAnswered', { linkId: Id, openingId: Id, admitted: z.boolean(), by: Id }),
  /** Wrong, ended or replayed secrets that could be tied to this link. */
  event('LinkMisused', { linkId: Id, what: z.enum(['after-end', 'too-many-openings']), count: z.int() }),
  event('LinkEnded', { linkId: Id, reason: LinkEnd, by: Id }),
] as const;

const page = [
  event('NoticeAccepted', { peerId: Id, linkId: Id, version: z.int(), language: Language }),
  event('PageReported', { peerId: Id, report: PageReport }),
  event('LocationReported', { peerId: Id, location: Location }),
  event('BystanderAsked', {
    askId: Id,
    peerId: Id,
    what: AskWhat,
    /** Of `torch` and `microphone`: on or off; of `zoom`: the factor as the device counts it. */
    on: z.optional(z.boolean()),
    zoom: z.optional(z.number()),
    by: Id,
  }),
  event('BystanderAnswered', { askId: Id, outcome: AskOutcome, why: z.optional(Label) }),
  event('PhotoAdded', {
    photoId: Id,
    peerId: Id,
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    mimeType: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/heic']),
    bytes: z.int(),
    width: z.optional(z.int()),
    height: z.optional(z.int()),
    askId: z.optional(Id),
  }),
  event('BystanderReleased', { peerId: Id, linkId: Id, supportPhone: z.optional(z.string()), by: Id }),
  event('BasisSet', {
    patientId: PatientRef,
    basis: z.enum(['emergency', 'consent', 'refused']),
    by: Id,
    note: z.optional(Text),
  }),
] as const;

const guiding = [
  event('GuidancePushed', {
    pushId: Id,
    cardId: CardId,
    version: CardVersion,
    approved: z.boolean(),
    /** Absent: for every member of the public in the room. */
    peerId: z.optional(Id),
    by: Id,
  }),
  event('GuidanceShown', { pushId: Id, peerId: Id, version: CardVersion }),
  event('GuidanceCleared', { pushId: Id, by: Id }),
  event('MetronomeSet', {
    on: z.boolean(),
    rate: MetronomeRate,
    mode: CprMode,
    /** `page`: by itself for arrest; `bystander`: by the key "moves or breathes"; `measured`: pulled in by the measure. */
    source: z.enum(['page', 'dispatcher', 'bystander', 'measured']),
    reason: z.optional(z.enum(['moves-or-breathes'])),
    by: Id,
  }),
  event('CprMarked', { mark: CprMark, at: UtcMs, by: Id }),
  event('CprFlagged', { flag: CprFlag, on: z.boolean(), value: z.optional(z.number()), source: CprSource }),
  event('CprSummarised', { summary: CprSummary }),
  event('TcprClockSet', { clock: TcprClock, at: UtcMs, source: z.enum(['key', 'measured']), by: Id }),
] as const;

const volunteers = [
  event('VolunteerAlerted', {
    volunteerId: Id,
    name: Label,
    linkId: Id,
    distanceM: z.optional(z.number()),
    by: Id,
  }),
  event('VolunteerAnswered', {
    volunteerId: Id,
    coming: z.boolean(),
    etaMinutes: z.optional(z.int().check(z.gte(0), z.lte(240))),
  }),
] as const;

export const bystanderEvents = [...links, ...page, ...guiding, ...volunteers] as const;
