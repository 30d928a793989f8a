/** Random commands of every kind over few ids, so that many of them meet: for tests of deciders and of `evolve`. */
import fc from 'fast-check';
import type { RoomState } from '../../protocol/state.ts';
import {
  commandOf,
  commandOn,
  drug,
  everyone,
  id,
  optional,
  patientId,
  patientRef,
  peerId,
  producerId,
  small,
  source,
  text,
  utc,
} from './command-parts.ts';
import { markCommands } from './mark-commands.ts';
import { incident, joining } from './people.ts';
import { linkCommands, sceneCommands } from './scene-commands.ts';

export { everyone, type RandomCommand, START } from './command-parts.ts';

const messages = (state: RoomState) => state.messages.map((message) => message.messageId);
const orders = (state: RoomState) => Object.keys(state.orders);
const calls = (state: RoomState) => Object.keys(state.help);

const roomCommands = [
  commandOf('room.handOverLead', fc.record({ toPeerId: peerId })),
  commandOf('room.removePeer', fc.record({ peerId })),
  commandOf(
    'room.admit',
    fc.record({
      organisationId: fc.constantFrom('heart-hospital', 'centre'),
      why: fc.constant('guiding' as const),
    }),
  ),
  commandOf('room.spotlight', fc.record({ producerId: fc.option(producerId) })),
  commandOf('room.assignUnit', fc.record({ unitId: id('unit-') })),
  commandOf('room.releaseUnit', fc.record({ unitId: fc.constantFrom('unit-1', 'unit-2') })),
  commandOf(
    'media.place',
    fc.record({ nodeId: id('node-'), workerId: id('worker-'), reason: fc.constant('start' as const) }),
  ),
  commandOf('glass.break', fc.record({ principalId: id('person-'), reason: text })),
  commandOf('incident.mergeIn', fc.record({ incidentId: id('incident-'), fromRoomId: id('room-') })),
  commandOf('incident.mergeInto', fc.record({ incidentId: id('incident-'), intoRoomId: id('room-') })),
];

const peerCommands = [
  commandOf('peer.join', fc.constantFrom(...everyone.map(joining))),
  commandOf('peer.leave', fc.record({ peerId, reason: fc.constantFrom('left' as const, 'lost' as const) })),
  commandOf('peer.link', fc.record({ peerId, link: fc.constant('lost' as const) })),
  commandOf('peer.link', fc.record({ peerId, link: fc.constant('up' as const), afterMs: small })),
  commandOf('peer.setSpeaking', fc.record({ peerId, speaksHere: fc.boolean() })),
  commandOf(
    'peer.mute',
    fc.record({ peerId, kind: fc.constantFrom('audio' as const, 'video' as const), muted: fc.boolean() }),
  ),
];

const kind = fc.constant('video' as const);
const mimeType = fc.constant('video/VP9');
const sourceCommands = [
  commandOf('source.publish', fc.record({ producerId, peerId, kind, mimeType, source })),
  commandOf(
    'source.change',
    fc.record({ producerId, label: optional(text), patientId: optional(patientRef) }),
  ),
  commandOf('source.setPaused', fc.record({ producerId, paused: fc.boolean() })),
  commandOf(
    'source.setRung',
    fc.record({
      producerId,
      rung: fc.constantFrom('1080' as const, '540' as const),
      reason: fc.constant('link' as const),
    }),
  ),
  commandOf('source.close', fc.record({ producerId, reason: fc.constant('stopped' as const) })),
];

const careCommands = [
  commandOf('patient.add', fc.record({ description: optional(text) })),
  commandOf('patient.identify', fc.record({ patientId, identity: fc.record({ name: text }) })),
  commandOf('patient.moveOut', fc.record({ patientId, toRoomId: id('room-') })),
  commandOf(
    'patient.moveIn',
    fc.record({
      fromRoomId: id('room-'),
      formerPatientId: patientId,
      identity: optional(fc.record({ name: text })),
    }),
  ),
  commandOf(
    'chat.send',
    fc.record({
      text,
      patientId: patientRef,
      to: fc.constantFrom('room' as const, 'staff' as const, 'clinical' as const, 'bystanders' as const),
    }),
  ),
  commandOn('chat.receipt', messages, (messageId, n) => ({
    messageIds: [messageId],
    state: n % 2 === 0 ? 'read' : 'delivered',
  })),
  commandOf(
    'timeNode.set',
    fc.record({
      node: fc.constantFrom('on-scene' as const, 'handed-over' as const),
      patientId: patientRef,
      at: optional(utc),
    }),
  ),
  commandOf('drug.record', fc.record({ drug, patientId, at: optional(utc) })),
  commandOf('device.record', fc.record({ device: text, setting: text, patientId, at: optional(utc) })),
  commandOf('order.give', fc.record({ text, drug: optional(drug), patientId })),
  commandOn('order.readBack', orders, (orderId) => ({ orderId })),
  commandOn('order.close', orders, (orderId, n) => ({
    orderId,
    outcome: n % 3 === 0 ? 'cancelled' : 'done',
  })),
];

const callCommands = [
  commandOf('help.call', fc.record({ patientId: patientRef })),
  commandOn('help.seen', calls, (callId) => ({ callId })),
  commandOn('help.answer', calls, (callId) => ({ callId })),
  commandOn('help.cancel', calls, (callId) => ({ callId })),
  commandOn('help.ringing', calls, (callId, n) => ({ callId, at: [`desk ${n % 3}`] })),
  commandOf(
    'invite.create',
    fc.record({
      inviteId: id('i'),
      role: fc.constantFrom('volunteer' as const, 'admin' as const),
      name: text,
      expiresAt: fc.constantFrom(Date.UTC(2027, 0, 1), 5),
    }),
  ),
  commandOn(
    'invite.revoke',
    (state) => Object.keys(state.invites),
    (inviteId) => ({ inviteId }),
  ),
];

const stallCause = fc.constantFrom('recorder-away' as const, 'unknown' as const);
const recordingCommands = [
  commandOf('recording.start', fc.record({ reason: text })),
  commandOf('recording.stop', fc.record({ reason: text })),
  commandOf('recording.stall', fc.record({ producerId: optional(producerId), cause: stallCause })),
  commandOf('recording.resume', fc.record({ producerId: optional(producerId), afterMs: small })),
  commandOf('recording.shed', fc.record({ level: fc.constantFrom('ok' as const, 'no-4k' as const) })),
];

/** Closing ends everything and opening is refused by an open room, so both come seldom. */
const rareCommands = [
  commandOf('room.open', fc.constant(incident)),
  commandOf('room.close', fc.record({ reason: text })),
];

export const randomCommand = fc.oneof(
  ...[
    ...roomCommands,
    ...peerCommands,
    ...sourceCommands,
    ...careCommands,
    ...callCommands,
    ...recordingCommands,
    ...linkCommands,
    ...sceneCommands,
  ].map((arbitrary) => ({
    weight: 6,
    arbitrary,
  })),
  ...rareCommands.map((arbitrary) => ({ weight: 1, arbitrary })),
);

/** Of marks and of what they are drawn on: apart, so that chains of both kinds come about. */
export const randomMarkCommand = fc.oneof(...markCommands, ...sourceCommands, ...peerCommands);
