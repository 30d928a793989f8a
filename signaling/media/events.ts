/** What nodes say of a room by themselves, brought to whoever it concerns. */
import type { ControlClient, ControlEventData } from '../protocol/control.ts';
import { workerKeyOf } from './ids.ts';
import { losePeer, loseWorkers } from './losses.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import { SpeakerBoard } from './speaking.ts';

/** Transports of a dead worker are said to be closed a moment before the worker is said to be dead. */
const WORKER_DEATH_MS = 100;

/** Listens to one node for all rooms that `find` knows. Returns the function that stops listening. */
export function listenTo(client: ControlClient, find: (roomId: string) => MediaRoom | undefined): () => void {
  const speakers = new SpeakerBoard();
  const stops = [
    client.on('worker.died', ({ workerId, roomIds }) => {
      for (const roomId of roomIds) {
        const room = find(roomId);
        if (room) loseWorkers(room, [workerKeyOf(client.nodeId, workerId)], 'worker-died');
      }
    }),
    client.on('transport.state', (event) => transportState(find(event.roomId), event)),
    client.on('transport.silence', (event) => silence(find(event.roomId), event)),
    client.on('transport.downlink', ({ roomId, transportId, availableBitrate }) => {
      const peerId = find(roomId)?.actual.transports.get(transportId)?.peerId;
      if (peerId !== undefined) find(roomId)?.peers.get(peerId)?.ladder.downlink(availableBitrate);
    }),
    client.on('consumer.layers', ({ roomId, consumerId, spatialLayer, temporalLayer }) => {
      viewerOf(find(roomId), consumerId)?.ladder.layers(consumerId, spatialLayer, temporalLayer);
    }),
    client.on('consumer.score', ({ roomId, consumerId, score, producerScore }) => {
      const room = find(roomId);
      if (room) viewerOf(room, consumerId)?.ladder.score(consumerId, score, producerScore, room.now());
    }),
    client.on('producer.score', (event) => producerScore(find(event.roomId), event)),
    client.on('speaking', (event) => {
      const room = find(event.roomId);
      if (room) speakers.say(room, workerKeyOf(client.nodeId, event.workerId), event.speakers);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function viewerOf(room: MediaRoom | undefined, consumerId: string) {
  const transportId = room?.actual.consumers.get(consumerId)?.transportId;
  const peerId = transportId === undefined ? undefined : room?.actual.transports.get(transportId)?.peerId;
  return peerId === undefined ? undefined : room?.peers.get(peerId);
}

/** Whether a source flows decides whom a missing picture is blamed on. */
function producerScore(room: MediaRoom | undefined, event: ControlEventData<'producer.score'>): void {
  const producer = room?.actual.producers.get(event.producerId);
  if (!room || !producer) return;
  const flowed = producer.score !== 0;
  producer.score = Math.max(0, ...event.streams.map((stream) => stream.score));
  if (flowed !== producer.score > 0) room.changed();
}

function transportState(room: MediaRoom | undefined, event: ControlEventData<'transport.state'>): void {
  const transport = room?.actual.transports.get(event.transportId);
  if (!room || !transport) return;
  transport.connected = event.state === 'connected';
  if (event.state !== 'closed') return;
  // One that we close ourselves is forgotten before the node says so; this one ended by itself.
  room.actual.removeTransport(event.transportId);
  room.changed();
  const peer = transport.peerId === undefined ? undefined : room.peers.get(transport.peerId);
  if (!peer) return;
  const { startedAt } = peer;
  setTimeout(() => endedAlone(room, peer, startedAt), WORKER_DEATH_MS).unref();
}

/** Unless a worker's death or a new start has explained it meanwhile, the peer has to start again. */
function endedAlone(room: MediaRoom, peer: PeerMedia, startedAt: number): void {
  const explained = peer.lost !== undefined || peer.workerKey === undefined || peer.startedAt !== startedAt;
  if (room.closed || explained || room.peers.get(peer.peerId) !== peer) return;
  losePeer(room, peer, 'transport-closed');
  room.changed();
}

function silence(
  room: MediaRoom | undefined,
  { transportId, silent }: ControlEventData<'transport.silence'>,
): void {
  const peerId = room?.actual.transports.get(transportId)?.peerId;
  if (!room || peerId === undefined) return;
  room.deps.notifier.notifyRoom(room.roomId, 'media.silence', { peerId, silent });
}
