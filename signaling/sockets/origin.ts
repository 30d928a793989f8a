/** Which pages may connect (design section 10): our own, and the configured ones. */
import type { IncomingMessage } from 'node:http';

/**
 * Decides by the Origin header (RFC 6454). Browsers send it with every websocket handshake and every cross-origin
 * request; without it the request comes from our own page by polling, or from a device that is no browser, and a
 * browser that still says `cross-site` in its fetch metadata is refused.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) {
    const site = request.headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none';
  }
  if (allowed.includes(origin)) return true;
  if (!URL.canParse(origin) || host === undefined) return false;
  const page = new URL(origin);
  // A page over plain HTTP may have been put there by anyone on its way. Behind a proxy that ends TLS only the proxy knows.
  const encrypted = 'encrypted' in request.socket && request.socket.encrypted === true;
  return page.host === host && (page.protocol === 'https:' || !encrypted);
}
