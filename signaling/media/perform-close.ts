/** The actions of the reconcile loop that close what the plan no longer has. */
import { isAppError } from '../../platform/errors.ts';
import type { Action } from './diff.ts';
import { splitWorkerKey } from './ids.ts';
import type { MediaRoom } from './media-room.ts';

type Closing = Extract<Action, { do: `close${string}` }>;

/** Closes one thing at its node, then forgets it and with it what stood on it. */
export async function close(room: MediaRoom, action: Closing): Promise<void> {
  const { actual, ids } = room;
  switch (action.do) {
    case 'closeConsumer': {
      const { consumerId } = action;
      const ask = (on: string) => room.ask(on, 'consumer.close', { ...ids, consumerId });
      await unlessGone(room, actual.consumers.get(consumerId), ask);
      return actual.removeConsumer(consumerId);
    }
    case 'closeDataConsumer': {
      const { dataConsumerId } = action;
      const ask = (on: string) => room.ask(on, 'dataConsumer.close', { ...ids, dataConsumerId });
      await unlessGone(room, actual.dataConsumers.get(dataConsumerId), ask);
      return actual.removeDataConsumer(dataConsumerId);
    }
    case 'closeProducer': {
      const { producerId } = action;
      const ask = (on: string) => room.ask(on, 'producer.close', { ...ids, producerId });
      await unlessGone(room, actual.producers.get(producerId), ask);
      return actual.removeProducer(producerId);
    }
    case 'closeDataProducer': {
      const { dataProducerId } = action;
      const ask = (on: string) => room.ask(on, 'dataProducer.close', { ...ids, dataProducerId });
      await unlessGone(room, actual.dataProducers.get(dataProducerId), ask);
      return actual.removeDataProducer(dataProducerId);
    }
    case 'closeTransport': {
      const { transportId } = action;
      await unlessGone(room, { transportId }, (on) =>
        room.ask(on, 'transport.close', { ...ids, transportId }),
      );
      return actual.removeTransport(transportId);
    }
    case 'closeRouter':
      return closeRouter(room, action.workerKey);
  }
}

/** What went with its transport or its room is closed. */
async function unlessGone(
  room: MediaRoom,
  item: { readonly transportId: string } | undefined,
  ask: (workerKey: string) => Promise<unknown>,
): Promise<void> {
  const transport = item && room.actual.transports.get(item.transportId);
  if (!transport) return;
  try {
    await ask(transport.workerKey);
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
  }
}

/** Forgotten before it is closed, so that a peer that is placed there meanwhile asks for a new one behind it. */
async function closeRouter(room: MediaRoom, workerKey: string): Promise<void> {
  room.actual.routers.delete(workerKey);
  const { workerId } = splitWorkerKey(workerKey);
  try {
    await room.ask(workerKey, 'router.close', { ...room.ids, workerId });
  } catch (error) {
    if (isAppError(error, 'not-found')) return;
    room.actual.routers.set(workerKey, undefined);
    throw error;
  }
}
