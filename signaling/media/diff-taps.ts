/** The part of the comparison that leads to the recorder. */
import type { Actual } from './actual.ts';
import type { Action } from './diff.ts';
import { tapKeyOf } from './ids.ts';
import { pipeLane } from './lanes.ts';
import type { Plan } from './plan-types.ts';

/** What flows is never paused here: a new owner finds it flowing and lets it flow. */
export function tapping(plan: Plan, actual: Actual): Action[] {
  if (!plan.tap) return [];
  const { tapId, workerKey, remote, ready } = plan.tap;
  const actions: Action[] = [];
  const lane = pipeLane({ transportId: tapId });
  const is = actual.transports.get(tapId);
  const there = remote && is?.tap?.remote.port === remote.port && is.tap.remote.ip === remote.ip;
  if (remote && !there && actual.routers.has(workerKey)) {
    actions.push({ do: 'tap', lane, key: `tap ${tapId}`, tapId, workerKey, remote });
  }
  if (!is) return actions;
  for (const consumer of plan.tapConsumers.values()) {
    const { consumerId, producerId } = consumer;
    const made = actual.consumers.get(consumerId);
    if (!made) {
      if (!actual.producers.has(producerId)) continue;
      actions.push({ do: 'tapConsume', lane, key: `consume ${consumerId}`, consumer });
    } else if (made.producerId === producerId && made.paused && ready.has(tapKeyOf(made))) {
      actions.push({ do: 'pauseConsumer', lane, key: `pause ${consumerId}`, consumerId, paused: false });
    }
  }
  for (const consumer of plan.tapData.values()) {
    const { dataConsumerId, dataProducerId } = consumer;
    if (actual.dataConsumers.has(dataConsumerId) || !actual.dataProducers.has(dataProducerId)) continue;
    if (!ready.has(dataConsumerId)) continue;
    actions.push({ do: 'tapConsumeData', lane, key: `consume ${dataConsumerId}`, consumer });
  }
  return actions;
}
