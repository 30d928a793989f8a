/**
 * Pipes between two routers of a room, on this node or another, built from their two ends: mediasoup's `pipeToRouter`
 * needs both routers in one process, and another node must be only another address (design.md section 5).
 */

import { AppError } from '../platform/errors.ts';
import type { ControlParams } from '../signaling/protocol/control.ts';
import type { Handlers, NodeContext } from './context.ts';
import type { PipeEntry, TransportEntry } from './entries.ts';
import { SOCKET_BUFFER_BYTES } from './listen.ts';
import type { RoomMedia } from './room-media.ts';
import { connectOnce } from './transports.ts';

type Group = Pick<Handlers, 'transport.createPipe' | 'transport.connectPipe'>;

export function pipeRequests(context: NodeContext): Group {
  return {
    'transport.createPipe': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = await room.transports.create(params.transportId, `pipe ${params.workerId}`, () =>
        createPipe(context, room, params),
      );
      const { tuple, srtpParameters } = pipeOnly(entry).transport;
      if (srtpParameters === undefined) throw new AppError('internal', 'A pipe was made without SRTP.');
      return { ip: tuple.localAddress, port: tuple.localPort, srtpParameters };
    },
    'transport.connectPipe': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = pipeOnly(await room.transports.get(params.transportId));
      const { ip, port, srtpParameters } = params;
      await connectOnce(entry, `${ip} ${port} ${srtpParameters.keyBase64}`, async () => {
        await entry.transport.connect({ ip, port, srtpParameters });
      });
      return {};
    },
  };
}

async function createPipe(
  context: NodeContext,
  room: RoomMedia,
  params: ControlParams<'transport.createPipe'>,
): Promise<PipeEntry> {
  const { transportId, workerId } = params;
  const { router } = await room.routers.get(workerId);
  const { ip, announced } = context.pipeAddress;
  const transport = await router.createPipeTransport({
    listenInfo: {
      protocol: 'udp',
      ip,
      ...(announced === undefined ? {} : { announcedAddress: announced }),
      sendBufferSize: SOCKET_BUFFER_BYTES,
      recvBufferSize: SOCKET_BUFFER_BYTES,
    },
    enableSrtp: true,
    enableRtx: true,
    enableSctp: true,
  });
  transport.observer.once('close', () => room.transports.delete(transportId));
  if (room.closed) transport.close();
  room.assertOpen();
  context.logger.info({ roomId: room.roomId, transportId, workerId }, 'pipe created');
  return { kind: 'pipe', transportId, workerId, transport };
}

function pipeOnly(entry: TransportEntry): PipeEntry {
  if (entry.kind === 'pipe') return entry;
  throw new AppError('conflict', `Transport ${entry.transportId} is not a pipe.`, {
    status: 409,
    whatToDo: 'Use the request for WebRTC transports.',
    details: { state: entry.kind },
  });
}
