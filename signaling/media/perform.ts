/** Carries out one action of the reconcile loop: asks the node, writes down what it answered, tells the client. */
import { AppError, isAppError } from '../../platform/errors.ts';
import type { Action } from './diff.ts';
import type { MediaRoom } from './media-room.ts';
import { close } from './perform-close.ts';
import { openDataFlow, openFlow, openPipe } from './perform-pipes.ts';
import { openTap, tapConsume, tapConsumeData } from './perform-taps.ts';
import type { DesiredConsumer, DesiredDataConsumer } from './plan-types.ts';

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
    case 'tap':
      return openTap(room, action);
    case 'tapConsume':
      return tapConsume(room, action.consumer);
    case 'tapConsumeData':
      return tapConsumeData(room, action.consumer);
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
  // A decoder can start only at a keyframe: the worker asks for one as it resumes. A second request would begin another floor of
  // two seconds, which the next viewer would wait for.
  consumer.paused = paused;
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
  const producer = room.actual.producers.get(producerId);
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
    // A producer that was closed meanwhile is refused by the same code, which says nothing of the viewer.
    if (room.actual.producers.get(producerId) === producer) peer.cannot.add(wanted.originalId);
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
  if (!sctpStreamParameters) throw new AppError('internal', 'The node made a data channel without SCTP.');
  if (!room.actual.transports.has(transportId)) return;
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
