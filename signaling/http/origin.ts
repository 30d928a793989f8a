/**
 * Who may send requests that change something: only pages of this service. Browsers name the page's origin on each such
 * request; the SameSite cookie is the second fence. Programs send the header as well.
 */
import type { IncomingMessage } from 'node:http';
import { refuse } from '../people/refuse.ts';
import type { Proxies } from './address.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws `forbidden` unless the request only reads, or comes from this host or one of the allowed origins. */
export function assertOrigin(request: IncomingMessage, proxies: Proxies, allowed: ReadonlySet<string>): void {
  if (READING.has(request.method ?? '')) return;
  const { origin, host } = request.headers;
  const own = `${proxies.scheme(request)}://${host ?? ''}`.toLowerCase();
  if (origin !== undefined && (origin.toLowerCase() === own || allowed.has(origin.toLowerCase()))) return;
  throw refuse('forbidden', 'This request did not come from a page of this service.', { field: 'origin' });
}
