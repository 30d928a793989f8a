/** What a dispatcher's page asks beside the live connection: how cards stand, the limits of the clocks, volunteers near. */
import * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { roleFor, roomAccess } from '../people/visibility.ts';
import { CardStanding } from '../protocol/guidance.ts';
import { NoBody } from '../protocol/http.ts';
import { VolunteersNear } from '../protocol/links.ts';
import type { RoomState } from '../protocol/state.ts';
import { TcprLimits } from '../protocol/tcpr.ts';
import { Id } from '../protocol/values.ts';
import { principalOf, type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

type GuidanceServices = Pick<HttpServices, 'rooms' | 'site' | 'tcpr'>;

const nothing = { params: NoBody, query: NoBody, body: NoBody } as const;

export function guidanceRoutes(services: GuidanceServices): Route[] {
  const { guidance } = services.site;
  return [
    route({
      ...nothing,
      verb: 'get',
      path: '/api/guidance',
      summary:
        'The newest version of each card, whether the site has approved it, and whether it may be pushed.',
      permission: 'signed-in',
      answer: z.array(CardStanding),
      handler: async () => [...(await guidance.standings())],
    }),
    route({
      ...nothing,
      verb: 'get',
      path: '/api/tcpr',
      summary: 'Within which times after the call was answered each step of telephone CPR should be reached.',
      permission: 'signed-in',
      answer: TcprLimits,
      handler: () => services.tcpr(),
    }),
    volunteersRoute(services),
  ];
}

function volunteersRoute({ rooms, site }: GuidanceServices): Route {
  return route({
    verb: 'get',
    path: '/api/rooms/:roomId/volunteers',
    summary: 'Volunteers of the register, nearest to the address of the incident first; for the centre.',
    permission: 'signed-in',
    params: z.strictObject({ roomId: Id }),
    query: NoBody,
    body: NoBody,
    answer: VolunteersNear,
    async handler({ params: { roomId }, ...door }) {
      const state = await rooms.at(roomId).state();
      if (!isOfCentre(principalOf(door), state)) throw refuse('not-found', 'There is no such room for you.');
      const { address, volunteers } = state.bystander;
      const near = await site.volunteers.near(address?.point);
      return {
        volunteers: near.map((each) => ({ ...each, alerted: Object.hasOwn(volunteers, each.volunteerId) })),
      };
    },
  });
}

/** Names of volunteers and where they live are for those who alert them. */
function isOfCentre(principal: Principal, state: RoomState): boolean {
  if (roomAccess(principal, state) !== 'member') return false;
  return (['dispatcher', 'coordinator'] as const).some((role) => roleFor(principal, state, role) === role);
}
