/** Folds of the facts of care: patients, messages, time nodes, drugs, settings, orders and calls for help. */
import type { RoomEvent } from './events.ts';
import type { FactContext } from './evolve.ts';
import type { HelpState, MessageState, OrderState, PatientState, RoomState } from './state.ts';

/** Messages kept in the state; the log keeps all of them. */
const MESSAGES_KEPT = 200;

/** Answers undefined for a fact of another group. */
export function evolveCare(state: RoomState, event: RoomEvent, context: FactContext): RoomState | undefined {
  return (
    evolvePatients(state, event) ?? evolveNotes(state, event, context) ?? evolveHelp(state, event, context)
  );
}

function evolvePatients(state: RoomState, event: RoomEvent): RoomState | undefined {
  switch (event.type) {
    case 'PatientAdded':
      return setPatient(state, event.patientId, event.description ? { description: event.description } : {});
    case 'PatientIdentified':
      return setPatient(state, event.patientId, {
        ...state.patients[event.patientId],
        identity: event.identity,
      });
    case 'PatientMovedOut':
      return setPatient(state, event.patientId, {
        ...state.patients[event.patientId],
        movedTo: event.toRoomId,
      });
    case 'PatientMovedIn':
      return setPatient(state, event.patientId, {
        cameFrom: { roomId: event.fromRoomId, patientId: event.formerPatientId },
        ...(event.description ? { description: event.description } : {}),
        ...(event.identity ? { identity: event.identity } : {}),
      });
    default:
      return undefined;
  }
}

function evolveNotes(state: RoomState, event: RoomEvent, { at, utc }: FactContext): RoomState | undefined {
  switch (event.type) {
    case 'MessageSent': {
      const { type: _, ...sent } = event;
      const name = state.peers[event.peerId]?.name ?? '';
      const message: MessageState = { ...sent, name, at, utc, deliveredTo: [], readBy: [] };
      return { ...state, messages: [...state.messages, message].slice(-MESSAGES_KEPT) };
    }
    case 'MessageReceipt':
      return { ...state, messages: state.messages.map((message) => withReceipt(message, event)) };
    case 'TimeNodeSet': {
      const { type: _, ...set } = event;
      const others = state.timeNodes.filter((t) => t.node !== set.node || t.patientId !== set.patientId);
      return { ...state, timeNodes: [...others, set] };
    }
    case 'DrugGiven': {
      const { type: _, ...given } = event;
      return { ...state, drugs: [...state.drugs, { ...given, roomAt: at }] };
    }
    case 'DeviceSet': {
      const { type: _, ...set } = event;
      return { ...state, settings: [...state.settings, { ...set, roomAt: at }] };
    }
    case 'OrderGiven': {
      const { type: _, ...given } = event;
      return { ...state, orders: { ...state.orders, [event.orderId]: { ...given, at } } };
    }
    case 'OrderReadBack':
      return changeOrder(state, event.orderId, { readBackBy: event.by });
    case 'OrderClosed':
      return changeOrder(state, event.orderId, { outcome: event.outcome });
    default:
      return undefined;
  }
}

function evolveHelp(state: RoomState, event: RoomEvent, { at }: FactContext): RoomState | undefined {
  switch (event.type) {
    case 'HelpCalled': {
      const call: HelpState = {
        callId: event.callId,
        by: event.by,
        patientId: event.patientId,
        at,
        ringingAt: [],
        seenBy: [],
      };
      return { ...state, help: { ...state.help, [event.callId]: call } };
    }
    case 'HelpRinging':
      return changeHelp(state, event.callId, (call) => ({
        ringingAt: [...new Set([...call.ringingAt, ...event.at])],
      }));
    case 'HelpSeen':
      return changeHelp(state, event.callId, (call) =>
        call.seenBy.some((seen) => seen.principalId === event.principalId)
          ? {}
          : { seenBy: [...call.seenBy, { principalId: event.principalId, name: event.name }] },
      );
    case 'HelpAnswered':
      return changeHelp(state, event.callId, () => ({
        answeredBy: { principalId: event.principalId, name: event.name },
      }));
    case 'HelpEnded':
      return changeHelp(state, event.callId, () => ({ ended: event.reason }));
    default:
      return undefined;
  }
}

function setPatient(state: RoomState, patientId: string, patient: PatientState): RoomState {
  return { ...state, patients: { ...state.patients, [patientId]: patient } };
}

function withReceipt(
  message: MessageState,
  receipt: Extract<RoomEvent, { type: 'MessageReceipt' }>,
): MessageState {
  if (!receipt.messageIds.includes(message.messageId)) return message;
  const deliveredTo = [...new Set([...message.deliveredTo, receipt.peerId])];
  return receipt.state === 'read'
    ? { ...message, deliveredTo, readBy: [...new Set([...message.readBy, receipt.peerId])] }
    : { ...message, deliveredTo };
}

function changeOrder(state: RoomState, orderId: string, change: Partial<OrderState>): RoomState {
  const order = state.orders[orderId];
  return order ? { ...state, orders: { ...state.orders, [orderId]: { ...order, ...change } } } : state;
}

function changeHelp(
  state: RoomState,
  callId: string,
  change: (call: HelpState) => Partial<HelpState>,
): RoomState {
  const call = state.help[callId];
  return call ? { ...state, help: { ...state.help, [callId]: { ...call, ...change(call) } } } : state;
}
