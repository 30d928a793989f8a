/** Letting an organisation or a unit into a room: the room takes ids as they are, the directory knows whose they are. */
import { isStoreAway } from '../../platform/sql/store-errors.ts';
import type { Result } from '../protocol/methods.ts';
import { badRequest } from './refusals.ts';
import type { PeerCall } from './types.ts';

/** Nobody can take an admission back, so a wrong id must not become a fact. Throws `bad-request`. */
export async function admitOrganisation({
  services,
  roomId,
  params,
  actor,
  commandId,
}: PeerCall<'room.admit'>): Promise<Result<'room.admit'>> {
  const { organisationId } = params;
  const exists = await mayExist(async () =>
    (await services.directory.organisations()).some((known) => known.organisationId === organisationId),
  );
  if (!exists) throw badRequest('No such organisation.', 'organisationId');
  return services.rooms.at(roomId).execute('room.admit', params, actor, commandId);
}

/** Sends a unit to the incident. Throws `bad-request` for one that does not exist or is out of service. */
export async function assignUnit({
  services,
  roomId,
  params,
  actor,
  commandId,
}: PeerCall<'room.assignUnit'>): Promise<Result<'room.assignUnit'>> {
  const exists = await mayExist(async () => (await services.directory.unit(params.unitId)) !== undefined);
  if (!exists) throw badRequest('No such unit.', 'unitId');
  return services.rooms.at(roomId).execute('room.assignUnit', params, actor, commandId);
}

/** Help is not held up by a database that is away: then the caller, who chose from a list, is believed. */
async function mayExist(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (isStoreAway(error)) return true;
    throw error;
  }
}
