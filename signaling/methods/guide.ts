/** Guiding the public at the scene: pushing cards, alerting volunteers. */
import type { Asked } from '../links/types.ts';
import { distanceM } from '../protocol/datum.ts';
import type { Result } from '../protocol/methods.ts';
import type { RoomState } from '../protocol/state.ts';
import { stepId } from './commands.ts';
import { forbidden } from './refusals.ts';
import type { PeerCall } from './types.ts';
import { stateOf } from './visible.ts';

/** States the card with its version and whether the site approved it. Refused in production without an approval. */
export async function pushCard({
  services,
  roomId,
  actor,
  params,
  commandId,
}: PeerCall<'guidance.push'>): Promise<Result<'guidance.push'>> {
  const { cardId, version, peerId } = params;
  const { approval, pushable } = await services.guidance.standing(cardId, version);
  if (!pushable) throw forbidden('This card is not approved at this site.');
  const pushed = { cardId, version, approved: approval !== undefined };
  const to = peerId === undefined ? {} : { peerId };
  return services.rooms.at(roomId).execute('guidance.pushed', { ...pushed, ...to }, actor, commandId);
}

/**
 * Makes and sends a link to each volunteer, then states who was alerted. A repeat of the command sends nothing again; one
 * whose link still runs is not alerted twice.
 */
export async function alertVolunteers(call: PeerCall<'volunteer.alert'>): Promise<Result<'volunteer.alert'>> {
  const { services, roomId, params } = call;
  const state = await stateOf(services, roomId);
  for (const volunteerId of new Set(params.volunteerIds)) {
    if (!isAlerted(state, volunteerId)) await alert(call, state, volunteerId);
  }
  return {};
}

async function alert(
  call: PeerCall<'volunteer.alert'>,
  state: RoomState,
  volunteerId: string,
): Promise<void> {
  const { services, roomId, actor, seat, commandId } = call;
  const { name, phone, language, near } = await services.volunteers.get(volunteerId);
  const { organisationId } = seat.peer;
  const asked: Asked = { roomId, actor, organisationId, commandId: stepId(commandId, `link ${volunteerId}`) };
  const { linkId } = await services.links.create(asked, {
    use: 'volunteer',
    need: needOf(state),
    helpers: 'unknown',
    ...{ phone, language, name },
  });
  const at = state.bystander.address?.point;
  const distance = at && near ? { distanceM: Math.round(distanceM(at, near)) } : {};
  await services.rooms
    .at(roomId)
    .execute(
      'volunteer.alerted',
      { volunteerId, name, linkId, ...distance },
      actor,
      stepId(commandId, `alert ${volunteerId}`),
    );
}

function isAlerted({ bystander }: RoomState, volunteerId: string): boolean {
  const linkId = Object.hasOwn(bystander.volunteers, volunteerId)
    ? bystander.volunteers[volunteerId]?.linkId
    : undefined;
  return linkId !== undefined && bystander.links[linkId]?.ended === undefined;
}

/** What the newest link to a bystander was made for. */
function needOf({ bystander }: RoomState) {
  const links = Object.values(bystander.links).filter(({ use }) => use === 'camera');
  return links.sort((a, b) => b.createdUtc - a.createdUtc)[0]?.need ?? 'none';
}
