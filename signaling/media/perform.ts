/** Carries out one action of the reconcile loop: asks the node, writes down what it answered, tells the client. */
import { AppError, isAppError } from '../../platform/errors.ts';
import type { ActualProducer } from './actual.ts';
import type { Action } from './diff.ts';
import { splitWorkerKey } from './ids.ts';
import type { MediaRoom } from './media-room.ts';
import type {
  DesiredConsumer,
  DesiredDataConsumer,
  DesiredDataFlow,
  DesiredFlow,
  DesiredPipe,
} from './plan-types.ts';

/** Rejects with what the node answered; the action is then tried again after a wait. */
export async function perform(room: MediaRoom, action: Action): Promise<void> {
  room.deps.metrics.actions.inc({ action: action.do });
  switch (action.do) {
    case 'pauseProducer':
      return pauseProducer(room, action.producerId, action.paused);
    case 'pipe':
      return openPipe(room, action.pipe);
    case 'flow':
      return openFlow(room, action.flow);
    case 'dataFlow':
      return openDataFlow(room, action.flow);
    case 'beat':
      return beat(room, action.transportId, action.peerId);
    case 'consume':
      return consume(room, action.consumer);
    case 'pauseConsumer':
      return pauseConsumer(room, action.consumerId, action.paused);
    case 'layers':
      return setLayers(room, action.consumer);
    case 'dataConsume':
      return dataConsume(room, action.consumer);
    default:
      return close(room, action);
  }
}

async function pauseProducer(room: MediaRoom, producerId: string, paused: boolean): Promise<void> {
  const producer = room.actual.producers.get(producerId);
  if (!producer) return;
  await room.ask(producer.workerKey, 'producer.setPaused', { ...room.ids, producerId, paused });
  producer.paused = paused;
}

async function pauseConsumer(room: MediaRoom, consumerId: string, paused: boolean): Promise<void> {
  const consumer = room.actual.consumers.get(consumerId);
  if (!consumer) return;
  await room.ask(consumer.workerKey, 'consumer.setPaused', { ...room.ids, consumerId, paused });
  consumer.paused = paused;
  // A decoder can start only at a keyframe; the node lets one request through for all who ask at once.
  if (paused || consumer.kind === 'audio') return;
  await room.ask(consumer.workerKey, 'consumer.requestKeyFrame', { ...room.ids, consumerId });
}

async function setLayers(room: MediaRoom, wanted: DesiredConsumer): Promise<void> {
  const { consumerId, layers, priority } = wanted;
  const consumer = room.actual.consumers.get(consumerId);
  if (!consumer || !layers) return;
  await room.ask(consumer.workerKey, 'consumer.setLayers', { ...room.ids, consumerId, layers, priority });
  Object.assign(consumer, { layers, priority });
}

async function consume(room: MediaRoom, wanted: DesiredConsumer): Promise<void> {
  const { consumerId, transportId, producerId, workerKey, layers, priority } = wanted;
  const peer = room.peers.get(wanted.peerId);
  if (!peer || !room.actual.transports.has(transportId)) return;
  const rtpCapabilities = peer.rtpCapabilities ?? (await room.ensureRouter(workerKey));
  try {
    const { kind, rtpParameters } = await room.ask(workerKey, 'consumer.create', {
      ...room.ids,
      transportId,
      consumerId,
      producerId,
      rtpCapabilities,
      paused: true,
      ...(layers ? { layers } : {}),
      priority,
    });
    const made = { consumerId, transportId, producerId, workerKey, kind, rtpParameters, priority };
    if (!room.actual.transports.has(transportId) || !room.actual.producers.has(producerId)) return;
    room.actual.consumers.set(consumerId, {
      ...made,
      ...(layers ? { layers } : {}),
      paused: true,
      since: room.now(),
    });
    room.firstConsumer(wanted.originalId);
    room.announce(wanted);
  } catch (error) {
    // Not a failure to repeat: the plan now asks the publisher for an encoding this viewer can decode.
    if (!isAppError(error, 'cannot-consume')) throw error;
    peer.cannot.add(wanted.originalId);
  }
}

async function beat(room: MediaRoom, transportId: string, peerId: string): Promise<void> {
  const transport = room.actual.transports.get(transportId);
  const peer = room.peers.get(peerId);
  if (!transport || !peer) return;
  const made = await room.ask(transport.workerKey, 'transport.beat', { ...room.ids, transportId });
  const told = { ...made, transportId, label: 'beat' as const };
  peer.beats.set(transportId, told);
  room.notify(peerId, 'media.dataConsumer', told);
}

async function dataConsume(room: MediaRoom, wanted: DesiredDataConsumer): Promise<void> {
  const { dataConsumerId, transportId, dataProducerId, workerKey, label } = wanted;
  const ids = { transportId, dataConsumerId, dataProducerId };
  const { sctpStreamParameters } = await room.ask(workerKey, 'dataConsumer.create', { ...room.ids, ...ids });
  if (!sctpStreamParameters || !room.actual.transports.has(transportId)) return;
  room.actual.dataConsumers.set(dataConsumerId, { ...ids, label, since: room.now() });
  room.notify(wanted.peerId, 'media.dataConsumer', {
    dataConsumerId,
    transportId,
    dataProducerId: wanted.originalId,
    peerId: wanted.ownerPeerId,
    ...(wanted.producerId === undefined ? {} : { producerId: wanted.producerId }),
    label,
    sctpStreamParameters,
  });
}

/** Both ends are made, then each is told of the other; repeating any of it finds what is there. */
async function openPipe(room: MediaRoom, { ends }: DesiredPipe): Promise<void> {
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
async function openFlow(room: MediaRoom, flow: DesiredFlow): Promise<void> {
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

async function openDataFlow(room: MediaRoom, flow: DesiredDataFlow): Promise<void> {
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

type Closing = Extract<
  Action,
  { do: 'closeConsumer' | 'closeDataConsumer' | 'closeProducer' | 'closeDataProducer' | 'closeTransport' }
>;

/** What is gone already is closed. */
async function close(room: MediaRoom, action: Closing): Promise<void> {
  try {
    await askClose(room, action);
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
  }
  switch (action.do) {
    case 'closeConsumer':
      return room.actual.removeConsumer(action.consumerId);
    case 'closeDataConsumer':
      return room.actual.removeDataConsumer(action.dataConsumerId);
    case 'closeProducer':
      return room.actual.removeProducer(action.producerId);
    case 'closeDataProducer':
      return room.actual.removeDataProducer(action.dataProducerId);
    case 'closeTransport':
      return room.actual.removeTransport(action.transportId);
  }
}

async function askClose(room: MediaRoom, action: Closing): Promise<void> {
  const { actual, ids } = room;
  const missing = new AppError('not-found', 'It is gone already.');
  const on = (transportId: string | undefined) => {
    const transport = transportId === undefined ? undefined : actual.transports.get(transportId);
    if (!transport) throw missing;
    return transport.workerKey;
  };
  switch (action.do) {
    case 'closeConsumer': {
      const { consumerId } = action;
      await room.ask(on(actual.consumers.get(consumerId)?.transportId), 'consumer.close', {
        ...ids,
        consumerId,
      });
      return;
    }
    case 'closeDataConsumer': {
      const { dataConsumerId } = action;
      const workerKey = on(actual.dataConsumers.get(dataConsumerId)?.transportId);
      await room.ask(workerKey, 'dataConsumer.close', { ...ids, dataConsumerId });
      return;
    }
    case 'closeProducer': {
      const { producerId } = action;
      await room.ask(on(actual.producers.get(producerId)?.transportId), 'producer.close', {
        ...ids,
        producerId,
      });
      return;
    }
    case 'closeDataProducer': {
      const { dataProducerId } = action;
      const workerKey = on(actual.dataProducers.get(dataProducerId)?.transportId);
      await room.ask(workerKey, 'dataProducer.close', { ...ids, dataProducerId });
      return;
    }
    case 'closeTransport': {
      const { transportId } = action;
      await room.ask(on(transportId), 'transport.close', { ...ids, transportId });
    }
  }
}
