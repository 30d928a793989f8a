/** What a dispatcher's page asks before it measures compressions. */
import { CprMeasuring } from '../protocol/cpr-check.ts';
import { NoBody } from '../protocol/http.ts';
import { type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

export function cprRoutes({ site }: Pick<HttpServices, 'site'>): Route[] {
  return [
    route({
      verb: 'get',
      path: '/api/cpr',
      summary: 'Whether compressions may be measured from video here, and what the site’s own check found.',
      permission: 'staff',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: CprMeasuring,
      handler: () => site.compressions.measuring(),
    }),
  ];
}
