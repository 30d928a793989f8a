/** What the plan of a room is made from, gathered from the room, its peers and what the nodes hold. */
import { codecOf } from './decode.ts';
import { consumerIdOf } from './ids.ts';
import { layersOf } from './layers.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import type { PlanDataProducer, PlanInput, PlanPeer, PlanProducer } from './plan-types.ts';

export function planInputOf(room: MediaRoom, now: number): PlanInput {
  const producers = producersOf(room);
  return {
    roomId: room.roomId,
    state: room.state,
    peers: [...room.peers.values()].flatMap((peer) => peerOf(room, peer, producers) ?? []),
    producers,
    dataProducers: dataProducersOf(room),
    ...(room.recording ? { recording: room.recording } : {}),
    minimumRung: room.deps.config.recording.minimumRung,
    now,
    keepHiddenMs: room.deps.config.keepHiddenMs,
  };
}

/** Producers of peers; what came over a pipe is only a stand-in for one of these. */
function producersOf(room: MediaRoom): Map<string, PlanProducer> {
  const producers = new Map<string, PlanProducer>();
  for (const { producerId, transportId, workerKey, kind, rtpParameters } of room.actual.producers.values()) {
    if (room.actual.transports.get(transportId)?.kind === 'pipe') continue;
    const source = room.state.sources[producerId]?.source ?? {};
    const layers = layersOf(rtpParameters, source);
    producers.set(producerId, { producerId, workerKey, kind, codec: codecOf(kind, rtpParameters), layers });
  }
  return producers;
}

function dataProducersOf(room: MediaRoom): PlanDataProducer[] {
  return [...room.actual.dataProducers.values()].flatMap(({ transportId, since: _, ...data }) => {
    const peerId = room.actual.transports.get(transportId)?.peerId;
    return peerId === undefined ? [] : [{ ...data, peerId }];
  });
}

function peerOf(
  room: MediaRoom,
  peer: PeerMedia,
  producers: ReadonlyMap<string, PlanProducer>,
): PlanPeer | undefined {
  if (peer.workerKey === undefined) return undefined;
  const recvTransportId = room.actual.transportOf(peer.peerId, 'recv')?.transportId;
  const flows = (producerId: string) =>
    recvTransportId !== undefined &&
    room.actual.consumers.get(consumerIdOf(recvTransportId, producerId))?.paused === false;
  return {
    peerId: peer.peerId,
    workerKey: peer.workerKey,
    ...(recvTransportId === undefined ? {} : { recvTransportId }),
    ...(peer.rtpCapabilities ? { rtpCapabilities: peer.rtpCapabilities } : {}),
    ...(peer.views ? { views: peer.views } : {}),
    lastShown: peer.lastShown,
    cannot: peer.cannot,
    link: peer.ladder.link,
    flowing: peer.views ? new Set() : new Set([...producers.keys()].filter(flows)),
  };
}
