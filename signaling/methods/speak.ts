/** One person may watch several rooms and speaks visibly into one (design section 1). */
import type { Result } from '../protocol/methods.ts';
import { SYSTEM } from '../rooms/types.ts';
import type { PeerCall, Services } from './types.ts';

/** Moves the person's visible voice here: first away from the other rooms, so that it is never in two. */
export async function speakHere({
  services,
  roomId,
  seat,
  actor,
}: PeerCall<'peer.speakHere'>): Promise<Result<'peer.speakHere'>> {
  const { peerId, principalId } = seat.peer;
  await keepSilentElsewhere(services, principalId, roomId);
  await services.rooms.at(roomId).execute('peer.setSpeaking', { peerId, speaksHere: true }, actor);
  return {};
}

/** Takes the principal's visible voice out of every other open room. */
export async function keepSilentElsewhere(
  services: Services,
  principalId: string,
  roomId: string,
): Promise<void> {
  const silenced: Promise<unknown>[] = [];
  for (const [otherId, state] of services.board.states()) {
    if (otherId === roomId) continue;
    for (const peer of Object.values(state.peers)) {
      if (peer.principalId !== principalId || !peer.speaksHere) continue;
      const params = { peerId: peer.peerId, speaksHere: false };
      silenced.push(services.rooms.at(otherId).execute('peer.setSpeaking', params, SYSTEM));
    }
  }
  for (const result of await Promise.allSettled(silenced)) {
    // A room that closed meanwhile has no voices; anything else must not keep the person from speaking here.
    if (result.status === 'rejected')
      services.log.warn({ error: result.reason, principalId }, 'could not silence a peer elsewhere');
  }
}
