/** Comparing with what a node holds: after a takeover, after its link was away, and whenever there is doubt. */
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { RoomDump } from '../protocol/control.ts';
import { splitWorkerKey, workerKeyOf } from './ids.ts';
import { findOrphans, losePeer, loseWorkers } from './losses.ts';
import type { MediaRoom } from './media-room.ts';

/** How long a takeover waits for the node that holds the room to describe itself, in milliseconds. */
const NODE_UP_MS = 1000;

/** Asks one node for what it holds of the room and adopts it by id; what is surplus the next pass closes. */
export async function adoptFrom(room: MediaRoom, nodeId: string): Promise<void> {
  const askedAt = room.now();
  const expected = workersOn(room, nodeId);
  const anyWorker = workerKeyOf(nodeId, 'any');
  const { rooms } = await room.ask(anyWorker, 'node.dump', { roomIds: [room.roomId] });
  const dump = rooms.find((candidate) => candidate.roomId === room.roomId);
  // Claiming makes a former owner that wakes up fail; a node without the room has nothing to claim.
  if (dump) await room.ask(anyWorker, 'room.claim', room.ids);
  if (room.closed) return;
  const known = workersOn(room, nodeId);
  const held = new Set(dump?.workerIds.map((workerId) => workerKeyOf(nodeId, workerId)));
  // A router that was made while the node answered is not missing: it is newer than the answer.
  const missing = expected.filter((workerKey) => known.includes(workerKey) && !held.has(workerKey));
  if (dump) room.actual.adopt(nodeId, dump, askedAt);
  adoptPeers(room, askedAt);
  adoptCapabilities(room, dump);
  adoptLayers(room, dump);
  adoptTap(room);
  if (missing.length > 0) loseWorkers(room, missing, 'worker-died');
  room.changed();
}

/** Workers of the node on which the room should have a router. */
function workersOn(room: MediaRoom, nodeId: string): string[] {
  const known = new Set(room.actual.routers.keys());
  if (room.home !== undefined) known.add(room.home);
  return [...known].filter((workerKey) => splitWorkerKey(workerKey).nodeId === nodeId);
}

/** Peers are where their transports are; what already flowed to them is ready. */
function adoptPeers(room: MediaRoom, askedAt: number): void {
  for (const transport of room.actual.transports.values()) {
    if (transport.peerId === undefined || !room.state.peers[transport.peerId]) continue;
    const peer = room.peer(transport.peerId);
    peer.workerKey ??= transport.workerKey;
    peer.hadTransport = true;
    room.inherited.delete(transport.peerId);
  }
  for (const consumer of room.actual.consumers.values()) {
    const peerId = room.actual.transports.get(consumer.transportId)?.peerId;
    if (peerId !== undefined && !consumer.paused) room.peers.get(peerId)?.ready.add(consumer.consumerId);
  }
  for (const peer of room.peers.values()) {
    if (peer.workerKey === undefined || peer.lost) continue;
    const gone = [...room.actual.transports.values()].every((t) => t.peerId !== peer.peerId);
    // A peer that started a moment ago has no transport yet.
    if (gone && peer.startedAt < askedAt && peer.hadTransport) losePeer(room, peer, 'transport-closed');
  }
}

/** What each viewer can receive was said to a former owner; without it a new source might be sent that it cannot decode. */
function adoptCapabilities(room: MediaRoom, dump: RoomDump | undefined): void {
  for (const { peerId, rtpCapabilities } of dump?.transports ?? []) {
    const peer = peerId === undefined ? undefined : room.peers.get(peerId);
    if (peer && rtpCapabilities) peer.rtpCapabilities ??= rtpCapabilities;
  }
}

/** What reaches each viewer now: its changes so far were told to a former owner, or to nobody while the link was away. */
function adoptLayers(room: MediaRoom, dump: RoomDump | undefined): void {
  for (const { consumerId, transportId, layers } of dump?.consumers ?? []) {
    const peerId = room.actual.transports.get(transportId)?.peerId;
    if (peerId === undefined || !layers) continue;
    room.peers.get(peerId)?.ladder.layers(consumerId, layers.spatialLayer, layers.temporalLayer);
  }
}

/** A tap that is there goes on, and its sources with it, until the recording is heard of. */
function adoptTap(room: MediaRoom): void {
  if (room.recording !== undefined) return;
  const tap = [...room.actual.transports.values()].find(({ kind }) => kind === 'tap');
  if (tap) room.recording = { tapId: tap.transportId, workerKey: tap.workerKey, ready: new Set() };
}

/**
 * The first comparison of an owner with the nodes. A room that was placed before and is found nowhere has lost its
 * media, and everyone in it is told. A node that is only out of reach for now may still come back with everything.
 */
export async function takeOver(room: MediaRoom): Promise<void> {
  const placed = room.state.media;
  if (!placed) return;
  const { nodes } = room.deps;
  room.home = workerKeyOf(placed.nodeId, placed.workerId);
  for (const peerId of Object.keys(room.state.peers)) room.inherited.add(peerId);
  // Just after a start the node is about to answer: until it has, these peers would be told that they have no media.
  await nodes.whenUp(placed.nodeId, NODE_UP_MS);
  const results = await Promise.allSettled(nodes.upIds.map((nodeId) => adoptFrom(room, nodeId)));
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    const error: unknown = result.reason;
    const code = isAppError(error) ? error.code : 'internal';
    room.doubtful = true;
    room.log.warn({ code, reason: messageOf(error) }, 'node could not be compared at takeover');
  }
  if (room.closed) return;
  if (nodes.isGone(placed.nodeId) && room.home === workerKeyOf(placed.nodeId, placed.workerId)) {
    loseWorkers(room, [room.home], 'node-lost');
  }
  findOrphans(room);
}
