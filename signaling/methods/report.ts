/** Figures that clients measure at their end. */
import type { Result } from '../protocol/methods.ts';
import type { PeerCall } from './types.ts';

/** Counts what a person waited for, then lets the media side use the rest. */
export function reportMedia({
  services,
  roomId,
  seat,
  params,
}: PeerCall<'media.report'>): Promise<Result<'media.report'>> {
  if (params.joinMs !== undefined) services.metrics.clientJoinSeconds.observe(params.joinMs / 1000);
  if (params.firstFrameMs !== undefined)
    services.metrics.firstFrameSeconds.observe(params.firstFrameMs / 1000);
  return services.media.handle('media.report', roomId, seat.peer, params);
}
