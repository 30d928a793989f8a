/** Data channels: beats of clients, stills, previews of marks, poses, kept frames. */

import type * as mediasoup from 'mediasoup/types';
import { AppError } from '../platform/errors.ts';
import type { ControlParams } from '../signaling/protocol/control.ts';
import type { Handlers, NodeContext } from './context.ts';
import { type DataConsumerEntry, type DataProducerEntry, onWorker } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

/** Milliseconds an unordered message may wait to be sent: a still older than the next one is of no use. */
const UNORDERED_LIFETIME_MS = 1_000;

type Group = Pick<
  Handlers,
  'dataProducer.create' | 'dataProducer.close' | 'dataConsumer.create' | 'dataConsumer.close'
>;

export function dataRequests(context: NodeContext): Group {
  return {
    'dataProducer.create': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const { workerId } = await room.transports.get(params.transportId);
      await room.dataProducers.create(
        onWorker(workerId, params.dataProducerId),
        `${params.transportId} ${params.label}`,
        () => createDataProducer(context, room, params),
      );
      return {};
    },
    'dataProducer.close': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const named = await room.dataProducersNamed(params.dataProducerId, params.transportId);
      for (const { dataProducer } of named) dataProducer.close();
      return {};
    },
    'dataConsumer.create': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const { dataConsumer } = await room.dataConsumers.create(
        params.dataConsumerId,
        `${params.transportId} ${params.dataProducerId}`,
        () => createDataConsumer(room, params),
      );
      const { sctpStreamParameters } = dataConsumer;
      return sctpStreamParameters === undefined ? {} : { sctpStreamParameters };
    },
    'dataConsumer.close': async (params, linkId) => {
      const entry = await context.rooms.at(params, linkId).dataConsumers.find(params.dataConsumerId);
      entry?.dataConsumer.close();
      return {};
    },
  };
}

async function createDataProducer(
  context: NodeContext,
  room: RoomMedia,
  params: ControlParams<'dataProducer.create'>,
): Promise<DataProducerEntry> {
  const { dataProducerId, transportId, label, sctpStreamParameters } = params;
  const on = await room.transports.get(transportId);
  if (sctpStreamParameters === undefined) {
    throw new AppError('bad-request', 'A data producer needs the parameters of its SCTP stream.', {
      status: 400,
      whatToDo: 'At the end of a pipe, pass those that dataConsumer.create answered at its beginning.',
    });
  }
  const dataProducer = await on.transport.produceData({ label, sctpStreamParameters });
  const { workerId } = on;
  dataProducer.observer.once('close', () => room.dataProducers.delete(onWorker(workerId, dataProducerId)));
  if (label === 'beat' && on.kind === 'webrtc' && on.direction === 'send') {
    const { direct } = await room.routers.get(workerId);
    await context.silence.watch(room.roomId, on, direct, dataProducer);
  }
  const { producerId, toPeerId } = params;
  return {
    ...{ dataProducerId, transportId, workerId, label, dataProducer },
    ...(producerId === undefined ? {} : { producerId }),
    ...(toPeerId === undefined ? {} : { toPeerId }),
  };
}

async function createDataConsumer(
  room: RoomMedia,
  params: ControlParams<'dataConsumer.create'>,
): Promise<DataConsumerEntry> {
  const { dataConsumerId, transportId, dataProducerId } = params;
  const { transport, workerId } = await room.transports.get(transportId);
  const source = await room.dataProducers.get(onWorker(workerId, dataProducerId));
  const dataConsumer = await transport.consumeData({
    dataProducerId: source.dataProducer.id,
    ...lifetimeFor(source.dataProducer.sctpStreamParameters),
  });
  dataConsumer.observer.once('close', () => room.dataConsumers.delete(dataConsumerId));
  return { dataConsumerId, transportId, dataProducerId, label: source.label, dataConsumer };
}

/**
 * mediasoup 3.27 takes a lifetime that is not given as 0 on an unordered stream (Transport.cpp, SendSctpMessage), and loses
 * every message that does not fit the congestion window at once, such as any still of 16 kB. So one is given.
 */
function lifetimeFor(stream: mediasoup.SctpStreamParameters | undefined): { maxPacketLifeTime?: number } {
  const limited = Boolean(stream?.maxPacketLifeTime) || Boolean(stream?.maxRetransmits);
  return stream?.ordered === false && !limited ? { maxPacketLifeTime: UNORDERED_LIFETIME_MS } : {};
}
