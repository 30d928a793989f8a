/** The part of the plan that spans workers: pipes, and what they carry. Another node is only another address. */
import {
  consumerIdOf,
  dataConsumerIdOf,
  pipedDataProducerIdOf,
  pipedProducerIdOf,
  pipeTransportIdOf,
} from './ids.ts';
import type {
  DesiredConsumer,
  DesiredDataConsumer,
  DesiredDataFlow,
  DesiredFlow,
  DesiredPipe,
  PipeEnd,
  PlanInput,
} from './plan-types.ts';

function endsOf(roomId: string, from: string, to: string): { from: PipeEnd; to: PipeEnd } {
  return {
    from: { workerKey: from, transportId: pipeTransportIdOf(roomId, from, to) },
    to: { workerKey: to, transportId: pipeTransportIdOf(roomId, to, from) },
  };
}

/** A pipe for each pair of workers with peers of the room, made before the first packet needs it. */
export function planPipes(input: PlanInput): DesiredPipe[] {
  const workers = [...new Set(input.peers.map((peer) => peer.workerKey))].sort();
  return workers.flatMap((here, index) =>
    workers.slice(index + 1).map((there) => {
      const { from, to } = endsOf(input.roomId, here, there);
      return { ends: [from, to] as const };
    }),
  );
}

/** Points consumers on other workers at the stand-in of their producer, and says which stand-ins are needed. */
export function routeConsumers(
  input: PlanInput,
  consumers: readonly DesiredConsumer[],
  silenced: ReadonlySet<string>,
): { consumers: Map<string, DesiredConsumer>; flows: Map<string, DesiredFlow> } {
  const routed = new Map<string, DesiredConsumer>();
  const flows = new Map<string, DesiredFlow>();
  for (const consumer of consumers) {
    const home = input.producers.get(consumer.originalId)?.workerKey;
    if (home === undefined || home === consumer.workerKey) {
      routed.set(consumer.consumerId, consumer);
      continue;
    }
    const { from, to } = endsOf(input.roomId, home, consumer.workerKey);
    const pipedId = pipedProducerIdOf(consumer.originalId, to.transportId);
    const idle = consumer.paused || silenced.has(consumer.originalId);
    flows.set(pipedId, {
      originalId: consumer.originalId,
      kind: consumer.kind,
      from,
      to,
      consumerId: consumerIdOf(from.transportId, consumer.originalId),
      pipedId,
      paused: idle && (flows.get(pipedId)?.paused ?? true),
    });
    routed.set(consumer.consumerId, { ...consumer, producerId: pipedId });
  }
  return { consumers: routed, flows };
}

/** The same for data channels: stills and previews. */
export function routeDataConsumers(
  input: PlanInput,
  consumers: readonly DesiredDataConsumer[],
): { dataConsumers: Map<string, DesiredDataConsumer>; dataFlows: Map<string, DesiredDataFlow> } {
  const homes = new Map(input.dataProducers.map((d) => [d.dataProducerId, d.workerKey]));
  const dataConsumers = new Map<string, DesiredDataConsumer>();
  const dataFlows = new Map<string, DesiredDataFlow>();
  for (const consumer of consumers) {
    const home = homes.get(consumer.originalId);
    if (home === undefined || home === consumer.workerKey) {
      dataConsumers.set(consumer.dataConsumerId, consumer);
      continue;
    }
    const { from, to } = endsOf(input.roomId, home, consumer.workerKey);
    const pipedId = pipedDataProducerIdOf(consumer.originalId, to.transportId);
    const dataConsumerId = dataConsumerIdOf(from.transportId, consumer.originalId);
    const { originalId, label } = consumer;
    dataFlows.set(pipedId, { originalId, label, from, to, dataConsumerId, pipedId });
    dataConsumers.set(consumer.dataConsumerId, { ...consumer, dataProducerId: pipedId });
  }
  return { dataConsumers, dataFlows };
}
