/** Decisions about what is written down: messages and their receipts, time nodes, drugs, device settings. */
import { type Audience, CLINICAL, isInAudience, type Viewer } from '../../protocol/audience.ts';
import type { RoomEvent, TimeNode } from '../../protocol/events.ts';
import type { MessageState, RoomState } from '../../protocol/state.ts';
import type { Actor, Deciders, Now } from '../types.ts';
import {
  actingPeer,
  assertOpen,
  assertPatientRef,
  badRequest,
  CLINICAL_RECORD,
  decide,
  forbidden,
  idFor,
  notFound,
  patientOf,
  STAFF,
  told,
} from './rules.ts';
import { SCENE_ROLES } from './scene-rules.ts';

/** A client's clock may run this far ahead of ours before its word counts as "in the future", in milliseconds. */
const CLOCK_TOLERANCE_MS = 5000;
const DAY_MS = 24 * 3600 * 1000;

type MessageGroup = NonNullable<MessageState['to']>;
const MESSAGE_AUDIENCES: Record<MessageGroup, Audience> = {
  room: 'everyone',
  staff: STAFF,
  clinical: CLINICAL,
  // The public at the scene and those who speak with it; what others at work say stays among them.
  bystanders: { roles: ['dispatcher', 'coordinator', 'crew', ...SCENE_ROLES] },
};

export const noteDeciders = {
  'chat.send': (state, { text, patientId, to, phrase }, actor) => {
    assertOpen(state);
    const peer = actingPeer(state, actor);
    assertPatientRef(state, patientId);
    const messageId = idFor(state, 'm');
    const sent = { messageId, peerId: peer.peerId, text, patientId, to, ...(phrase ? { phrase } : {}) };
    const event = { type: 'MessageSent' as const, ...sent };
    // Its author reads it, also a member of the public who writes to those at work.
    return decide(withPeer(MESSAGE_AUDIENCES[to], peer.peerId), [event], { messageId });
  },

  'chat.receipt': (state, { messageIds, state: receipt }, actor) => {
    assertOpen(state);
    const peer = actingPeer(state, actor);
    const messages = [...new Set(messageIds)].map((id) => readableMessage(state, id, peer));
    const fresh = messages.filter(
      (message) => !(receipt === 'read' ? message.readBy : message.deliveredTo).includes(peer.peerId),
    );
    const byGroup = Map.groupBy(fresh, (message) => `${message.to ?? 'room'} ${message.peerId}`);
    return told(
      ...[...byGroup.values()].map((group) => ({
        audience: messageAudience(group[0]),
        events: [
          {
            type: 'MessageReceipt' as const,
            messageIds: group.map((message) => message.messageId),
            peerId: peer.peerId,
            state: receipt,
          },
        ],
      })),
    );
  },

  'timeNode.set': (state, { node, patientId, at }, actor, now) => {
    assertOpen(state);
    assertPatientRef(state, patientId);
    const moment = momentOf(state, at, now);
    const known = state.timeNodes.find((set) => set.node === node && set.patientId === patientId);
    if (known?.at === moment) return told();
    const set: RoomEvent = { type: 'TimeNodeSet', node, at: moment, patientId, by: actor.principalId };
    return told({ audience: STAFF, events: [set, ...releases(state, node, patientId, actor)] });
  },

  'drug.record': (state, { drug, patientId, at }, actor, now) => {
    assertOpen(state);
    patientOf(state, patientId);
    const drugId = idFor(state, 'd');
    const given = { drugId, drug, patientId, at: momentOf(state, at, now), by: actor.principalId };
    return decide(CLINICAL_RECORD, [{ type: 'DrugGiven', ...given }], { drugId });
  },

  'device.record': (state, { device, setting, patientId, at }, actor, now) => {
    assertOpen(state);
    patientOf(state, patientId);
    const settingId = idFor(state, 's');
    const set = {
      settingId,
      device,
      setting,
      patientId,
      at: momentOf(state, at, now),
      by: actor.principalId,
    };
    return decide(CLINICAL_RECORD, [{ type: 'DeviceSet', ...set }], { settingId });
  },
} satisfies Partial<Deciders>;

function withPeer(audience: Audience, peerId: string): Audience {
  return audience === 'everyone' ? audience : { ...audience, peers: [peerId] };
}

/** A receipt is read by whoever reads the message, and by nobody else. */
function messageAudience(message: MessageState | undefined): Audience {
  if (!message) return STAFF;
  return withPeer(MESSAGE_AUDIENCES[message.to ?? 'room'], message.peerId);
}

/** Throws `not-found` also for a message the peer may not see: that it exists is nobody's business. */
function readableMessage(state: RoomState, messageId: string, viewer: Viewer): MessageState {
  const message = state.messages.find((known) => known.messageId === messageId);
  if (!message || !isInAudience(viewer, messageAudience(message))) {
    throw notFound('message', 'Only messages you were sent can be receipted.');
  }
  if (message.peerId === viewer.peerId) {
    throw forbidden('You wrote this message yourself.', 'Send receipts for the messages of others only.');
  }
  return message;
}

/** The moment a fact names: now, or an earlier one of this incident. Throws `bad-request`. */
export function momentOf(state: RoomState, at: number | undefined, now: Now): number {
  if (at === undefined) return now.utc;
  if (at > now.utc + CLOCK_TOLERANCE_MS) {
    throw badRequest('The moment lies in the future.', 'Correct the time, or leave it out to mean now.');
  }
  if (at < state.createdUtc - DAY_MS) {
    throw badRequest(
      'The moment lies more than a day before the incident.',
      'Correct the date and the time.',
    );
  }
  return Math.min(at, now.utc);
}

/**
 * A hand-over ends the work of units. With the last patient (or the scene) handed over all of them are free; before that
 * only the one whose crew has handed over, and only when another unit is there for the patients who remain.
 */
function releases(state: RoomState, node: TimeNode, patientId: string, actor: Actor): RoomEvent[] {
  if (node !== 'handed-over') return [];
  const handedOver = new Set(
    state.timeNodes.filter((set) => set.node === 'handed-over').map((set) => set.patientId),
  );
  const remaining = Object.entries(state.patients).filter(
    ([id, patient]) => id !== patientId && patient.movedTo === undefined && !handedOver.has(id),
  );
  const all = patientId === 'scene' || remaining.length === 0;
  const own = actor.unitId !== undefined && state.unitIds.length > 1 ? [actor.unitId] : [];
  const free = all ? state.unitIds : state.unitIds.filter((unitId) => own.includes(unitId));
  return free.map((unitId) => ({ type: 'UnitReleased', unitId, by: actor.principalId }));
}
