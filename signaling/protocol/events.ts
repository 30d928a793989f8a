/**
 * Every fact of a room. A correction is a new event, never a change of an old one. Adding a field means making it
 * optional; changing a meaning means a new version `v` beside the old one, which `evolve` keeps understanding.
 */
import * as z from 'zod/mini';
import { bystanderEvents } from './events-bystander.ts';
import { markEvents } from './events-marks.ts';
import { MediaKind, Rung, SourceInfo } from './media.ts';
import { Phrase } from './phrases.ts';
import { Role } from './roles.ts';
import { Id, Label, PatientId, PatientRef, Reason, Seq, Text, UtcMs } from './values.ts';

const event = <T extends string, S extends Record<string, z.core.$ZodType>>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape });

/** Clinical time nodes: one tap each, on one clock. */
export const TIME_NODES = [
  'call-answered',
  'dispatched',
  'on-scene',
  'at-patient',
  'aboard',
  'departed',
  'arrived',
  'handed-over',
  'needle',
] as const;
export const TimeNode = z.enum(TIME_NODES);
export type TimeNode = z.infer<typeof TimeNode>;

export const Sex = z.enum(['female', 'male', 'other', 'unknown']);
export const Identity = z.strictObject({
  name: z.optional(Label),
  birthDate: z.optional(z.string().check(z.regex(/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/))),
  sex: z.optional(Sex),
  /** Identifier as the record system knows it, with its system: FHIR `Identifier`. */
  identifier: z.optional(z.strictObject({ system: Label, value: Label })),
});
export const DrugDose = z.strictObject({
  name: Label,
  dose: z.number().check(z.gt(0), z.lt(1e6)),
  unit: z.string().check(z.trim(), z.minLength(1), z.maxLength(20)),
  route: z.string().check(z.trim(), z.minLength(1), z.maxLength(40)),
});

const room = [
  event('RoomCreated', {
    incidentId: Id,
    title: Label,
    drill: z.boolean(),
    /** Organisations that see the room from the start: centre, unit, receiving hospital. */
    organisations: z.array(Id).check(z.maxLength(50)),
    unitId: z.optional(Id),
    createdBy: Id,
  }),
  /** Ties room time to UTC. Each takeover anchors anew and names what the old owner may have kept unwritten. */
  event('RoomTimeAnchored', {
    utc: UtcMs,
    ownerId: Id,
    epoch: z.int(),
    errorMs: z.number(),
    missingTail: z.optional(z.strictObject({ ownerId: Id, afterSeq: Seq })),
  }),
  event('RoomClosed', { reason: Reason, by: Id }),
  event('OrganisationAdmitted', {
    organisationId: Id,
    why: z.enum(['receiving', 'guiding', 'paged']),
    by: Id,
  }),
  event('GlassBroken', { principalId: Id, reason: Reason }),
  event('IncidentMerged', { incidentId: Id, fromRoomId: Id, by: Id }),
  event('IncidentMergedInto', { incidentId: Id, intoRoomId: Id, by: Id }),
  event('InviteCreated', { inviteId: Id, role: Role, name: Label, expiresAt: UtcMs, by: Id }),
  event('InviteRevoked', { inviteId: Id, by: Id }),
] as const;

const patients = [
  event('PatientAdded', { patientId: PatientId, description: z.optional(Label), by: Id }),
  event('PatientIdentified', { patientId: PatientId, identity: Identity, by: Id }),
  event('PatientMovedOut', { patientId: PatientId, toRoomId: Id, by: Id }),
  event('PatientMovedIn', {
    patientId: PatientId,
    fromRoomId: Id,
    formerPatientId: PatientId,
    description: z.optional(Label),
    identity: z.optional(Identity),
    by: Id,
  }),
] as const;

const peers = [
  event('PeerJoined', {
    peerId: Id,
    principalId: Id,
    role: Role,
    organisationId: Id,
    name: Label,
    unitId: z.optional(Id),
    device: z.optional(Label),
    /** False while the person speaks visibly in another room and only watches this one. */
    speaksHere: z.boolean(),
  }),
  event('PeerLeft', {
    peerId: Id,
    reason: z.enum(['left', 'lost', 'removed', 'room-closed', 'replaced']),
    by: z.optional(Id),
  }),
  event('PeerLinkLost', { peerId: Id }),
  event('PeerLinkBack', { peerId: Id, afterMs: z.number() }),
  event('PeerMuted', { peerId: Id, kind: MediaKind, muted: z.boolean(), by: Id }),
  event('SpeakingMoved', { peerId: Id, speaksHere: z.boolean() }),
  event('LeadHandedOver', { toPeerId: Id, by: Id }),
  event('Spotlighted', { producerId: z.nullable(Id), by: Id }),
] as const;

const media = [
  event('SourcePublished', {
    producerId: Id,
    peerId: Id,
    kind: MediaKind,
    mimeType: Label,
    source: SourceInfo,
  }),
  event('SourceChanged', {
    producerId: Id,
    label: z.optional(Label),
    patientId: z.optional(PatientRef),
    by: Id,
  }),
  event('SourcePaused', { producerId: Id, paused: z.boolean() }),
  event('SourceRung', {
    producerId: Id,
    rung: Rung,
    reason: z.enum(['link', 'cpu', 'recovered', 'start', 'asked']),
  }),
  event('SourceClosed', {
    producerId: Id,
    reason: z.enum(['stopped', 'peer-left', 'media-lost', 'removed']),
  }),
  /** Where the room's media lives; written when it is placed and each time it has to move. */
  event('MediaPlaced', {
    nodeId: Id,
    workerId: Id,
    reason: z.enum(['start', 'worker-died', 'node-lost', 'drain']),
  }),
] as const;

const care = [
  event('MessageSent', {
    messageId: Id,
    peerId: Id,
    text: Text,
    patientId: PatientRef,
    /** Whom it was written to, as the page labels it; the entry's audience is what decides. Absent: `room`. */
    to: z.optional(z.enum(['room', 'staff', 'clinical', 'bystanders'])),
    /** Readers put it into their own language; `text` is what its author saw. */
    phrase: z.optional(Phrase),
  }),
  event('MessageReceipt', {
    messageIds: z.array(Id).check(z.minLength(1), z.maxLength(100)),
    peerId: Id,
    state: z.enum(['delivered', 'read']),
  }),
  event('TimeNodeSet', { node: TimeNode, at: UtcMs, patientId: PatientRef, by: Id }),
  event('DrugGiven', { drugId: Id, drug: DrugDose, patientId: PatientId, at: UtcMs, by: Id }),
  event('DeviceSet', {
    settingId: Id,
    device: Label,
    setting: Text,
    patientId: PatientId,
    at: UtcMs,
    by: Id,
  }),
  event('OrderGiven', { orderId: Id, text: Text, drug: z.optional(DrugDose), patientId: PatientId, by: Id }),
  event('OrderReadBack', { orderId: Id, by: Id }),
  event('OrderClosed', { orderId: Id, outcome: z.enum(['done', 'cancelled']), by: Id }),
] as const;

const help = [
  event('HelpCalled', { callId: Id, by: Id, patientId: PatientRef }),
  event('HelpRinging', { callId: Id, at: z.array(Label).check(z.maxLength(200)) }),
  event('HelpSeen', { callId: Id, principalId: Id, name: Label }),
  event('HelpAnswered', { callId: Id, principalId: Id, name: Label }),
  event('HelpEnded', { callId: Id, reason: z.enum(['answered', 'cancelled', 'room-closed']), by: Id }),
  event('UnitAssigned', { unitId: Id, by: Id }),
  event('UnitReleased', { unitId: Id, by: Id }),
] as const;

const recording = [
  /** `system` starts it with the room; a person may switch it off and on again, with a reason. */
  event('RecordingStarted', { by: Id, reason: Reason }),
  event('RecordingStopped', { by: Id, reason: Reason }),
  /** Nothing of the named track (absent: of the room) has become durable for 3 s. */
  event('RecordingStalled', {
    producerId: z.optional(Id),
    cause: z.enum(['recorder-away', 'no-disk', 'slow-disk', 'write-failed', 'unknown']),
  }),
  event('RecordingResumed', { producerId: z.optional(Id), afterMs: z.number() }),
  /** What is given up for want of space, by the levels of `DiskLevel`. */
  event('RecordingShed', {
    level: z.enum(['ok', 'no-thumbnails', 'no-overview', 'no-4k', 'essential', 'full']),
  }),
] as const;

export const RoomEvent = z.discriminatedUnion('type', [
  ...room,
  ...patients,
  ...peers,
  ...media,
  ...care,
  ...help,
  ...recording,
  ...bystanderEvents,
  ...markEvents,
]);
export type RoomEvent = z.infer<typeof RoomEvent>;
export type RoomEventType = RoomEvent['type'];
export type EventOf<T extends RoomEventType> = Extract<RoomEvent, { type: T }>;
