/** Methods around a bystander. Each changes facts, so each takes a `commandId`, except where it says otherwise. */
import * as z from 'zod/mini';
import {
  AskOutcome,
  AskWhat,
  CprFlag,
  CprMark,
  CprSource,
  CprSummary,
  PageReport,
  TcprClock,
} from './events-bystander.ts';
import { Address, Datum, GeoPoint } from './geo.ts';
import { CardId, CardVersion, CprMode, Language, MetronomeRate } from './guidance.ts';
import { NewLink } from './links.ts';
import { Id, Label, PatientRef, Text, UtcMs } from './values.ts';

const Nothing = z.strictObject({});

/** Decided in the room's queue from its facts alone. */
export const bystanderFactMethods = {
  'incident.setAddress': {
    params: z.strictObject({ address: Address, source: z.enum(['dispatch', 'caller']) }),
    result: Nothing,
  },
  /** Lets the named opening in, in place of the one the link is bound to, or refuses it. */
  'link.answer': {
    params: z.strictObject({ linkId: Id, openingId: Id, admitted: z.boolean() }),
    result: Nothing,
  },
  /** By the page: the camera goes live now; binds the link to this opening. `conflict` (`state: bound`) where another holds it. */
  'link.goLive': { params: Nothing, result: Nothing },
  'notice.accept': {
    params: z.strictObject({ version: z.int(), language: Language }),
    result: Nothing,
  },
  'page.report': { params: z.strictObject({ report: PageReport }), result: Nothing },
  'location.report': {
    params: z.strictObject({
      point: GeoPoint,
      datum: Datum,
      accuracyM: z.number().check(z.gte(0), z.lte(1e7)),
      source: z.enum(['device', 'typed', 'network']),
      measuredAt: UtcMs,
    }),
    result: Nothing,
  },
  'bystander.ask': {
    params: z.strictObject({
      peerId: Id,
      what: AskWhat,
      on: z.optional(z.boolean()),
      zoom: z.optional(z.number()),
    }),
    result: z.strictObject({ askId: Id }),
  },
  'bystander.answer': {
    params: z.strictObject({ askId: Id, outcome: AskOutcome, why: z.optional(Label) }),
    result: Nothing,
  },
  'bystander.release': { params: z.strictObject({ peerId: Id }), result: Nothing },
  'basis.set': {
    params: z.strictObject({
      patientId: PatientRef,
      basis: z.enum(['emergency', 'consent', 'refused']),
      note: z.optional(Text),
    }),
    result: Nothing,
  },
  'guidance.shown': { params: z.strictObject({ pushId: Id, version: CardVersion }), result: Nothing },
  'guidance.clear': { params: z.strictObject({ pushId: Id }), result: Nothing },
  'metronome.set': {
    params: z.strictObject({
      on: z.boolean(),
      rate: z.optional(MetronomeRate),
      mode: z.optional(CprMode),
      source: z.enum(['page', 'dispatcher', 'bystander', 'measured']),
      reason: z.optional(z.enum(['moves-or-breathes'])),
    }),
    result: Nothing,
  },
  'cpr.mark': { params: z.strictObject({ mark: CprMark, at: z.optional(UtcMs) }), result: Nothing },
  'cpr.flag': {
    params: z.strictObject({
      flag: CprFlag,
      on: z.boolean(),
      value: z.optional(z.number()),
      source: CprSource,
    }),
    result: Nothing,
  },
  'cpr.summarise': { params: z.strictObject({ summary: CprSummary }), result: Nothing },
  'tcpr.set': {
    params: z.strictObject({ clock: TcprClock, at: z.optional(UtcMs), source: z.enum(['key', 'measured']) }),
    result: Nothing,
  },
  'volunteer.answer': {
    params: z.strictObject({
      coming: z.boolean(),
      etaMinutes: z.optional(z.int().check(z.gte(0), z.lte(240))),
    }),
    result: Nothing,
  },
} as const;

/** Methods that are more than one command of one room. */
export const bystanderMethods = {
  /** Makes a link and, with a phone number, sends it. The secret is in the answer alone, for the QR code and for copying. */
  'link.create': {
    params: NewLink,
    result: z.strictObject({ linkId: Id, url: z.string() }),
  },
  /** Ends the old secret and sends a new one for the same purpose; where no one has gone live yet. */
  'link.resend': {
    params: z.strictObject({ linkId: Id, way: z.enum(['sms', 'qr', 'copied']) }),
    result: z.strictObject({ linkId: Id, url: z.string() }),
  },
  'link.revoke': { params: z.strictObject({ linkId: Id }), result: Nothing },
  /** By the page of a live bystander: a link for a second phone, shown as a QR code on the first. */
  'link.second': {
    params: z.strictObject({ use: z.enum(['camera', 'chest']) }),
    result: z.strictObject({ linkId: Id, url: z.string(), expiresAt: UtcMs }),
  },
  /** Refused with `forbidden` for an unapproved version in production. */
  'guidance.push': {
    params: z.strictObject({ cardId: CardId, version: CardVersion, peerId: z.optional(Id) }),
    result: z.strictObject({ pushId: Id }),
  },
  'volunteer.alert': {
    params: z.strictObject({ volunteerIds: z.array(Id).check(z.minLength(1), z.maxLength(20)) }),
    result: Nothing,
  },
  /**
   * Not a fact: what a phone on the chest or the dispatcher's page measures, twice a second, handed on to staff of the room
   * as `cpr.measured`.
   */
  'cpr.measure': {
    params: z.strictObject({
      source: CprSource,
      /** Compressions a minute; null: not sure. */
      rate: z.nullable(z.number().check(z.gte(0), z.lte(300))),
      confidence: z.number().check(z.gte(0), z.lte(1)),
      pausedMs: z.int().check(z.gte(0)),
      /** Of the phone on the chest only, in millimetres; never from video. */
      depthMm: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(200)))),
    }),
    result: Nothing,
  },
} as const;
