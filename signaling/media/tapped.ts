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
  };
}

function tracksOf({ plan, actual }: MediaRoom): TappedTrack[] {
  return [...(plan?.tapConsumers.values() ?? [])].flatMap(({ consumerId, producerId, originalId }) => {
    const consumer = actual.consumers.get(consumerId);
    if (consumer?.producerId !== producerId) return [];
    const original = actual.producers.get(originalId);
    const { kind, rtpParameters } = consumer;
    return {
      key: tapKeyOf(consumer),
      producerId: originalId,
      kind,
      rtpParameters,
      flowing: !consumer.paused && original?.paused === false && (original.score ?? 0) > 0,
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
