/**
 * The server's beat: 2 a second on a data channel of each receive transport that asked, so that a client knows within
 * 1.5 s that its downlink is silent, also while every source is paused and no media packet comes (design.md section 5).
 */

import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Handlers, NodeContext } from './context.ts';
import type { DataConsumerEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';
import type { Rooms } from './rooms.ts';

export const BEAT_INTERVAL_MS = 500;
/** Ids of beats are the node's own, derived from the transport's: the owner chooses none for them. */
const beatKey = (transportId: string) => `beat:${transportId}`;

export function beatRequests(context: NodeContext): Pick<Handlers, 'transport.beat'> {
  return {
    'transport.beat': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const { transportId } = params;
      const entry = await room.dataConsumers.create(beatKey(transportId), 'beat', () =>
        createBeat(room, transportId),
      );
      const { sctpStreamParameters } = entry.dataConsumer;
      if (sctpStreamParameters === undefined) throw new AppError('internal', 'A beat was made without SCTP.');
      const { dataConsumerId, dataProducerId } = entry;
      return { dataConsumerId, dataProducerId, sctpStreamParameters };
    },
  };
}

async function createBeat(room: RoomMedia, transportId: string): Promise<DataConsumerEntry> {
  const { transport, workerId } = await room.transports.get(transportId);
  const { beat, beatId } = await room.routers.get(workerId);
  // A late beat says nothing, so none is ever sent again. `maxRetransmits: 0` would say so, but mediasoup 3.27 takes both
  // limits as 0 when either is unset (Transport.cpp, SendSctpMessage), and a lifetime of 0 loses whatever has to
  // wait a microsecond. With a lifetime given, the retransmissions are the 0 that is meant.
  const dataConsumer = await transport.consumeData({
    dataProducerId: beat.id,
    ordered: false,
    maxPacketLifeTime: BEAT_INTERVAL_MS,
  });
  dataConsumer.observer.once('close', () => room.dataConsumers.delete(beatKey(transportId)));
  return { dataConsumerId: newId(), transportId, dataProducerId: beatId, label: 'beat', dataConsumer };
}

/** Starts the beat of all routers; returns the function that stops it. */
export function startBeats(rooms: Rooms): () => void {
  let count = 0n;
  const timer = setInterval(() => {
    count += 1n;
    const beat = Buffer.alloc(8);
    beat.writeBigUInt64BE(count);
    for (const room of rooms.all()) {
      for (const { beat: producer } of room.routers.all()) producer.send(beat);
    }
  }, BEAT_INTERVAL_MS);
  return () => clearInterval(timer);
}
