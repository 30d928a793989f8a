/** The door for dispatch's system, by the key of a service. */
import type { DispatchDoor } from '../links/dispatch.ts';
import { refuse } from '../people/refuse.ts';
import { NoBody } from '../protocol/http.ts';
import { DispatchIncident, DispatchIncidentMade } from '../protocol/links.ts';
import { type Route, route } from './route.ts';

export interface DispatchServices {
  /** Absent in processes that open no incidents. */
  readonly dispatch?: DispatchDoor;
}

export function dispatchRoutes({ dispatch }: DispatchServices): Route[] {
  return [
    route({
      verb: 'post',
      path: '/api/dispatch/incidents',
      summary:
        'Open an incident, or go on with it, and send a link to the caller. May be repeated: the same incident (with the same `Idempotency-Key`, if any) makes one room, one link and one message.',
      permission: 'service',
      params: NoBody,
      query: NoBody,
      body: DispatchIncident,
      answer: DispatchIncidentMade,
      handler({ service, body, idempotencyKey }) {
        if (!dispatch || !service) throw refuse('not-found', 'This process opens no incidents.');
        return dispatch.open(service, body, idempotencyKey);
      },
    }),
  ];
}
