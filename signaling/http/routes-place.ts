/** The door of a fixed code on a door plate or an AED. */
import type { PlaceDoor } from '../bystander/place-door.ts';
import { NoBody } from '../protocol/http.ts';
import { LinkPage, OpenPlace } from '../protocol/links.ts';
import { type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

export interface PlaceServices extends Pick<HttpServices, 'people'> {
  readonly place: PlaceDoor;
}

export function placeRoutes({ place, people }: PlaceServices): Route[] {
  return [
    route({
      verb: 'post',
      path: '/api/place/open',
      summary:
        'Open the fixed code of a place after a tap: an incident with its address rings at dispatch, and the page may help. The same code within 30 minutes leads to the same incident. 410 `closed`: unknown or revoked.',
      permission: 'anyone',
      // As for links.
      params: NoBody,
      query: NoBody,
      body: OpenPlace,
      answer: LinkPage,
      async handler(call) {
        const { page, secret } = await place.open(call.body, call.address, call.session);
        if (secret === undefined) return page;
        // As behind a link: of another incident, or of one that has ended; an old cookie must not stay good behind the new one.
        if (call.session) await people.sessions.end(call.session.sid, 'signed-out');
        call.signedIn(secret);
        return page;
      },
    }),
  ];
}
