/**
 * An HTTP door: one Koa application over a route table and a folder of built pages. It does not listen itself (listen.ts
 * does), so that tests, proxies and split listeners can put it where they like. Staff and bystanders have one each.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Router } from '@koa/router';
import Koa, { type Context } from 'koa';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { People } from '../people/people.ts';
import { refuse } from '../people/refuse.ts';
import type { Service } from '../people/service-keys.ts';
import type { Principal, Session } from '../people/types.ts';
import { addressKey, Proxies } from './address.ts';
import { byteBody, readJson } from './body.ts';
import { clearedCookie, DEVICE_COOKIE, deviceCookie, readCookie } from './cookies.ts';
import { securityHeaders } from './headers.ts';
import { DEFAULT_LIMITS, type HttpLimits, type LimitClass, RequestLimits } from './limits.ts';
import { answerErrors, checkHost, nothingHere, observe } from './middlewares.ts';
import { isOperator, type MetricsAccess } from './operator.ts';
import { assertOrigin } from './origin.ts';
import type { Pages } from './pages.ts';
import { assertPermitted, ByteAnswer, type Door, type Permission, type Route } from './route.ts';

export interface HttpApp {
  /** For `http.createServer`. */
  readonly callback: (request: IncomingMessage, response: ServerResponse) => void;
  /** The route table, for documentation and tests. */
  readonly routes: readonly Route[];
  /** The client's address as limits and the audit see it; also for sockets. */
  readonly addressOf: (request: IncomingMessage) => string;
}

export interface DoorOptions {
  readonly routes: readonly Route[];
  readonly people: Pick<People, 'sessions' | 'services'>;
  /** The cookie that holds the session at this door. */
  readonly cookie: { readonly name: string; readonly set: (secret: string) => string };
  /** Whose sessions count at this door. */
  readonly admits: (principal: Principal) => boolean;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly log: Logger;
  /** The built pages, and the addresses that open them. */
  readonly pages?: { readonly built: Pages; readonly paths: readonly string[] };
  /** Adds what stands beside the table; `admit` puts the same limits, origin and session in front of it. */
  readonly beside?: (router: Router, admit: (ctx: Context) => Promise<void>) => void;
  /** Origins beside the service's own that may change things, such as `https://hospital.example`. */
  readonly origins?: readonly string[];
  /** Addresses and networks of reverse proxies whose forwarding headers count. */
  readonly trustProxy?: readonly string[];
  /** True only with a certificate that browsers trust by themselves. */
  readonly hsts?: boolean;
  /** Origins beside its own that pictures may come from, such as a map server of the site. */
  readonly imageOrigins?: readonly string[];
  /** Who may read `/metrics`. */
  readonly metrics?: MetricsAccess;
  readonly limits?: HttpLimits;
}

interface Parts {
  readonly options: DoorOptions;
  readonly proxies: Proxies;
  readonly limits: RequestLimits;
  readonly origins: ReadonlySet<string>;
}

/** Builds the application. Throws `config-invalid`. */
export function createDoor(options: DoorOptions): HttpApp {
  const proxies = new Proxies(options.trustProxy ?? []);
  const parts: Parts = {
    options,
    proxies,
    limits: new RequestLimits(options.limits ?? DEFAULT_LIMITS),
    origins: new Set((options.origins ?? []).map((origin) => origin.toLowerCase())),
  };
  const app = new Koa();
  const router = new Router();
  for (const route of options.routes) {
    router.register(route.path, [route.verb], (ctx) => answer(parts, route, ctx, ctx.params));
  }
  options.beside?.(router, async (ctx) => {
    const { session } = await enter(parts, ctx, 'general');
    if (!session) throw refuse('unauthenticated', 'Sign in first.');
  });
  // Errors are answered below; what is left here are connections that broke while an answer was written.
  app.on('error', (error: unknown) => options.log.debug({ error }, 'an answer was not taken'));
  app.use(observe(options, router));
  app.use(answerErrors(options));
  app.use(securityHeaders({ hsts: options.hsts ?? false, imageOrigins: options.imageOrigins ?? [] }));
  app.use(checkHost);
  app.use(router.routes());
  if (options.pages) addPages(app, parts, options.pages);
  app.use(nothingHere(router));
  return {
    callback: app.callback(),
    routes: options.routes,
    addressOf: (request) => addressKey(proxies.clientAddress(request)),
  };
}

function addPages(app: Koa, parts: Parts, { built, paths }: NonNullable<DoorOptions['pages']>): void {
  const router = new Router();
  for (const path of paths) router.get(path, built.index);
  app.use(async (ctx, next) => {
    if (ctx.path.startsWith('/api/')) return next();
    await parts.limits.address('page', addressKey(parts.proxies.clientAddress(ctx.req)));
    await built.files(ctx, next);
  });
  app.use(router.routes());
}

/** Who came in: at most one of session and service. */
interface Entered {
  readonly address: string;
  readonly session: Session | undefined;
  readonly service: Service | undefined;
}

/** What stands before every handler: limits of the address, origin, session, limits of the session. */
async function enter(parts: Parts, ctx: Context, limit: LimitClass): Promise<Entered> {
  const { options, proxies, limits, origins } = parts;
  const address = addressKey(proxies.clientAddress(ctx.req));
  await limits.address(limit, address);
  assertOrigin(ctx.req, proxies, origins);
  const secret = readCookie(ctx.req.headers.cookie, options.cookie.name);
  const found = secret === undefined ? undefined : await options.people.sessions.find(secret);
  // Cookies are shared between the ports of a host: a session of the other door is none here.
  const session = found && options.admits(found.principal) ? found : undefined;
  if (session) await limits.session(limit, session.sid);
  return { address, session, service: undefined };
}

/** A machine sends its key with each request and no cookie counts, so that no page can make a browser speak for it. */
async function enterAsService(
  { options, proxies, limits }: Parts,
  ctx: Context,
  limit: LimitClass,
): Promise<Entered> {
  const address = addressKey(proxies.clientAddress(ctx.req));
  await limits.address(limit, address);
  const service = await options.people.services.authenticate(ctx.req.headers.authorization, address);
  await limits.session(limit, service.principalId);
  return { address, session: undefined, service };
}

/** A machine that signs needs no origin, and no cookie counts; its handler looks at the signature before anything else. */
async function enterSigned({ proxies, limits }: Parts, ctx: Context, limit: LimitClass): Promise<Entered> {
  const address = addressKey(proxies.clientAddress(ctx.req));
  await limits.address(limit, address);
  return { address, session: undefined, service: undefined };
}

const ENTERING: Partial<Record<Permission, typeof enter>> = { service: enterAsService, signed: enterSigned };

/** One request of the table, from the door to its answer. */
async function answer(parts: Parts, route: Route, ctx: Context, params: unknown): Promise<void> {
  const entering = ENTERING[route.permission] ?? enter;
  const { address, session, service } = await entering(parts, ctx, route.limit);
  if (route.permission === 'operator') assertOperator(parts, ctx.req);
  const cookies: string[] = [];
  const door: Door = {
    address,
    session,
    service,
    idempotencyKey: idempotencyKeyOf(ctx.req),
    deviceCredential: readCookie(ctx.req.headers.cookie, DEVICE_COOKIE),
    range: ctx.req.headers.range,
    header: (name) => ctx.get(name) || undefined,
    signedIn: (value) => cookies.push(parts.options.cookie.set(value)),
    signedOut: () => cookies.push(clearedCookie(parts.options.cookie.name)),
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

/** As the draft of the IETF names the header; what is no token of the usual kind is refused rather than cut. */
function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  const key = typeof given === 'string' ? /^"?([\x21\x23-\x7e]{1,200})"?$/.exec(given)?.[1] : undefined;
  if (key === undefined)
    throw refuse('bad-request', 'The Idempotency-Key has at most 200 printable characters.', {
      field: 'idempotency-key',
    });
  return key;
}

function asRecord(params: unknown): object {
  return typeof params === 'object' && params !== null ? params : {};
}

/** Throws `forbidden` unless the caller is this machine, a named address, or holds the operator's token. */
function assertOperator({ options, proxies }: Parts, request: IncomingMessage): void {
  if (isOperator(request, proxies.clientAddress(request), options.metrics)) return;
  throw refuse('forbidden', 'Metrics are for the operator; name this address or send the token.');
}
