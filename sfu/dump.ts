/** What a node holds of a room, for an owner that takes it over or comes back. */
import type * as mediasoup from 'mediasoup/types';
import type { RoomDump } from '../signaling/protocol/control.ts';
import { hasLayers } from './consumers.ts';
import type { TransportEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

export function dumpRoom(room: RoomMedia): RoomDump {
  return {
    roomId: room.roomId,
    epoch: room.epoch,
    workerIds: room.routers.all().map(({ workerId }) => workerId),
    transports: room.transports.all().map(dumpTransport),
    producers: room.producers.all().map(({ producerId, transportId, workerId, producer }) => ({
      producerId,
      transportId,
      workerId,
      kind: producer.kind,
      rtpParameters: producer.rtpParameters,
      paused: producer.paused,
      ...(producer.score.length === 0
        ? {}
        : { score: Math.max(...producer.score.map((stream) => stream.score)) }),
    })),
    consumers: room.consumers.all().map(({ consumerId, transportId, producerId, workerId, consumer }) => ({
      consumerId,
      transportId,
      producerId,
      workerId,
      kind: consumer.kind,
      rtpParameters: consumer.rtpParameters,
      paused: consumer.paused,
      ...layersOf(consumer),
    })),
    dataProducers: room.dataProducers.all().map((entry) => ({
      dataProducerId: entry.dataProducerId,
      transportId: entry.transportId,
      workerId: entry.workerId,
      label: entry.label,
      ...(entry.producerId === undefined ? {} : { producerId: entry.producerId }),
      ...(entry.toPeerId === undefined ? {} : { toPeerId: entry.toPeerId }),
      ...streamOf(entry.dataProducer.sctpStreamParameters),
    })),
    dataConsumers: room.dataConsumers.all().map(({ dataConsumerId, transportId, dataProducerId, label }) => ({
      dataConsumerId,
      transportId,
      dataProducerId,
      label,
    })),
  };
}

function dumpTransport(entry: TransportEntry): RoomDump['transports'][number] {
  const { transportId, workerId, kind } = entry;
  if (kind !== 'webrtc') {
    return { transportId, workerId, kind, connected: entry.connecting !== undefined, silent: false };
  }
  const { peerId, direction, state, silent, rtpCapabilities } = entry;
  const connected = state === 'connected';
  const given = rtpCapabilities === undefined ? {} : { rtpCapabilities };
  return { transportId, workerId, kind, peerId, direction, connected, silent, ...given };
}

/** A new owner missed every `consumer.layers` so far, and would take a picture that flows for one that starves. */
function layersOf(consumer: mediasoup.Consumer): Pick<RoomDump['consumers'][number], 'layers'> {
  if (!hasLayers(consumer)) return {};
  const { spatialLayer = null, temporalLayer = null } = consumer.currentLayers ?? {};
  return { layers: { spatialLayer, temporalLayer } };
}

function streamOf(parameters: RoomDump['dataProducers'][number]['sctpStreamParameters']) {
  return parameters === undefined ? {} : { sctpStreamParameters: parameters };
}
