/** Every request of the contract and the file that answers it: the contents page of this part. */
import { ortc } from 'mediasoup';
import { beatRequests } from './beats.ts';
import { routerCodecs } from './codecs.ts';
import { consumerRequests } from './consumers.ts';
import type { Handlers, NodeContext } from './context.ts';
import { dataRequests } from './data.ts';
import { dumpRoom } from './dump.ts';
import { pipeRequests } from './pipes.ts';
import { producerRequests } from './producers.ts';
import { routerRequests } from './routers.ts';
import type { StatusReporter } from './status.ts';
import { tapRequests } from './taps.ts';
import { transportRequests } from './transports.ts';

export function createHandlers(context: NodeContext, status: StatusReporter): Handlers {
  return {
    ...nodeRequests(context, status),
    ...routerRequests(context),
    ...transportRequests(context),
    ...pipeRequests(context),
    ...beatRequests(context),
    ...producerRequests(context),
    ...consumerRequests(context),
    ...dataRequests(context),
    ...tapRequests(context),
  };
}

function nodeRequests(
  context: NodeContext,
  status: StatusReporter,
): Pick<Handlers, 'node.describe' | 'node.dump'> {
  const rtpCapabilities = ortc.generateRouterRtpCapabilities(routerCodecs({ av1: context.av1 }));
  return {
    'node.describe': async () => ({
      nodeId: context.nodeId,
      region: context.region,
      bootId: context.bootId,
      draining: status.draining,
      rtpCapabilities,
      workers: status.workers(),
    }),
    'node.dump': async ({ roomIds }) => {
      const rooms =
        roomIds === undefined
          ? context.rooms.all()
          : roomIds.map((roomId) => context.rooms.find(roomId)).filter((room) => room !== undefined);
      return { rooms: rooms.map(dumpRoom) };
    },
  };
}
