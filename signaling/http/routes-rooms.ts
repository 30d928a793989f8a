/** The door from HTTP to a room: a token that says who, which room, which role, which sources. */
import * as z from 'zod/mini';
import { withDeadline } from '../../platform/deadline.ts';
import { isAppError } from '../../platform/errors.ts';
import { refuse } from '../people/refuse.ts';
import type { Principal, Session } from '../people/types.ts';
import { roleFor, roomAccess, sourcesFor } from '../people/visibility.ts';
import { NoBody, RoomToken, TokenRequest } from '../protocol/http.ts';
import { linkOf } from '../protocol/openings.ts';
import type { Role } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';
import { Id } from '../protocol/values.ts';
import { type Route, route, sessionOf } from './route.ts';
import type { HttpServices } from './services.ts';

/** The owner of a room may be another process. */
const STATE_MS = 5000;

export type TokenServices = Pick<HttpServices, 'people' | 'rooms' | 'log'>;
type Decision = { readonly role: Role } | { readonly refused: 'none' | 'break-glass' | 'role' | 'closed' };

/** Pure: what a principal gets who asks for a room in this state (absent: there is none). */
export function decideToken(
  principal: Principal,
  roomId: string,
  state: RoomState | undefined,
  wanted: Role | undefined,
): Decision {
  if (!state || (principal.kind === 'guest' && principal.roomId !== roomId)) return { refused: 'none' };
  const access = roomAccess(principal, state);
  if (access !== 'member') return { refused: access };
  if (state.phase === 'closed') return { refused: 'closed' };
  const role = roleFor(principal, state, wanted);
  return role === undefined ? { refused: 'role' } : { role };
}

const REFUSALS = {
  // One answer for unknown and invisible rooms: whoever asks learns nothing.
  none: () => refuse('not-found', 'There is no such room for you.'),
  'break-glass': () =>
    refuse('forbidden', 'Open this room with a reason first: break the glass.', { access: 'break-glass' }),
  role: () => refuse('forbidden', 'You cannot take this role in this room.', { access: 'member' }),
  closed: () => refuse('closed', 'This room has been closed.'),
} as const;

export function roomRoutes(services: HttpServices): Route[] {
  return [
    route({
      verb: 'post',
      path: '/api/rooms/:roomId/token',
      summary:
        'Get a token for a room, in the wanted role or the first that fits. Every decision is audited.',
      permission: 'signed-in',
      params: z.strictObject({ roomId: Id }),
      query: NoBody,
      body: TokenRequest,
      answer: RoomToken,
      handler: (call) => roomTokenFor(services, sessionOf(call), call.params.roomId, call.body.role),
    }),
  ];
}

/** A token for a room in the wanted role or the first that fits; every decision is audited. Throws what it refuses. */
export async function roomTokenFor(
  services: TokenServices,
  { principal, sid }: Session,
  roomId: string,
  wanted?: Role,
): Promise<z.infer<typeof RoomToken>> {
  const state = await stateOf(services, roomId);
  const decision = decideToken(principal, roomId, state, wanted);
  await audit(services, principal.principalId, roomId, decision);
  if ('refused' in decision) throw REFUSALS[decision.refused]();
  return services.people.tokens.sign({
    sub: principal.principalId,
    room: roomId,
    role: decision.role,
    org: principal.organisationId,
    name: nameIn(state, principal),
    sources: [...sourcesFor(decision.role)],
    sid,
    ...(principal.unitId === undefined ? {} : { unit: principal.unitId }),
  });
}

/** A guest of a link goes by what the dispatcher called them when the link was made. */
function nameIn(state: RoomState | undefined, { name, linkId }: Principal): string {
  const link = state && linkId !== undefined ? linkOf(state.bystander, linkId) : undefined;
  return link?.name ?? name;
}

async function stateOf({ rooms }: TokenServices, roomId: string): Promise<RoomState | undefined> {
  try {
    return await withDeadline(rooms.at(roomId).state(), STATE_MS, 'reading the room');
  } catch (error) {
    if (isAppError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** The call goes on when the audit cannot be written (design, rule 1); the operator is told. */
async function audit(
  { people, log }: TokenServices,
  principalId: string,
  roomId: string,
  decision: Decision,
): Promise<void> {
  const allowed = 'role' in decision;
  const details: Record<string, string> = allowed ? { role: decision.role } : { why: decision.refused };
  try {
    await people.audit.write({ action: 'room.token', principalId, roomId, allowed, details });
  } catch (error) {
    log.error({ error, roomId, allowed }, 'a decision could not be written to the audit');
  }
}
