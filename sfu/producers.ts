/** Producers: a source that arrives on a transport, or its copy that arrives through a pipe. */
import type { ControlParams } from '../signaling/protocol/control.ts';
import type { Handlers, NodeContext } from './context.ts';
import { onWorker, type ProducerEntry, type TransportEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

/**
 * Milliseconds between two keyframe requests to one source. At 1 to 1.7 keyframes a second a 720p picture was measured to lose
 * half its quality and frames at unchanged bitrate (jitsi-videobridge pull requests 2442 and 2448, which chose 2 s as well).
 * The first request of a quiet time goes out at once; those within the 2 s share the next one.
 */
export const KEYFRAME_FLOOR_MS = 2_000;
/**
 * The same on a copy behind a pipe. The floor is kept by the original, which every request of every copy reaches; a
 * copy only gathers the requests of one moment, so that the two waits do not add up to 4 s.
 */
const COPY_KEYFRAME_FLOOR_MS = 200;

type Group = Pick<Handlers, 'producer.create' | 'producer.setPaused' | 'producer.close'>;

export function producerRequests(context: NodeContext): Group {
  return {
    'producer.create': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const on = await room.transports.get(params.transportId);
      const entry = await room.producers.create(
        onWorker(on.workerId, params.producerId),
        `${params.transportId} ${params.kind}`,
        () => createProducer(context, room, on, params),
      );
      return { type: entry.producer.type };
    },
    'producer.setPaused': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const named = await room.producersNamed(params.producerId, params.transportId);
      if (named.length === 0) throw room.producers.notFound(params.producerId);
      for (const { producer } of named) await (params.paused ? producer.pause() : producer.resume());
      return {};
    },
    'producer.close': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const named = await room.producersNamed(params.producerId, params.transportId);
      for (const { producer } of named) producer.close();
      return {};
    },
  };
}

async function createProducer(
  context: NodeContext,
  room: RoomMedia,
  on: TransportEntry,
  params: ControlParams<'producer.create'>,
): Promise<ProducerEntry> {
  const { producerId, kind, rtpParameters, paused, transportId } = params;
  const copy = on.kind === 'pipe';
  const producer = await on.transport.produce({
    kind,
    rtpParameters,
    paused,
    keyFrameRequestDelay: copy ? COPY_KEYFRAME_FLOOR_MS : KEYFRAME_FLOOR_MS,
  });
  const { workerId } = on;
  producer.observer.once('close', () => room.producers.delete(onWorker(workerId, producerId)));
  if (!copy) {
    producer.on('score', (scores) =>
      context.emit('producer.score', {
        roomId: room.roomId,
        producerId,
        streams: scores.map(({ rid, ssrc, score }) => ({
          ...(rid === undefined ? {} : { rid }),
          ssrc,
          score,
        })),
      }),
    );
    if (kind === 'audio') {
      const { levels } = await room.routers.get(workerId);
      await levels.addProducer({ producerId: producer.id });
    }
  }
  context.logger.info(
    { roomId: room.roomId, producerId, transportId, kind, copy, workerId },
    'producer created',
  );
  return { producerId, transportId, workerId, copy, producer };
}
