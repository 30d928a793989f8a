/** What a page asks before it offers to measure lengths on pictures. */
import { NoBody } from '../protocol/http.ts';
import { Measuring } from '../protocol/measure-check.ts';
import { type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

export function measureRoutes({ site }: Pick<HttpServices, 'site'>): Route[] {
  return [
    route({
      verb: 'get',
      path: '/api/measure',
      summary: 'Whether lengths may be measured on pictures here, and what the site’s own check found.',
      permission: 'signed-in',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: Measuring,
      handler: () => site.lengths.measuring(),
    }),
  ];
}
