/** The door for staff: all routes of the table, the link pre-check, and the built pages. */
import { SESSION_COOKIE, sessionCookie } from './cookies.ts';
import { createDoor, type HttpApp } from './door-app.ts';
import { loadPages } from './pages.ts';
import { addPrecheck } from './precheck.ts';
import { PAGE_PATHS, routeTable } from './routes.ts';
import type { HttpOptions } from './services.ts';

export type { HttpApp } from './door-app.ts';

/** Builds the application. Throws `pages-missing` and `config-invalid`. */
export async function createHttp(options: HttpOptions): Promise<HttpApp> {
  const { pagesFolder, ...rest } = options;
  const built = pagesFolder === undefined ? undefined : await loadPages(pagesFolder);
  return createDoor({
    ...rest,
    routes: routeTable(options),
    cookie: { name: SESSION_COOKIE, set: sessionCookie },
    // Guests of links have a door of their own, which a hospital may expose alone.
    admits: ({ linkId }) => linkId === undefined,
    beside: addPrecheck,
    ...(built ? { pages: { built, paths: PAGE_PATHS } } : {}),
  });
}
