/** WebRTC transports: between a browser or device and this node. */
import type * as mediasoup from 'mediasoup/types';
import { AppError } from '../platform/errors.ts';
import type { ControlParams, ControlResult } from '../signaling/protocol/control.ts';
import type { Handlers, NodeContext } from './context.ts';
import { watchDownlink } from './downlink.ts';
import type { TransportEntry, TransportState, WebRtcEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';

type Group = Pick<
  Handlers,
  | 'transport.createWebRtc'
  | 'transport.connectWebRtc'
  | 'transport.restartIce'
  | 'transport.setBitrates'
  | 'transport.close'
  | 'transport.stats'
>;

export function transportRequests(context: NodeContext): Group {
  return {
    'transport.createWebRtc': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const identity = `webrtc ${params.workerId} ${params.peerId} ${params.direction}`;
      const entry = await room.transports.create(params.transportId, identity, () =>
        createWebRtc(context, room, params),
      );
      return offerOf(webRtcOnly(entry).transport);
    },
    'transport.connectWebRtc': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = webRtcOnly(await room.transports.get(params.transportId));
      const { dtlsParameters } = params;
      await connectOnce(entry, JSON.stringify(dtlsParameters.fingerprints), async () => {
        await entry.transport.connect({ dtlsParameters });
      });
      return {};
    },
    'transport.restartIce': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = webRtcOnly(await room.transports.get(params.transportId));
      return { iceParameters: await entry.transport.restartIce() };
    },
    'transport.setBitrates': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const { transport } = webRtcOnly(await room.transports.get(params.transportId));
      if (params.maxIncoming !== undefined) await transport.setMaxIncomingBitrate(params.maxIncoming);
      if (params.maxOutgoing !== undefined) await transport.setMaxOutgoingBitrate(params.maxOutgoing);
      return {};
    },
    'transport.close': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const entry = await room.transports.find(params.transportId);
      entry?.transport.close();
      return {};
    },
    'transport.stats': async (params, linkId) => {
      const room = context.rooms.at(params, linkId);
      const { transport } = await room.transports.get(params.transportId);
      return { stats: (await transport.getStats()).map((stat) => ({ ...stat })) };
    },
  };
}

async function createWebRtc(
  context: NodeContext,
  room: RoomMedia,
  params: ControlParams<'transport.createWebRtc'>,
): Promise<WebRtcEntry> {
  const { transportId, workerId, peerId, direction, rtpCapabilities } = params;
  const { router } = await room.routers.get(workerId);
  const transport = await router.createWebRtcTransport({
    webRtcServer: context.workers.get(workerId).webRtcServer,
    preferUdp: true,
    enableSctp: true,
    initialAvailableOutgoingBitrate: params.initialOutgoingBitrate ?? context.initialOutgoingBitrate,
  });
  const entry: WebRtcEntry = {
    kind: 'webrtc',
    transportId,
    workerId,
    transport,
    peerId,
    direction,
    state: 'new',
    silent: false,
    ...(rtpCapabilities === undefined ? {} : { rtpCapabilities }),
  };
  transport.observer.once('close', () => room.transports.delete(transportId));
  reportState(context, room, entry);
  if (direction === 'recv') await watchDownlink(context, room, entry);
  if (room.closed) transport.close();
  room.assertOpen();
  context.logger.info({ roomId: room.roomId, transportId, peerId, direction, workerId }, 'transport created');
  return entry;
}

/** ICE says whether packets pass, DTLS whether they may; a person only needs one word for both. */
function stateOf({ transport }: WebRtcEntry): TransportState | 'new' {
  if (transport.closed) return 'closed';
  if (transport.dtlsState === 'failed') return 'failed';
  if (transport.iceState === 'disconnected') return 'disconnected';
  const paired = transport.iceState === 'connected' || transport.iceState === 'completed';
  if (paired && transport.dtlsState === 'connected') return 'connected';
  return paired || transport.dtlsState === 'connecting' ? 'connecting' : 'new';
}

function reportState(context: NodeContext, room: RoomMedia, entry: WebRtcEntry): void {
  const { transport, transportId, peerId } = entry;
  let reported = '';
  const report = () => {
    entry.state = stateOf(entry);
    const protocol = transport.iceSelectedTuple?.protocol;
    const now = `${entry.state} ${protocol}`;
    if (entry.state === 'new' || now === reported) return;
    reported = now;
    const { roomId } = room;
    context.logger.info({ roomId, transportId, peerId, state: entry.state, protocol }, 'transport state');
    context.emit('transport.state', {
      roomId,
      transportId,
      peerId,
      state: entry.state,
      ...(protocol === undefined ? {} : { protocol }),
    });
  };
  transport.on('icestatechange', report);
  transport.on('dtlsstatechange', report);
  transport.on('iceselectedtuplechange', report);
  transport.observer.once('close', report);
}

function offerOf(transport: mediasoup.WebRtcTransport): ControlResult<'transport.createWebRtc'> {
  const { iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
  if (sctpParameters === undefined) throw new AppError('internal', 'A transport was made without SCTP.');
  return { iceParameters, iceCandidates, dtlsParameters, sctpParameters };
}

/** Connects at most once: mediasoup refuses a second connect, but a repeated request must find the first answer. */
export async function connectOnce(
  entry: TransportEntry,
  identity: string,
  connect: () => Promise<void>,
): Promise<void> {
  if (entry.connecting !== undefined && entry.connecting.identity !== identity) {
    throw new AppError('conflict', `Transport ${entry.transportId} is connected to another remote side.`, {
      status: 409,
      whatToDo: 'Create a new transport for a new remote side.',
      details: { state: 'connected' },
    });
  }
  entry.connecting ??= { identity, done: connect() };
  const { connecting } = entry;
  try {
    await connecting.done;
  } catch (error) {
    // Refused parameters leave the transport unconnected: a better request may still connect it.
    if (entry.connecting === connecting) delete entry.connecting;
    throw error;
  }
}

function webRtcOnly(entry: TransportEntry): WebRtcEntry {
  if (entry.kind === 'webrtc') return entry;
  throw new AppError(
    'conflict',
    `Transport ${entry.transportId} is a ${entry.kind}, not a WebRTC transport.`,
    {
      status: 409,
      whatToDo: 'Use the request for its kind of transport.',
      details: { state: entry.kind },
    },
  );
}
