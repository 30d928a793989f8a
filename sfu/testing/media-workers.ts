/** The mediasoup workers that a test starts, looked at from below, past the node. */
import { observer } from 'mediasoup';
import type * as mediasoup from 'mediasoup/types';

export interface WatchedWorkers {
  readonly all: readonly mediasoup.Worker[];
  stop(): void;
}

/** From now on remembers every worker that this process starts. */
export function watchWorkers(): WatchedWorkers {
  const all: mediasoup.Worker[] = [];
  const remember = (worker: mediasoup.Worker) => void all.push(worker);
  observer.on('newworker', remember);
  return { all, stop: () => void observer.off('newworker', remember) };
}

/** How many things the living workers hold, beside their WebRtcServers. */
export async function countEntities({ all }: WatchedWorkers): Promise<number> {
  const dumps = await Promise.all(all.filter((worker) => !worker.closed).map((worker) => worker.dump()));
  return dumps.reduce(
    (sum, dump) =>
      sum +
      dump.routerIds.length +
      dump.channelMessageHandlers.channelRequestHandlers.length -
      dump.webRtcServerIds.length,
    0,
  );
}
