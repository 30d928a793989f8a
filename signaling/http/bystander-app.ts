/**
 * The door for bystanders: the page of a link, what it asks, and nothing else, so that a hospital can expose this door alone
 * (design section 10). Everything that is not named here is answered with 404.
 */
import * as z from 'zod/mini';
import { NoBody, PublicConfig } from '../protocol/http.ts';
import { LINK_COOKIE, linkCookie } from './cookies.ts';
import { createDoor, type HttpApp } from './door-app.ts';
import { loadPages } from './pages.ts';
import { type Route, route } from './route.ts';
import { type LinkServices, linkRoutes } from './routes-link.ts';
import { type PhotoServices, photoUploadRoutes } from './routes-photos.ts';
import { type PlaceServices, placeRoutes } from './routes-place.ts';
import type { HttpOptions } from './services.ts';

export interface BystanderServices
  extends LinkServices,
    PhotoServices,
    PlaceServices,
    Pick<HttpOptions, 'config'> {}

export interface BystanderOptions
  extends BystanderServices,
    Pick<HttpOptions, 'clock' | 'registry' | 'pagesFolder' | 'origins' | 'trustProxy' | 'hsts' | 'limits'> {}

/** Builds the application. Throws `pages-missing` and `config-invalid`. */
export async function createBystanderHttp(options: BystanderOptions): Promise<HttpApp> {
  const { pagesFolder, ...rest } = options;
  const built = pagesFolder === undefined ? undefined : await loadPages(pagesFolder, '/v');
  return createDoor({
    ...rest,
    routes: bystanderRoutes(options),
    cookie: { name: LINK_COOKIE, set: linkCookie },
    admits: ({ linkId }) => linkId !== undefined,
    ...(built ? { pages: { built, paths: ['/v'] } } : {}),
  });
}

/** Every address of this door beside its page. */
export function bystanderRoutes(services: BystanderServices): readonly Route[] {
  const open = { permission: 'anyone', params: NoBody, query: NoBody, body: NoBody } as const;
  return [
    route({
      ...open,
      verb: 'get',
      path: '/healthz',
      summary: 'Whether this process runs at all.',
      answer: z.strictObject({ status: z.literal('ok') }),
      handler: () => ({ status: 'ok' as const }),
    }),
    route({
      ...open,
      verb: 'get',
      path: '/api/config',
      summary: 'What the page needs before anybody opens a link.',
      answer: PublicConfig,
      handler: () => services.config(),
    }),
    ...linkRoutes(services),
    ...photoUploadRoutes(services),
    ...placeRoutes(services),
  ];
}
