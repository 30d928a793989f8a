/** The actions of the reconcile loop that join two workers: pipes, and what they carry. */
import type { ActualProducer } from './actual.ts';
import { splitWorkerKey } from './ids.ts';
import type { MediaRoom } from './media-room.ts';
import type { DesiredDataFlow, DesiredFlow, DesiredPipe } from './plan-types.ts';

/** Both ends are made, then each is told of the other; repeating any of it finds what is there. */
export async function openPipe(room: MediaRoom, { ends }: DesiredPipe): Promise<void> {
  const made = await Promise.all(
    ends.map(async (end) => {
      const { workerId } = splitWorkerKey(end.workerKey);
      const { transportId } = end;
      const offer = await room.ask(end.workerKey, 'transport.createPipe', {
        ...room.ids,
        workerId,
        transportId,
      });
      return { ...end, offer };
    }),
  );
  const [a, b] = made;
  if (!a || !b) return;
  await Promise.all(
    [[a, b] as const, [b, a] as const].map(([here, there]) =>
      room.ask(here.workerKey, 'transport.connectPipe', {
        ...room.ids,
        transportId: here.transportId,
        ...there.offer,
      }),
    ),
  );
  // A worker that died meanwhile took its end along; the plan then has another pipe.
  if (ends.some((end) => !room.actual.routers.has(end.workerKey))) return;
  for (const { workerKey, transportId } of ends) {
    const transport = { transportId, workerKey, kind: 'pipe' as const, connected: true, since: room.now() };
    room.actual.transports.set(transportId, transport);
  }
}

/**
 * Consumes on this side and produces what comes out on the other. A stand-in left from a former consumer has the SSRCs
 * of that one, so it is made anew.
 */
export async function openFlow(room: MediaRoom, flow: DesiredFlow): Promise<void> {
  const { from, to, consumerId, pipedId, originalId, kind } = flow;
  if (room.actual.producers.has(pipedId)) {
    await room.ask(to.workerKey, 'producer.close', { ...room.ids, producerId: pipedId });
    room.actual.removeProducer(pipedId);
  }
  const { rtpParameters } = await room.ask(from.workerKey, 'consumer.create', {
    ...room.ids,
    transportId: from.transportId,
    consumerId,
    producerId: originalId,
    paused: flow.paused,
  });
  await room.ask(to.workerKey, 'producer.create', {
    ...room.ids,
    transportId: to.transportId,
    producerId: pipedId,
    kind,
    rtpParameters,
    paused: false,
  });
  const since = room.now();
  const consumer = { consumerId, producerId: originalId, kind, rtpParameters, paused: flow.paused, since };
  room.actual.consumers.set(consumerId, { ...consumer, ...from });
  const producer: ActualProducer = { producerId: pipedId, kind, rtpParameters, paused: false, since, ...to };
  room.actual.producers.set(pipedId, producer);
}

export async function openDataFlow(room: MediaRoom, flow: DesiredDataFlow): Promise<void> {
  const { from, to, dataConsumerId, pipedId, originalId, label } = flow;
  if (room.actual.dataProducers.has(pipedId)) {
    await room.ask(to.workerKey, 'dataProducer.close', { ...room.ids, dataProducerId: pipedId });
    room.actual.removeDataProducer(pipedId);
  }
  const { sctpStreamParameters } = await room.ask(from.workerKey, 'dataConsumer.create', {
    ...room.ids,
    transportId: from.transportId,
    dataConsumerId,
    dataProducerId: originalId,
  });
  await room.ask(to.workerKey, 'dataProducer.create', {
    ...room.ids,
    transportId: to.transportId,
    dataProducerId: pipedId,
    label,
    ...(sctpStreamParameters ? { sctpStreamParameters } : {}),
  });
  const since = room.now();
  const { transportId } = from;
  room.actual.dataConsumers.set(dataConsumerId, {
    dataConsumerId,
    transportId,
    dataProducerId: originalId,
    label,
    since,
  });
  room.actual.dataProducers.set(pipedId, { dataProducerId: pipedId, label, since, ...to });
}
