/**
 * What is done when media is gone: a worker died, a node is out of reach, a peer's transport ended by itself. The room
 * is placed anew and its peers are told to start again; nobody clicks anything (design section 5, "Failure"). Their sources
 * stay in the room while they do, so that tiles keep their place.
 */
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { NotificationData } from '../protocol/notifications.ts';
import { SYSTEM } from '../rooms/types.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';

type LostReason = NotificationData<'media.lost'>['reason'];

/** Everything of the room on these workers is gone. */
export function loseWorkers(
  room: MediaRoom,
  workerKeys: readonly string[],
  reason: 'worker-died' | 'node-lost',
): void {
  const lost = new Set(workerKeys);
  const homeLost = room.home !== undefined && lost.has(room.home);
  const peers = [...room.peers.values()].filter((peer) => peer.workerKey && lost.has(peer.workerKey));
  for (const workerKey of lost) room.actual.removeWorker(workerKey);
  if (homeLost) room.home = undefined;
  if (!homeLost && peers.length === 0) return;
  room.nextGeneration();
  room.log.error({ workers: [...lost], peers: peers.length, reason }, 'media lost');
  for (const peer of peers) losePeer(room, peer, reason);
  if (homeLost) {
    // Peers that had media under a former owner, of which nothing was found, cannot know that it is gone.
    for (const peerId of room.inherited)
      if (room.state.peers[peerId]) losePeer(room, room.peer(peerId), reason);
    room.inherited.clear();
    placeAgain(room, reason);
  }
  room.changed();
}

/** A peer whose transports are gone: told to start again, its sources kept for it. */
export function losePeer(room: MediaRoom, peer: PeerMedia, reason: LostReason): void {
  peer.reset();
  peer.lost = reason;
  orphanSources(room, peer.peerId);
  room.deps.metrics.lost.inc({ reason });
  room.notify(peer.peerId, 'media.lost', { reason, generation: room.generation });
}

/** The new router is made before the first client asks for it. Without a node it is tried again by the tick. */
export function placeAgain(room: MediaRoom, reason: 'worker-died' | 'node-lost'): void {
  room.ensureHome(reason).then(
    () => room.changed(),
    (error: unknown) => {
      const code = isAppError(error) ? error.code : 'internal';
      room.log.error({ code, reason: messageOf(error) }, 'media could not be placed anew yet');
    },
  );
}

/** Starts the time in which a peer may bring its sources back under the same ids. */
export function orphanSources(room: MediaRoom, peerId: string): void {
  for (const source of Object.values(room.state.sources)) {
    if (source.peerId === peerId && !room.actual.producers.has(source.producerId)) {
      if (!room.orphans.has(source.producerId)) room.orphans.set(source.producerId, room.now());
    }
  }
}

/** Writes down that sources ended whose peers did not bring them back in time. */
export function closeOrphans(room: MediaRoom): void {
  for (const [producerId, since] of [...room.orphans]) {
    if (!room.state.sources[producerId] || room.actual.producers.has(producerId)) {
      room.orphans.delete(producerId);
    } else if (room.now() - since >= room.deps.config.rejoinMs) {
      room.orphans.delete(producerId);
      closeSource(room, producerId, 'media-lost');
    }
  }
}

/** Commits the end of a source; a failure is logged and met again by the next comparison. */
export function closeSource(room: MediaRoom, producerId: string, reason: 'stopped' | 'media-lost'): void {
  room.address.execute('source.close', { producerId, reason }, SYSTEM).catch((error: unknown) => {
    const code = isAppError(error) ? error.code : 'internal';
    room.log.warn({ producerId, code, reason: messageOf(error) }, 'source could not be closed');
  });
}

/** A source the log knows but no node has, and whose peer has media: its producer was lost unnoticed. */
export function findOrphans(room: MediaRoom): void {
  for (const source of Object.values(room.state.sources)) {
    if (!room.actual.producers.has(source.producerId) && !room.orphans.has(source.producerId)) {
      room.orphans.set(source.producerId, room.now());
    }
  }
}
