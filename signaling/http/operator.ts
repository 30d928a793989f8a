/** Who may read the figures of a process. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from './address.ts';

export interface MetricsAccess {
  /** Addresses beside loopback that may read `/metrics`. */
  readonly addresses?: readonly string[] | undefined;
  /** Or a bearer token, compared in constant time. */
  readonly token?: string | undefined;
}

/**
 * True when the caller is this machine, a named address, or holds the operator's token.
 * @param address the client's, as trusted proxies say it
 */
export function isOperator(request: IncomingMessage, address: string, access: MetricsAccess = {}): boolean {
  const named = access.addresses?.includes(address) ?? false;
  // A proxy on this machine that nobody named as trusted would make the whole world look like this machine.
  const forwarded = request.headers['x-forwarded-for'] !== undefined;
  if (named || (isLoopback(address) && !forwarded)) return true;
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return (
    access.token !== undefined && given !== undefined && timingSafeEqual(hash(access.token), hash(given))
  );
}
