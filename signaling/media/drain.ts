/**
 * A node that is about to stop: its rooms move before it does. The new router stands first; then the peers are told to start
 * again, and what they have flows on until they do (design section 5, "make before break").
 */
import { isAppError, messageOf } from '../../platform/errors.ts';
import { splitWorkerKey } from './ids.ts';
import type { MediaRoom } from './media-room.ts';

/** Moves a room away from a draining node. Without another node it stays, and is lost when the node stops. */
export async function drainRoom(room: MediaRoom, nodeId: string): Promise<void> {
  const isThere = (workerKey: string | undefined) =>
    workerKey !== undefined && splitWorkerKey(workerKey).nodeId === nodeId;
  const peers = [...room.peers.values()].filter((peer) => isThere(peer.workerKey));
  const former = room.home;
  if (!isThere(former) && peers.length === 0) return;
  if (room.deps.nodes.candidates().length === 0) return;
  try {
    if (isThere(former)) {
      room.home = undefined;
      await room.ensureHome('drain');
    }
  } catch (error) {
    room.home ??= former;
    const code = isAppError(error) ? error.code : 'internal';
    room.log.error({ nodeId, code, reason: messageOf(error) }, 'room could not be moved off a draining node');
    return;
  }
  room.nextGeneration();
  for (const peer of peers) {
    if (!isThere(peer.workerKey)) continue;
    peer.lost = 'transport-closed';
    room.notify(peer.peerId, 'media.lost', { reason: peer.lost, generation: room.generation });
  }
  room.changed();
}
