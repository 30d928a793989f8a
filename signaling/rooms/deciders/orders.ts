/** Decisions about a doctor's orders: given, read back by the crew, done or cancelled (closed-loop communication). */
import type { OrderState, RoomState } from '../../protocol/state.ts';
import type { Deciders } from '../types.ts';
import {
  actingPeer,
  assertDirects,
  assertOpen,
  CLINICAL_RECORD,
  conflict,
  decide,
  forbidden,
  idFor,
  notFound,
  patientOf,
  told,
  unchanged,
} from './rules.ts';

export const orderDeciders = {
  'order.give': (state, { text, drug, patientId }, actor) => {
    assertOpen(state);
    actingPeer(state, actor);
    patientOf(state, patientId);
    const orderId = idFor(state, 'o');
    const given = { orderId, text, ...(drug ? { drug } : {}), patientId, by: actor.principalId };
    return decide(CLINICAL_RECORD, [{ type: 'OrderGiven', ...given }], { orderId });
  },

  'order.readBack': (state, { orderId }, actor) => {
    assertOpen(state);
    const order = orderOf(state, orderId);
    const { role } = actingPeer(state, actor);
    if (role !== 'crew' && role !== 'wearer') {
      throw forbidden(
        'An order is read back by those who carry it out.',
        'The crew or the wearer reads it back.',
      );
    }
    if (order.by === actor.principalId) {
      throw forbidden('Nobody reads back an order of their own.', 'Another crew member reads it back.');
    }
    assertNotClosed(order);
    if (order.readBackBy !== undefined) return unchanged();
    const event = { type: 'OrderReadBack' as const, orderId, by: actor.principalId };
    return told({ audience: CLINICAL_RECORD, events: [event] });
  },

  'order.close': (state, { orderId, outcome }, actor) => {
    assertOpen(state);
    const order = orderOf(state, orderId);
    if (order.outcome === outcome) return unchanged();
    assertNotClosed(order);
    if (outcome === 'done' && order.readBackBy === undefined) {
      throw conflict(
        'The order was not read back yet.',
        'Read it back first, then mark it done.',
        'not-read-back',
      );
    }
    if (outcome === 'cancelled' && order.by !== actor.principalId) {
      assertDirects(state, actor, "cancel another person's order");
    }
    const event = { type: 'OrderClosed' as const, orderId, outcome, by: actor.principalId };
    return told({ audience: CLINICAL_RECORD, events: [event] });
  },
} satisfies Partial<Deciders>;

function orderOf(state: RoomState, orderId: string): OrderState {
  const order = state.orders[orderId];
  if (order) return order;
  throw notFound('order', 'Look at the list of orders.');
}

function assertNotClosed(order: OrderState): void {
  if (order.outcome === undefined) return;
  throw conflict(
    `The order is ${order.outcome} already.`,
    'Give a new order if it is needed again.',
    order.outcome,
  );
}
