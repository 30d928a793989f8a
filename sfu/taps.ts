/**
 * Taps: the way of a room's sources to the recorder on the same host (design section 7). A pipe over loopback carries
 * every layer as it was sent, so that no choice of ours can turn the recording black (mediasoup issue 1821); a feed
 * beside it carries timed messages and sender reports.
 */
import type * as mediasoup from 'mediasoup/types';
import { AppError } from '../platform/errors.ts';
import type { ControlParams } from '../signaling/protocol/control.ts';
import type { Handlers, NodeContext } from './context.ts';
import {
  type ConsumerEntry,
  type DataConsumerEntry,
  onWorker,
  type TapEntry,
  type TransportEntry,
} from './entries.ts';
import { SOCKET_BUFFER_BYTES } from './listen.ts';
import type { RoomMedia } from './room-media.ts';
import { openTapFeed, TAP_IP } from './taps-feed.ts';
import { watchReports } from './taps-reports.ts';
import { connectOnce } from './transports.ts';

type Group = Pick<Handlers, 'tap.create' | 'tap.connect' | 'tap.consume' | 'tap.consumeData' | 'tap.close'>;

export function tapRequests(context: NodeContext): Group {
  return {
    'tap.create': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = await room.transports.create(params.tapId, `tap ${params.workerId}`, () =>
        createTap(context, room, params),
      );
      const { transport, feed } = tapOnly(entry);
      return { ip: transport.tuple.localAddress, port: transport.tuple.localPort, feedPort: feed.port };
    },
    'tap.connect': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = tapOnly(await room.transports.get(params.tapId));
      const { ip, port } = params;
      await connectOnce(entry, `${ip} ${port}`, async () => {
        await entry.transport.connect({ ip, port });
        entry.feed.connect(ip, port);
      });
      return {};
    },
    'tap.consume': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const { consumer } = await room.consumers.create(
        params.consumerId,
        `${params.tapId} ${params.producerId}`,
        () => consumeByTap(context, room, params),
      );
      return { kind: consumer.kind, rtpParameters: consumer.rtpParameters };
    },
    'tap.consumeData': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      await room.dataConsumers.create(params.dataConsumerId, `${params.tapId} ${params.dataProducerId}`, () =>
        consumeDataByTap(room, params),
      );
      return {};
    },
    'tap.close': async (params, linkId) => {
      const entry = await context.rooms.at(params, linkId).transports.find(params.tapId);
      if (entry !== undefined) tapOnly(entry).transport.close();
      return {};
    },
  };
}

async function createTap(
  context: NodeContext,
  room: RoomMedia,
  params: ControlParams<'tap.create'>,
): Promise<TapEntry> {
  const { tapId, workerId } = params;
  const { router } = await room.routers.get(workerId);
  const feed = await openTapFeed(tapId, context.logger, context.metrics);
  let transport: mediasoup.PipeTransport | undefined;
  try {
    transport = await router.createPipeTransport({
      listenInfo: {
        protocol: 'udp',
        ip: TAP_IP,
        sendBufferSize: SOCKET_BUFFER_BYTES,
        recvBufferSize: SOCKET_BUFFER_BYTES,
      },
      enableSrtp: false,
      // Nothing is lost between two sockets of one host but by the kernel, which the recorder counts.
      enableRtx: false,
      enableSctp: false,
    });
    const direct = await router.createDirectTransport();
    room.assertOpen();
    transport.observer.once('close', () => {
      room.transports.delete(tapId);
      direct.close();
      feed.close();
    });
    context.logger.info({ roomId: room.roomId, tapId, workerId }, 'tap created');
    return { kind: 'tap', transportId: tapId, workerId, transport, direct, feed };
  } catch (error) {
    transport?.close();
    feed.close();
    throw error;
  }
}

async function consumeByTap(
  context: NodeContext,
  room: RoomMedia,
  params: ControlParams<'tap.consume'>,
): Promise<ConsumerEntry> {
  const { tapId, consumerId, producerId, originalId, originalWorkerId } = params;
  const { transport, feed, workerId } = tapOnly(await room.transports.get(tapId));
  const source = await room.producerOn(workerId, producerId);
  // Of a source on another node only the packets come here; the recorder then goes by their arrival.
  const original = await room.producers.find(onWorker(originalWorkerId, originalId));
  const consumer = await transport.consume({ producerId: source.producer.id });
  consumer.observer.once('close', () => room.consumers.delete(consumerId));
  try {
    // A pipe starts its consumers flowing; this one waits until the recorder knows the track.
    await consumer.pause();
    if (original) {
      const stop = await watchReports(original.producer, consumer.rtpParameters.encodings ?? [], (packet) =>
        feed.send('report', originalId, packet),
      );
      if (consumer.closed) stop();
      else consumer.observer.once('close', stop);
    }
  } catch (error) {
    consumer.close();
    throw error;
  }
  context.logger.info({ roomId: room.roomId, tapId, consumerId, producerId }, 'source tapped');
  return { consumerId, transportId: tapId, producerId, workerId, consumer };
}

async function consumeDataByTap(
  room: RoomMedia,
  params: ControlParams<'tap.consumeData'>,
): Promise<DataConsumerEntry> {
  const { tapId, dataConsumerId, dataProducerId, originalId } = params;
  const { direct, feed, workerId } = tapOnly(await room.transports.get(tapId));
  const source = await room.dataProducers.get(onWorker(workerId, dataProducerId));
  const dataConsumer = await direct.consumeData({ dataProducerId: source.dataProducer.id });
  dataConsumer.observer.once('close', () => room.dataConsumers.delete(dataConsumerId));
  dataConsumer.on('message', (message) => feed.send('message', originalId, message));
  return { dataConsumerId, transportId: tapId, dataProducerId, label: source.label, dataConsumer };
}

function tapOnly(entry: TransportEntry): TapEntry {
  if (entry.kind === 'tap') return entry;
  throw new AppError('conflict', `Transport ${entry.transportId} is not a tap.`, {
    status: 409,
    whatToDo: 'Use the request for its kind of transport.',
    details: { state: entry.kind },
  });
}
