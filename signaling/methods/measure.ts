/** What is measured of compressions, twice a second: handed on to people at work, never kept as it is. */

import type { Result } from '../protocol/methods.ts';
import { openingOf } from '../protocol/openings.ts';
import { hasRole, STAFF_ROLES } from '../protocol/roles.ts';
import { badRequest, forbidden } from './refusals.ts';
import { BY_LINK } from './roles.ts';
import type { PeerCall } from './types.ts';
import { stateOf } from './visible.ts';

/** Video is measured by who guides, a chest by a phone whose link was made for it; depth comes from the phone alone. */
export async function handMeasureOn({
  services,
  roomId,
  seat,
  params,
}: PeerCall<'cpr.measure'>): Promise<Result<'cpr.measure'>> {
  const { peerId, role, principalId } = seat.peer;
  const isAtScene = hasRole(BY_LINK, role);
  if (params.source === 'video') {
    if (isAtScene) throw forbidden('A phone at the scene does not measure video.');
    if (params.depthMm !== undefined) throw badRequest('Depth is never measured from video.', 'depthMm');
  } else {
    const { bystander } = await stateOf(services, roomId);
    if (openingOf(bystander, principalId)?.link.use !== 'chest')
      throw forbidden('Only a phone on the chest measures this.');
  }
  services.live.tell(roomId, 'cpr.measured', { peerId, ...params }, (peer) => {
    return peer.peerId !== peerId && hasRole(STAFF_ROLES, peer.role);
  });
  return {};
}
