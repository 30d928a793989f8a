/** What of a room comes out of its tap now, for the recording of rooms. */
import { tapKeyOf } from './ids.ts';
import type { MediaRoom } from './media-room.ts';
import type { Tapped, TappedMessages, TappedTrack } from './types.ts';

/** Undefined until the room is placed. */
export function tappedOf(room: MediaRoom): Tapped | undefined {
  const { home, plan, actual } = room;
  if (home === undefined) return undefined;
  const tap = plan?.tap && actual.transports.get(plan.tap.tapId)?.tap;
  return {
    workerKey: home,
    ...(plan?.tap && tap
      ? { tap: { tapId: plan.tap.tapId, ip: tap.ip, port: tap.port, feedPort: tap.feedPort } }
      : {}),
    tracks: tracksOf(room),
    messages: messagesOf(room),
    flowing: flowingOf(room),
  };
}

/** Sources whose packets come in and go on, whether or not the tap has them yet: they should be on the disk. */
function flowingOf({ state, actual }: MediaRoom): Set<string> {
  const flowing = Object.values(state.sources).filter(({ producerId, source }) => {
    const producer = actual.producers.get(producerId);
    return source.alternativeOf === undefined && producer?.paused === false && (producer.score ?? 0) > 0;
  });
  return new Set(flowing.map(({ producerId }) => producerId));
}

function tracksOf({ plan, actual }: MediaRoom): TappedTrack[] {
  return [...(plan?.tapConsumers.values() ?? [])].flatMap(({ consumerId, producerId, originalId }) => {
    const consumer = actual.consumers.get(consumerId);
    if (consumer?.producerId !== producerId) return [];
    const { kind, rtpParameters } = consumer;
    return {
      key: tapKeyOf(consumer),
      producerId: originalId,
      kind,
      rtpParameters,
    };
  });
}

function messagesOf({ plan }: MediaRoom): TappedMessages[] {
  return [...(plan?.tapData.values() ?? [])].map((data) => ({
    key: data.dataConsumerId,
    dataProducerId: data.originalId,
    peerId: data.ownerPeerId,
    label: data.label,
    ...(data.producerId === undefined ? {} : { producerId: data.producerId }),
  }));
}
