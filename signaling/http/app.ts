/**
 * The HTTP door: one Koa application over the route table and the built pages. It does not listen itself (listen.ts
 * does), so that tests, proxies and split listeners can put it where they like.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Router } from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { newId } from '../../platform/ids.ts';
import { refuse } from '../people/refuse.ts';
import type { Session } from '../people/types.ts';
import { addressKey, Proxies } from './address.ts';
import { byteBody, discard, readJson } from './body.ts';
import {
  clearedCookie,
  DEVICE_COOKIE,
  deviceCookie,
  readCookie,
  SESSION_COOKIE,
  sessionCookie,
  sessionSecretFrom,
} from './cookies.ts';
import { toHttpError } from './errors.ts';
import { isHost, securityHeaders } from './headers.ts';
import { DEFAULT_LIMITS, type LimitClass, RequestLimits } from './limits.ts';
import { createHttpMetrics } from './metrics.ts';
import { isOperator } from './operator.ts';
import { assertOrigin } from './origin.ts';
import { loadPages } from './pages.ts';
import { addPrecheck } from './precheck.ts';
import { assertPermitted, ByteAnswer, type Door, type Route } from './route.ts';
import { PAGE_PATHS, routeTable } from './routes.ts';
import type { HttpOptions } from './services.ts';

export interface HttpApp {
  /** For `http.createServer`. */
  readonly callback: (request: IncomingMessage, response: ServerResponse) => void;
  /** The route table, for documentation and tests. */
  readonly routes: readonly Route[];
  /** The client's address as limits and the audit see it; also for sockets. */
  readonly addressOf: (request: IncomingMessage) => string;
}

interface Parts {
  readonly options: HttpOptions;
  readonly proxies: Proxies;
  readonly limits: RequestLimits;
  readonly origins: ReadonlySet<string>;
}

/** Builds the application. Throws `pages-missing` and `config-invalid`. */
export async function createHttp(options: HttpOptions): Promise<HttpApp> {
  const proxies = new Proxies(options.trustProxy ?? []);
  const parts: Parts = {
    options,
    proxies,
    limits: new RequestLimits(options.limits ?? DEFAULT_LIMITS),
    origins: new Set((options.origins ?? []).map((origin) => origin.toLowerCase())),
  };
  const routes = routeTable(options);
  const app = new Koa();
  const router = new Router();
  for (const route of routes) {
    router.register(route.path, [route.verb], (ctx) => answer(parts, route, ctx, ctx.params));
  }
  addPrecheck(router, async (ctx) => {
    const { session } = await enter(parts, ctx, 'general');
    if (!session) throw refuse('unauthenticated', 'Sign in first.');
  });
  // Errors are answered below; what is left here are connections that broke while an answer was written.
  app.on('error', (error: unknown) => options.log.debug({ error }, 'an answer was not taken'));
  app.use(observe(parts, router));
  app.use(answerErrors(parts));
  app.use(securityHeaders({ hsts: options.hsts ?? false }));
  app.use(checkHost);
  app.use(router.routes());
  if (options.pagesFolder !== undefined) await addPages(app, parts, options.pagesFolder);
  app.use(nothingHere(router));
  return {
    callback: app.callback(),
    routes,
    addressOf: (request) => addressKey(proxies.clientAddress(request)),
  };
}

async function addPages(app: Koa, parts: Parts, folder: string): Promise<void> {
  const pages = await loadPages(folder);
  const router = new Router();
  for (const path of PAGE_PATHS) router.get(path, pages.index);
  app.use(async (ctx, next) => {
    if (ctx.path.startsWith('/api/')) return next();
    await parts.limits.address('page', addressKey(parts.proxies.clientAddress(ctx.req)));
    await pages.files(ctx, next);
  });
  app.use(router.routes());
}

/** What stands before every handler: limits of the address, origin, session, limits of the session. */
async function enter(
  { options, proxies, limits, origins }: Parts,
  ctx: Context,
  limit: LimitClass,
): Promise<{ address: string; session: Session | undefined }> {
  const address = addressKey(proxies.clientAddress(ctx.req));
  await limits.address(limit, address);
  assertOrigin(ctx.req, proxies, origins);
  const secret = sessionSecretFrom(ctx.req.headers.cookie);
  const session = secret === undefined ? undefined : await options.people.sessions.find(secret);
  if (session) await limits.session(limit, session.sid);
  return { address, session };
}

/** One request of the table, from the door to its answer. */
async function answer(parts: Parts, route: Route, ctx: Context, params: unknown): Promise<void> {
  const { address, session } = await enter(parts, ctx, route.limit);
  if (route.permission === 'operator') assertOperator(parts, ctx.req);
  const cookies: string[] = [];
  const door: Door = {
    address,
    session,
    deviceCredential: readCookie(ctx.req.headers.cookie, DEVICE_COOKIE),
    range: ctx.req.headers.range,
    signedIn: (value) => cookies.push(sessionCookie(value)),
    signedOut: () => cookies.push(clearedCookie(SESSION_COOKIE)),
    enrolled: (value) => cookies.push(deviceCookie(value)),
    status: (status) => {
      ctx.status = status;
    },
  };
  assertPermitted(route, door);
  const body = await bodyOf(route, ctx.req);
  ctx.status = 200;
  const result = await route.run(door, { params: { ...asRecord(params) }, query: { ...ctx.query }, body });
  if (cookies.length > 0) ctx.set('Set-Cookie', cookies);
  if (result instanceof ByteAnswer) return sendBytes(ctx, result);
  const { status } = ctx;
  ctx.body = route.contentType === undefined ? JSON.stringify(result) : result;
  ctx.status = status;
  ctx.set('Content-Type', route.contentType ?? 'application/json');
}

async function bodyOf({ verb, bytesTaken }: Route, request: IncomingMessage): Promise<unknown> {
  if (bytesTaken !== undefined) return byteBody(request, bytesTaken);
  return verb === 'get' ? {} : readJson(request);
}

function sendBytes(ctx: Context, { status, headers, body }: ByteAnswer): void {
  ctx.body = body;
  ctx.status = status;
  ctx.set({ ...headers, 'Content-Security-Policy': "default-src 'none'; sandbox" });
  // The status is out already: only a connection that breaks tells the reader that bytes are missing.
  body.once('error', () => ctx.res.destroy());
}

function asRecord(params: unknown): object {
  return typeof params === 'object' && params !== null ? params : {};
}

/** Throws `forbidden` unless the caller is this machine, a named address, or holds the operator's token. */
function assertOperator({ options, proxies }: Parts, request: IncomingMessage): void {
  if (isOperator(request, proxies.clientAddress(request), options.metrics)) return;
  throw refuse('forbidden', 'Metrics are for the operator; name this address or send the token.');
}

/** Repeated in headers and redirects, and compared with `Origin`. */
const checkHost: Middleware = async (ctx, next) => {
  if (!isHost(ctx.req.headers.host ?? ''))
    throw refuse('bad-request', 'The Host header is missing or wrong.');
  await next();
};

function answerErrors({ options }: Parts): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { status, body } = toHttpError(error);
      if (status >= 500) options.log.error({ error, code: body.code }, 'a request failed');
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
function observe({ options }: Parts, router: Router): Middleware {
  const metrics = createHttpMetrics(options.registry);
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
function nothingHere(router: Router): Middleware {
  return (ctx) => {
    const known = router.match(ctx.path, ctx.method).path;
    if (known.length === 0) throw refuse('not-found', 'There is nothing at this address.');
    ctx.set('Allow', [...new Set(known.flatMap(({ methods }) => methods))].join(', '));
    ctx.body = JSON.stringify({ code: 'unknown-method', message: 'This address takes other methods.' });
    ctx.status = 405;
    ctx.set('Content-Type', 'application/json');
  };
}
