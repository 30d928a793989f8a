/** Orders by what they wait for. Pure. */
import type { OrderState, RoomState } from '../../../signaling/protocol/state.ts';

export type OrderStage = 'waits' | 'read-back' | 'done' | 'cancelled';

export function orderStage(order: OrderState): OrderStage {
  if (order.outcome !== undefined) return order.outcome;
  return order.readBackBy === undefined ? 'waits' : 'read-back';
}

const rank: Record<OrderStage, number> = { waits: 0, 'read-back': 1, done: 2, cancelled: 2 };

/** Those that wait first, oldest of them on top; finished ones last, newest on top. */
export function orderOrders(state: RoomState): readonly OrderState[] {
  return Object.values(state.orders).sort((a, b) => {
    const byStage = rank[orderStage(a)] - rank[orderStage(b)];
    if (byStage !== 0) return byStage;
    return rank[orderStage(a)] === 2 ? b.at - a.at : a.at - b.at;
  });
}

export function waitingOrders(state: RoomState): readonly OrderState[] {
  return orderOrders(state).filter((order) => orderStage(order) === 'waits');
}
