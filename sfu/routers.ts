/** Rooms and their routers. */

import { newId } from '../platform/ids.ts';
import type { ControlEventData } from '../signaling/protocol/control.ts';
import { routerCodecs } from './codecs.ts';
import type { Handlers, NodeContext } from './context.ts';
import type { RouterEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

/** Milliseconds between two reports of who speaks. */
const SPEAKING_INTERVAL_MS = 300;
/** dBov below which nobody is said to speak: a quiet vehicle is about -60. */
const SPEAKING_THRESHOLD = -55;

type Group = Pick<Handlers, 'room.claim' | 'room.close' | 'router.create' | 'router.close'>;

export function routerRequests(context: NodeContext): Group {
  return {
    'room.claim': async (params, linkId) => {
      context.rooms.open(params, linkId);
      return {};
    },
    'room.close': async (params) => {
      context.rooms.close(params, 'its owner closed it');
      return {};
    },
    'router.create': async (params, linkId) => {
      const room = context.rooms.open(params, linkId);
      const entry = await room.routers.create(params.workerId, '', () =>
        createRouter(context, room, params.workerId),
      );
      return { rtpCapabilities: entry.router.rtpCapabilities };
    },
    'router.close': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = await room.routers.find(params.workerId);
      entry?.router.close();
      return {};
    },
  };
}

async function createRouter(context: NodeContext, room: RoomMedia, workerId: string): Promise<RouterEntry> {
  const { worker } = context.workers.get(workerId);
  const router = await worker.createRouter({ mediaCodecs: routerCodecs({ av1: context.av1 }) });
  router.observer.once('close', () => room.routers.delete(workerId));
  router.once('workerclose', () => context.rooms.noteLost(workerId, room.roomId));
  try {
    const direct = await router.createDirectTransport();
    const beat = await direct.produceData({ label: 'beat' });
    const levels = await router.createAudioLevelObserver({
      maxEntries: 8,
      threshold: SPEAKING_THRESHOLD,
      interval: SPEAKING_INTERVAL_MS,
    });
    room.assertOpen();
    reportSpeakers(context, room, workerId, levels);
    context.logger.info({ roomId: room.roomId, workerId }, 'router created');
    return { workerId, router, levels, direct, beat, beatId: newId() };
  } catch (error) {
    router.close();
    throw error;
  }
}

function reportSpeakers(
  context: NodeContext,
  room: RoomMedia,
  workerId: string,
  levels: RouterEntry['levels'],
): void {
  const report = (speakers: ControlEventData<'speaking'>['speakers']) =>
    context.emit('speaking', { roomId: room.roomId, workerId, speakers });
  levels.on('volumes', (volumes) => {
    report(
      volumes.flatMap(({ producer, volume }) => {
        const entry = room.producers.all().find((candidate) => candidate.producer === producer);
        return entry === undefined ? [] : [{ producerId: entry.producerId, level: volume }];
      }),
    );
  });
  levels.on('silence', () => report([]));
}
