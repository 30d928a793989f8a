/** Where the SMS gateway sends what became of messages. Which gateway that is and how it signs is known to `integration/sms`. */
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import { type Route, signedRoute } from './route.ts';
import type { HttpServices } from './services.ts';

const PATH = '/api/sms/reports';
const MAX_BYTES = 262_144;

export function smsRoutes({ smsReports }: Pick<HttpServices, 'smsReports'>): Route[] {
  return [
    signedRoute({
      path: PATH,
      summary: 'Delivery reports of the SMS gateway, signed as `sms.http.reports` says; each is taken once.',
      maxBytes: MAX_BYTES,
      answer: z.unknown(),
      async handler({ body, header }) {
        if (!smsReports) throw refuse('not-found', 'No reports of SMS are taken here.');
        return smsReports.take({ method: 'POST', path: PATH, body: await text(body), header });
      },
    }),
  ];
}
