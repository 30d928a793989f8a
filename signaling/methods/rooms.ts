/** Methods around rooms: the list, a new one, breaking the glass. */
import { newId } from '../../platform/ids.ts';
import type { Principal } from '../people/types.ts';
import type { Result } from '../protocol/methods.ts';
import { hasRole, type Role } from '../protocol/roles.ts';
import type { NewRoom } from '../rooms/types.ts';
import { badRequest, forbidden } from './refusals.ts';
import { CENTRAL, LEADING } from './roles.ts';
import type { RoomCall, Services, SignedInCall } from './types.ts';
import { actorOf } from './visible.ts';

/** Answers with the rooms this principal may enter, and from now on tells of changes and of calls for help. */
export async function listRooms({
  services,
  connection,
  afterReply,
}: SignedInCall<'rooms.list'>): Promise<Result<'rooms.list'>> {
  const rooms = services.board.rooms(connection.session.principal);
  afterReply(() =>
    services.board.subscribe({
      id: connection.id,
      // Asked each time: roles may change while someone watches the board.
      get principal() {
        return connection.session.principal;
      },
      push: (name, data, roomId) => connection.notify(name, data, roomId),
    }),
  );
  return { rooms };
}

export async function createRoom({
  services,
  connection,
  params,
  commandId,
}: SignedInCall<'room.create'>): Promise<Result<'room.create'>> {
  const { principal } = connection.session;
  const role = LEADING.find((own) => principal.roles.includes(own));
  if (!role) throw forbidden('Your role does not open rooms.');
  const unitId = unitFor(principal, role, params.unitId);
  const room: NewRoom = {
    incidentId: params.incidentId ?? newId(services.now()),
    title: params.title,
    drill: params.drill,
    organisations: await organisationsFor(services, principal, params.organisations, unitId),
    ...(unitId ? { unitId } : {}),
  };
  const { roomId } = await services.rooms.create(room, actorOf(principal, role), commandId);
  return { roomId };
}

/** A crew opens rooms for the unit it belongs to and for no other. */
function unitFor(principal: Principal, role: Role, asked: string | undefined): string | undefined {
  if (hasRole(CENTRAL, role)) return asked;
  if (!principal.unitId) throw forbidden('This account or device belongs to no unit; enrol it first.');
  if (asked !== undefined && asked !== principal.unitId)
    throw forbidden('A crew opens rooms for its own unit only.');
  return principal.unitId;
}

/** Who sees the room from the start: the centre, whoever opens it, the unit's operator and the named ones. */
async function organisationsFor(
  services: Services,
  principal: Principal,
  named: readonly string[],
  unitId: string | undefined,
): Promise<string[]> {
  const known = await services.directory.organisations();
  const unknown = named.find((id) => !known.some(({ organisationId }) => organisationId === id));
  if (unknown !== undefined) throw badRequest('No such organisation.', 'organisations');
  const unit = unitId === undefined ? undefined : await services.directory.unit(unitId);
  if (unitId !== undefined && !unit) throw badRequest('No such unit.', 'unitId');
  const centres = known.filter(({ kind }) => kind === 'centre').map((centre) => centre.organisationId);
  return [
    ...new Set([principal.organisationId, ...centres, ...(unit ? [unit.organisationId] : []), ...named]),
  ];
}

/** A duty doctor opens a room of others in an emergency; who may see it as a matter of course breaks nothing. */
export async function breakGlass({
  services,
  connection,
  roomId,
  params,
  state,
  actor,
  commandId,
}: RoomCall<'room.breakGlass'>): Promise<Result<'room.breakGlass'>> {
  const { principal } = connection.session;
  if (services.access(principal, state) === 'member') return {};
  const fact = { principalId: principal.principalId, reason: params.reason };
  await services.rooms.at(roomId).execute('glass.break', fact, actor, commandId);
  return {};
}
