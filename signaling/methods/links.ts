/** Links to phones: what a dispatcher and the page of a live bystander ask for. */
import type { Asked } from '../links/types.ts';
import type { Result } from '../protocol/methods.ts';
import type { PeerCall } from './types.ts';

type LinkMethod = 'link.create' | 'link.resend' | 'link.revoke' | 'link.second';

/** Makes a link and, with a phone number, sends it. A repeat of the command answers the same link and sends nothing. */
export async function createLink(call: PeerCall<'link.create'>): Promise<Result<'link.create'>> {
  const { linkId, url } = await call.services.links.create(askedOf(call), call.params);
  return { linkId, url };
}

export async function resendLink(call: PeerCall<'link.resend'>): Promise<Result<'link.resend'>> {
  const { linkId, way } = call.params;
  const made = await call.services.links.resend(askedOf(call), linkId, way);
  return { linkId: made.linkId, url: made.url };
}

export async function revokeLink(call: PeerCall<'link.revoke'>): Promise<Result<'link.revoke'>> {
  await call.services.links.revoke(askedOf(call), call.params.linkId);
  return {};
}

export async function secondPhone(call: PeerCall<'link.second'>): Promise<Result<'link.second'>> {
  const { linkId, url, expiresAt } = await call.services.links.second(askedOf(call), call.params.use);
  return { linkId, url, expiresAt };
}

function askedOf<M extends LinkMethod>({ roomId, actor, seat, commandId }: PeerCall<M>): Asked {
  return { roomId, actor, organisationId: seat.peer.organisationId, commandId };
}
