/** Headers that every answer carries (OWASP ASVS 5.0, chapter V3). */
import type { Middleware } from 'koa';

export interface HeaderOptions {
  /** True when the certificate is one that browsers trust by themselves: HSTS would lock everyone out otherwise. */
  readonly hsts: boolean;
  /** Origins beside its own that pictures may come from, such as a map server of the site. */
  readonly imageOrigins?: readonly string[];
}

const HOST = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** True for a `Host` header that may be repeated in a header or a redirect. */
export function isHost(host: string): boolean {
  return host.length <= 255 && HOST.test(host);
}

/**
 * No inline code and nothing from elsewhere. `wss://host` stands beside 'self' because Safari before 15.4 does not count
 * websockets as 'self'; `blob:` is for pictures and workers that the pages make themselves; WebAssembly for trackers.
 */
export function contentSecurityPolicy(host: string, imageOrigins: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    ["img-src 'self' data: blob:", ...imageOrigins].join(' '),
    "media-src 'self' blob:",
    "font-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    `connect-src 'self'${isHost(host) ? ` wss://${host}` : ''}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const PERMISSIONS = [
  ...['camera', 'microphone', 'display-capture', 'fullscreen', 'geolocation', 'picture-in-picture'],
  ...['screen-wake-lock', 'autoplay', 'speaker-selection'],
].map((feature) => `${feature}=(self)`);
const PERMISSIONS_POLICY = [...PERMISSIONS, 'payment=()', 'usb=()', 'browsing-topics=()'].join(', ');

/** Half a year, the least that preload lists and auditors accept as lasting. */
const HSTS = 'max-age=15768000';

export function securityHeaders(options: HeaderOptions): Middleware {
  return async (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': contentSecurityPolicy(ctx.req.headers.host ?? '', options.imageOrigins),
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Permissions-Policy': PERMISSIONS_POLICY,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
      ...(options.hsts ? { 'Strict-Transport-Security': HSTS } : {}),
    });
    await next();
  };
}
