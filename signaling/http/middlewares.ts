/** What every answer of a door goes through: its host, its errors, its figures, and 404 or 405 at the end. */
import type { Router } from '@koa/router';
import type { Middleware } from 'koa';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import { refuse } from '../people/refuse.ts';
import { discard } from './body.ts';
import { toHttpError } from './errors.ts';
import { isHost } from './headers.ts';
import { httpMetrics } from './metrics.ts';

interface Observed {
  readonly log: Logger;
  readonly clock: Clock;
  readonly registry: Registry;
}

/** Repeated in headers and redirects, and compared with `Origin`. */
export const checkHost: Middleware = async (ctx, next) => {
  if (!isHost(ctx.req.headers.host ?? ''))
    throw refuse('bad-request', 'The Host header is missing or wrong.');
  await next();
};

export function answerErrors({ log }: Observed): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { status, body } = toHttpError(error);
      if (status >= 500) log.error({ error, code: body.code }, 'a request failed');
      ctx.remove('Content-Encoding');
      ctx.set('Cache-Control', 'no-store');
      if (body.retryAfterMs !== undefined)
        ctx.set('Retry-After', String(Math.ceil(body.retryAfterMs / 1000)));
      if (!(await discard(ctx.req).catch(() => false))) ctx.set('Connection', 'close');
      ctx.body = JSON.stringify(body);
      ctx.status = status;
      ctx.set('Content-Type', 'application/json');
    }
  };
}

/** Counts and logs each request by the pattern of its route: paths hold ids, and bodies are nobody's business. */
export function observe(options: Observed, router: Router): Middleware {
  const metrics = httpMetrics(options.registry);
  return async (ctx, next) => {
    const requestId = newId();
    const started = options.clock.monotonic();
    ctx.set('X-Request-Id', requestId);
    await next();
    const ms = options.clock.monotonic() - started;
    const matched = router.match(ctx.path, ctx.method).pathAndMethod.at(-1)?.path;
    const route = typeof matched === 'string' ? matched : 'page';
    const method = ctx.method.length <= 7 ? ctx.method : 'other';
    metrics.requests.inc({ route, method, status: `${Math.floor(ctx.status / 100)}xx` });
    metrics.seconds.observe({ route, method }, ms / 1000);
    options.log.debug({ requestId, route, method, status: ctx.status, ms: Math.round(ms) }, 'request');
  };
}

/** What no route and no page took: 405 for a known path, else 404. */
export function nothingHere(router: Router): Middleware {
  return (ctx) => {
    const known = router.match(ctx.path, ctx.method).path;
    if (known.length === 0) throw refuse('not-found', 'There is nothing at this address.');
    ctx.set('Allow', [...new Set(known.flatMap(({ methods }) => methods))].join(', '));
    ctx.body = JSON.stringify({ code: 'unknown-method', message: 'This address takes other methods.' });
    ctx.status = 405;
    ctx.set('Content-Type', 'application/json');
  };
}
