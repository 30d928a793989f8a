/** `media.start`: the first thing a page asks of media, and the first again after a reload or a loss. */
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Params, Result } from '../protocol/methods.ts';
import { splitWorkerKey } from './ids.ts';
import { closeSource, orphanSources } from './losses.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import { workerForPeer } from './placement.ts';
import { iceServersFor } from './turn.ts';

/**
 * Places the room's media and the peer within it. Starting always means "I have nothing": what this peer had before is closed;
 * its sources stay for as long as a rejoin takes, to be taken up again under the same ids.
 */
export async function start(
  room: MediaRoom,
  peer: PeerMedia,
  params: Params<'media.start'>,
): Promise<Result<'media.start'>> {
  await closeTransports(room, peer.peerId);
  peer.reset();
  room.inherited.delete(peer.peerId);
  const home = await room.ensureHome('start');
  const workerKey = chooseWorker(room, peer.peerId, home);
  const routerRtpCapabilities = await room.ensureRouter(workerKey);
  const { nodeId, workerId } = splitWorkerKey(workerKey);
  room.deps.nodes.expect(nodeId, workerId);
  peer.workerKey = workerKey;
  peer.rtpCapabilities = params.rtpCapabilities;
  peer.startedAt = room.now();
  peer.lost = undefined;
  room.log.info({ peerId: peer.peerId, nodeId, workerId }, 'peer placed');
  room.changed();
  const { config, clock } = room.deps;
  return {
    routerRtpCapabilities,
    iceServers: iceServersFor(config, peer.peerId, clock.now()),
    iceTransportPolicy: config.relayOnly ? 'relay' : 'all',
    generation: room.generation,
    av1: config.av1,
  };
}

function chooseWorker(room: MediaRoom, peerId: string, home: string): string {
  const counts = new Map<string, number>();
  for (const other of room.peers.values()) {
    if (other.workerKey === undefined || other.peerId === peerId) continue;
    counts.set(other.workerKey, (counts.get(other.workerKey) ?? 0) + 1);
  }
  const uses = [...counts].map(([workerKey, peers]) => ({ workerKey, peers }));
  return workerForPeer(home, uses, room.deps.nodes.candidates(), room.deps.config.spreadAt);
}

/** Closes everything a peer has in the nodes. One that does not answer is compared again later. */
export async function closeTransports(room: MediaRoom, peerId: string): Promise<void> {
  const transports = [...room.actual.transports.values()].filter((t) => t.peerId === peerId);
  for (const { transportId } of transports) room.actual.removeTransport(transportId);
  orphanSources(room, peerId);
  await Promise.all(
    transports.map(async ({ transportId, workerKey }) => {
      try {
        await room.ask(workerKey, 'transport.close', { ...room.ids, transportId });
      } catch (error) {
        room.doubtful = true;
        const code = isAppError(error) ? error.code : 'internal';
        room.log.warn({ transportId, code, reason: messageOf(error) }, 'transport could not be closed');
      }
    }),
  );
}

/**
 * A page that was reloaded publishes its camera under a new id: the tile of the old one goes at once instead of
 * standing empty beside it.
 */
export function replaceOrphan(room: MediaRoom, peerId: string, newProducerId: string): void {
  const made = room.state.sources[newProducerId];
  if (!made) return;
  for (const producerId of room.orphans.keys()) {
    const old = room.state.sources[producerId];
    const same =
      old?.peerId === peerId &&
      old.kind === made.kind &&
      old.source.role === made.source.role &&
      old.source.label === made.source.label &&
      old.source.alternativeOf === made.source.alternativeOf;
    if (!same) continue;
    room.orphans.delete(producerId);
    closeSource(room, producerId, 'stopped');
    return;
  }
}
