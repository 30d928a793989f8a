/**
 * The method table of the live connection: every request a client may send, with its parser and its result. The
 * server adds permission and handler to the same names (`signaling/methods`), so that a method missing there does
 * not compile. Requests that change a fact carry a `commandId`, unique in the room: a repeat is answered from the log.
 */
import * as z from 'zod/mini';
import { ReadableEntry } from './entry.ts';
import { WireError } from './errors.ts';
import { DrugDose, Identity, TimeNode } from './events.ts';
import { bystanderFactMethods, bystanderMethods } from './methods-bystander.ts';
import { markFactMethods, markMethods } from './methods-marks.ts';
import { mediaMethods } from './methods-media.ts';
import { Phrase } from './phrases.ts';
import { Role } from './roles.ts';
import { RoomSummary, Snapshot } from './snapshot.ts';
import { Id, Label, PatientId, PatientRef, Reason, RoomMs, Seq, Text, UtcMs } from './values.ts';

const Nothing = z.strictObject({});

/** What a join answers: who the peer is, where the log stands, and what happened lately in words to translate. */
export const Joined = z.strictObject({
  peerId: Id,
  role: Role,
  snapshot: z.optional(Snapshot),
  /** The tail since `since`, when that is short enough to send instead of a snapshot. */
  entries: z.optional(z.array(ReadableEntry)),
  /** Room time at the answer, in milliseconds. */
  roomTime: RoomMs,
  /** A token for the next join or resume; replaces the one that was used. */
  token: z.string(),
});

/** Methods that change facts: decided in the room's queue and answered from the log when repeated. */
const factMethods = {
  'room.close': { params: z.strictObject({ reason: Reason }), result: Nothing },
  'room.handOverLead': { params: z.strictObject({ toPeerId: Id }), result: Nothing },
  'room.removePeer': { params: z.strictObject({ peerId: Id }), result: Nothing },
  'room.admit': {
    params: z.strictObject({ organisationId: Id, why: z.enum(['receiving', 'guiding', 'paged']) }),
    result: Nothing,
  },
  'room.spotlight': { params: z.strictObject({ producerId: z.nullable(Id) }), result: Nothing },
  'room.assignUnit': { params: z.strictObject({ unitId: Id }), result: Nothing },
  'room.releaseUnit': { params: z.strictObject({ unitId: Id }), result: Nothing },
  'peer.mute': {
    params: z.strictObject({ peerId: Id, kind: z.enum(['audio', 'video']), muted: z.boolean() }),
    result: Nothing,
  },
  'recording.start': { params: z.strictObject({ reason: Reason }), result: Nothing },
  'recording.stop': { params: z.strictObject({ reason: Reason }), result: Nothing },
  'patient.add': {
    params: z.strictObject({ description: z.optional(Label) }),
    result: z.strictObject({ patientId: PatientId }),
  },
  'patient.identify': {
    params: z.strictObject({ patientId: PatientId, identity: Identity }),
    result: Nothing,
  },
  'source.change': {
    params: z.strictObject({ producerId: Id, label: z.optional(Label), patientId: z.optional(PatientRef) }),
    result: Nothing,
  },
  'chat.send': {
    params: z.strictObject({
      text: Text,
      patientId: PatientRef,
      /** `room` reaches all, `staff` people at work, `clinical` those who treat, `bystanders` centre and the public at the scene. */
      to: z.enum(['room', 'staff', 'clinical', 'bystanders']),
      phrase: z.optional(Phrase),
    }),
    result: z.strictObject({ messageId: Id }),
  },
  'chat.receipt': {
    params: z.strictObject({
      messageIds: z.array(Id).check(z.minLength(1), z.maxLength(100)),
      state: z.enum(['delivered', 'read']),
    }),
    result: Nothing,
  },
  'timeNode.set': {
    params: z.strictObject({ node: TimeNode, patientId: PatientRef, at: z.optional(UtcMs) }),
    result: Nothing,
  },
  'drug.record': {
    params: z.strictObject({ drug: DrugDose, patientId: PatientId, at: z.optional(UtcMs) }),
    result: z.strictObject({ drugId: Id }),
  },
  'device.record': {
    params: z.strictObject({ device: Label, setting: Text, patientId: PatientId, at: z.optional(UtcMs) }),
    result: z.strictObject({ settingId: Id }),
  },
  'order.give': {
    params: z.strictObject({ text: Text, drug: z.optional(DrugDose), patientId: PatientId }),
    result: z.strictObject({ orderId: Id }),
  },
  'order.readBack': { params: z.strictObject({ orderId: Id }), result: Nothing },
  'order.close': {
    params: z.strictObject({ orderId: Id, outcome: z.enum(['done', 'cancelled']) }),
    result: Nothing,
  },
  'help.call': { params: z.strictObject({ patientId: PatientRef }), result: z.strictObject({ callId: Id }) },
  'help.seen': { params: z.strictObject({ callId: Id }), result: Nothing },
  'help.answer': { params: z.strictObject({ callId: Id }), result: Nothing },
  'help.cancel': { params: z.strictObject({ callId: Id }), result: Nothing },
  ...bystanderFactMethods,
  ...markFactMethods,
} as const;

/** Methods around rooms that are more than one fact of one room, or none. */
const roomMethods = {
  'clock.sync': { params: Nothing, result: z.strictObject({ utc: UtcMs }) },
  /** Also subscribes the socket to `rooms.changed` and `help.ringing`. */
  'rooms.list': { params: Nothing, result: z.strictObject({ rooms: z.array(RoomSummary) }) },
  'room.create': {
    params: z.strictObject({
      incidentId: z.optional(Id),
      title: Label,
      drill: z.boolean(),
      unitId: z.optional(Id),
      organisations: z.array(Id).check(z.maxLength(50)),
    }),
    result: z.strictObject({ roomId: Id }),
  },
  /** Opens a room of another organisation in an emergency; the reason is a fact and audited. */
  'room.breakGlass': { params: z.strictObject({ reason: Reason }), result: Nothing },
  'room.join': {
    params: z.strictObject({
      token: z.string().check(z.maxLength(4096)),
      /** Made once per page and kept over reloads, so that a reload is the same peer. */
      peerId: Id,
      device: z.optional(Label),
      speaksHere: z.boolean(),
      /** Last `seq` this client has folded; absent on a fresh page. */
      since: z.optional(Seq),
    }),
    result: Joined,
  },
  'room.leave': { params: Nothing, result: Nothing },
  'room.entries': {
    params: z.strictObject({ since: Seq }),
    result: z.strictObject({ snapshot: z.optional(Snapshot), entries: z.optional(z.array(ReadableEntry)) }),
  },
  'room.invite': {
    params: z.strictObject({ role: Role, name: Label, minutes: z.int().check(z.gte(1), z.lte(1440)) }),
    /** The secret stands in the URL fragment only; it is stored hashed and shown this once. */
    result: z.strictObject({ inviteId: Id, url: z.string() }),
  },
  'room.revokeInvite': { params: z.strictObject({ inviteId: Id }), result: Nothing },
  /** Moves the person's visible voice to this room and out of the others they watch. */
  'peer.speakHere': { params: Nothing, result: Nothing },
  'patient.move': {
    params: z.strictObject({ patientId: PatientId, toRoomId: Id }),
    result: z.strictObject({ patientId: PatientId }),
  },
  'incident.merge': { params: z.strictObject({ fromRoomId: Id }), result: Nothing },
} as const;

export const METHODS = {
  ...factMethods,
  ...roomMethods,
  ...bystanderMethods,
  ...markMethods,
  ...mediaMethods,
};
export const FACT_METHODS = factMethods;
export const MEDIA_METHODS = mediaMethods;
export type Method = keyof typeof METHODS;
export type FactMethod = keyof typeof factMethods;
export type Params<M extends Method> = z.infer<(typeof METHODS)[M]['params']>;
export type Result<M extends Method> = z.infer<(typeof METHODS)[M]['result']>;

export function isMethod(name: string): name is Method {
  return Object.hasOwn(METHODS, name);
}
export function isFactMethod(name: string): name is FactMethod {
  return Object.hasOwn(factMethods, name);
}

/** The one message a client sends: socket.io event `request`, answered by its acknowledgement with a `Reply`. */
export const Request = z.strictObject({
  method: z.string().check(z.maxLength(64)),
  roomId: z.optional(Id),
  params: z.unknown(),
  commandId: z.optional(Id),
  /** How long the client will wait, in milliseconds; the server gives up then too. */
  deadlineMs: z.optional(z.int().check(z.gte(100), z.lte(60_000))),
});
export type Request = z.infer<typeof Request>;

export const Reply = z.union([
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: WireError }),
]);
export type Reply = z.infer<typeof Reply>;
