/** Consumers: what one transport receives of one source. */
import type * as mediasoup from 'mediasoup/types';
import { AppError } from '../platform/errors.ts';
import type { ControlParams } from '../signaling/protocol/control.ts';
import type { Handlers, NodeContext } from './context.ts';
import type { ConsumerEntry, PipeEntry, ProducerEntry, WebRtcEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

type Group = Pick<
  Handlers,
  | 'consumer.create'
  | 'consumer.setPaused'
  | 'consumer.setLayers'
  | 'consumer.requestKeyFrame'
  | 'consumer.close'
>;

export function consumerRequests(context: NodeContext): Group {
  return {
    'consumer.create': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const identity = `${params.transportId} ${params.producerId}`;
      const { consumer } = await room.consumers.create(params.consumerId, identity, () =>
        createConsumer(context, room, params),
      );
      const { kind, rtpParameters, type, producerPaused } = consumer;
      return { kind, rtpParameters, type, producerPaused };
    },
    'consumer.setPaused': async (params, linkId) => {
      const { consumer } = await context.rooms.at(params, linkId).consumers.get(params.consumerId);
      await (params.paused ? consumer.pause() : consumer.resume());
      return {};
    },
    'consumer.setLayers': async (params, linkId) => {
      const { consumer } = await context.rooms.at(params, linkId).consumers.get(params.consumerId);
      if (hasLayers(consumer)) await consumer.setPreferredLayers(layersOf(params.layers));
      if (params.priority !== undefined) await consumer.setPriority(params.priority);
      return {};
    },
    'consumer.requestKeyFrame': async (params, linkId) => {
      const { consumer } = await context.rooms.at(params, linkId).consumers.get(params.consumerId);
      if (consumer.kind === 'video') await consumer.requestKeyFrame();
      return {};
    },
    'consumer.close': async (params, linkId) => {
      const entry = await context.rooms.at(params, linkId).consumers.find(params.consumerId);
      entry?.consumer.close();
      return {};
    },
  };
}

async function createConsumer(
  context: NodeContext,
  room: RoomMedia,
  params: ControlParams<'consumer.create'>,
): Promise<ConsumerEntry> {
  const { consumerId, transportId, producerId } = params;
  const on = await room.transports.get(transportId);
  if (on.kind === 'tap') {
    throw new AppError('conflict', `Transport ${transportId} is a tap.`, {
      status: 409,
      whatToDo: 'Use tap.consume.',
      details: { state: on.kind },
    });
  }
  const source = await room.producerOn(on.workerId, producerId);
  const consumer =
    on.kind === 'pipe'
      ? await on.transport.consume({ producerId: source.producer.id })
      : await consume(room, on, source, params);
  consumer.observer.once('close', () => room.consumers.delete(consumerId));
  try {
    // A pipe always starts its consumers flowing: pausing is a second step there.
    if (on.kind === 'pipe' && params.paused) await consumer.pause();
    if (params.priority !== undefined) await consumer.setPriority(params.priority);
  } catch (error) {
    consumer.close();
    throw error;
  }
  reportQuality(context, room, on, consumerId, consumer);
  return { consumerId, transportId, producerId, workerId: on.workerId, consumer };
}

/** Refuses what the viewer cannot decode, so that the publisher can be asked for an encoding that it can. */
async function consume(
  room: RoomMedia,
  on: WebRtcEntry,
  source: ProducerEntry,
  params: ControlParams<'consumer.create'>,
): Promise<mediasoup.Consumer> {
  const { rtpCapabilities, paused, layers } = params;
  if (rtpCapabilities === undefined) {
    throw new AppError(
      'bad-request',
      'A consumer on a WebRTC transport needs the RTP capabilities of the viewer.',
      {
        status: 400,
        whatToDo: 'Pass rtpCapabilities.',
      },
    );
  }
  const { router } = await room.routers.get(on.workerId);
  if (!router.canConsume({ producerId: source.producer.id, rtpCapabilities })) {
    throw new AppError('cannot-consume', `The viewer cannot decode source ${source.producerId}.`, {
      status: 409,
      whatToDo: 'Ask the publisher for an additional encoding that the viewer can decode.',
      details: { producerId: source.producerId },
    });
  }
  return on.transport.consume({
    producerId: source.producer.id,
    rtpCapabilities,
    paused,
    ...(layers === undefined || source.producer.kind === 'audio'
      ? {}
      : { preferredLayers: layersOf(layers) }),
  });
}

function reportQuality(
  context: NodeContext,
  room: RoomMedia,
  on: WebRtcEntry | PipeEntry,
  consumerId: string,
  consumer: mediasoup.Consumer,
): void {
  // A pipe carries every layer and decides nothing: there is nothing to tell a viewer.
  if (on.kind === 'pipe') return;
  const { roomId } = room;
  consumer.on('score', ({ score, producerScore }) =>
    context.emit('consumer.score', { roomId, consumerId, score, producerScore }),
  );
  if (!hasLayers(consumer)) return;
  consumer.on('layerschange', (layers) =>
    context.emit('consumer.layers', {
      roomId,
      consumerId,
      spatialLayer: layers?.spatialLayer ?? null,
      temporalLayer: layers?.temporalLayer ?? null,
    }),
  );
}

/** Only these choose among layers; `setPreferredLayers` means nothing to the others. */
export function hasLayers(consumer: mediasoup.Consumer): boolean {
  return consumer.type === 'simulcast' || consumer.type === 'svc';
}

function layersOf({
  spatialLayer,
  temporalLayer,
}: {
  spatialLayer: number;
  temporalLayer?: number | undefined;
}) {
  return { spatialLayer, ...(temporalLayer === undefined ? {} : { temporalLayer }) };
}
