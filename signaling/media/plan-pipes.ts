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

/** A pipe for each pair of workers with peers of the room or its tap, made before the first packet needs it. */
export function planPipes(input: PlanInput): DesiredPipe[] {
  const used = input.peers.map((peer) => peer.workerKey);
  if (input.recording) used.push(input.recording.workerKey);
  const workers = [...new Set(used)].sort();
  return workers.flatMap((here, index) =>
    workers.slice(index + 1).map((there) => {
      const { from, to } = endsOf(input.roomId, here, there);
      return { ends: [from, to] as const };
    }),
  );
}

/** What viewers and taps have in common. */
type Routed = Pick<
  DesiredConsumer,
  'consumerId' | 'workerKey' | 'originalId' | 'producerId' | 'kind' | 'paused'
>;
type RoutedData = Pick<
  DesiredDataConsumer,
  'dataConsumerId' | 'workerKey' | 'originalId' | 'dataProducerId' | 'label'
>;

/** Points consumers on other workers at the stand-in of their producer, and says which stand-ins are needed. */
export function routeConsumers<C extends Routed>(
  input: PlanInput,
  consumers: readonly C[],
  silenced: ReadonlySet<string>,
  flows = new Map<string, DesiredFlow>(),
): { consumers: Map<string, C>; flows: Map<string, DesiredFlow> } {
  const routed = new Map<string, C>();
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
export function routeDataConsumers<D extends RoutedData>(
  input: PlanInput,
  consumers: readonly D[],
  dataFlows = new Map<string, DesiredDataFlow>(),
): { dataConsumers: Map<string, D>; dataFlows: Map<string, DesiredDataFlow> } {
  const homes = new Map(input.dataProducers.map((d) => [d.dataProducerId, d.workerKey]));
  const dataConsumers = new Map<string, D>();
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
