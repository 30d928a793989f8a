/** The doors of a link to a phone: opened by POST after a tap, asked again after a reload, and the way into the room. */
import type { z } from 'zod/mini';
import type { LinkDoor } from '../links/types.ts';
import { NoBody, RoomToken } from '../protocol/http.ts';
import { AskLink, LinkAsked, LinkPage, OpenLink } from '../protocol/links.ts';
import { principalOf, type Route, route, sessionOf } from './route.ts';
import { roomTokenFor, type TokenServices } from './routes-rooms.ts';

export interface LinkServices extends TokenServices {
  readonly links: LinkDoor;
}

const empty = { params: NoBody, query: NoBody, body: NoBody } as const;

export function linkRoutes(services: LinkServices): Route[] {
  const { links } = services;
  return [
    route({
      ...empty,
      verb: 'post',
      path: '/api/link/open',
      summary:
        'Open a link after a tap. Answers what the page needs to help at once. 410 `closed`: the link has ended; `details.reason` says why to whoever holds its secret.',
      permission: 'anyone',
      // Not `secret`: strangers behind the address of a mobile network would keep help out. Wrong ones are slowed by themselves.
      body: OpenLink,
      answer: LinkPage,
      async handler(call) {
        const { page, secret } = await links.open(call.body, call.address, call.session);
        if (secret === undefined) return page;
        // Of another link: this browser is in one room at a time, and an old cookie must not stay good behind the new one.
        if (call.session) await services.people.sessions.end(call.session.sid, 'signed-out');
        call.signedIn(secret);
        return page;
      },
    }),
    route({
      ...empty,
      verb: 'get',
      path: '/api/link/me',
      summary: 'The page of this browser after a reload; nothing is asked again. 410 as above.',
      permission: 'link',
      answer: LinkPage,
      handler: (call) => links.page(sessionOf(call)),
    }),
    route({
      ...empty,
      verb: 'post',
      path: '/api/link/ask',
      summary:
        'Where this browser stands, asked every two seconds while it says `asking`. With `again`, which a tap sends, one that gave way to another asks to come back.',
      permission: 'link',
      body: AskLink,
      answer: LinkAsked,
      async handler(call) {
        const opening = await links.ask(sessionOf(call), call.body.again === true);
        return { opening } satisfies z.infer<typeof LinkAsked>;
      },
    }),
    route({
      ...empty,
      verb: 'post',
      path: '/api/link/token',
      summary: 'A token for the room of this link, while this browser is let in. Every decision is audited.',
      permission: 'link',
      answer: RoomToken,
      async handler(call) {
        const session = sessionOf(call);
        // Says why, where the link has ended; the token alone would only say that there is no room.
        const { roomId } = await links.page(session);
        return roomTokenFor(services, session, roomId, principalOf(call).roles[0]);
      },
    }),
  ];
}
