/** Removing a peer from a room. */
import type { Result } from '../protocol/methods.ts';
import type { PeerCall } from './types.ts';
import { stateOf } from './visible.ts';

/** States the removal, then refuses every token the person still holds for this room. */
export async function removePeer({
  services,
  roomId,
  params,
  actor,
  commandId,
}: PeerCall<'room.removePeer'>): Promise<Result<'room.removePeer'>> {
  const peer = (await stateOf(services, roomId)).peers[params.peerId];
  await services.rooms.at(roomId).execute('room.removePeer', params, actor, commandId);
  if (peer) await services.tokens.revoke(peer.principalId, roomId);
  return {};
}
