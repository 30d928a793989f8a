/** What a route is. The table stands in routes.ts; OpenAPI is made from it in openapi.ts. */
import { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import type { Service } from '../people/service-keys.ts';
import type { Principal, Session } from '../people/types.ts';
import type { LimitClass } from './limits.ts';

/**
 * Who may call: `anyone`; `signed-in`: whoever has a session, guests too; `staff`: a person with an account; `admin`,
 * `auditor` and `reviewer`: a person with that role; `operator`: an address or token that the operator named (for
 * `/metrics`); `link`: a browser that opened a link, at the bystander's door; `service`: a machine with a key;
 * `signed`: a machine that signs each request, which the handler checks.
 */
export type Permission =
  | 'anyone'
  | 'signed-in'
  | 'staff'
  | 'admin'
  | 'auditor'
  | 'reviewer'
  | 'operator'
  | 'link'
  | 'service'
  | 'signed';
export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a handler needs of the request that is not in params, query or body, and what it may do to the answer. */
export interface Door {
  readonly address: string;
  readonly session: Session | undefined;
  /** The machine that calls, where the permission is `service`. */
  readonly service: Service | undefined;
  /** The header `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined;
  readonly deviceCredential: string | undefined;
  /** The header `Range` as it was sent (RFC 9110 section 14.2). */
  readonly range: string | undefined;
  /** A header as it was sent, of a name in any spelling; for signatures alone. */
  header(name: string): string | undefined;
  signedIn(secret: string): void;
  signedOut(): void;
  enrolled(credential: string): void;
  status(status: number): void;
}

export interface Call<P, Q, B> extends Door {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/**
 * Bytes as an answer, handed on as they come. Ranges are the business of who makes the answer: 206 with `content-range`,
 * or 416. They are never kept by a cache, and a browser that is sent to them shows nothing that could run.
 */
export class ByteAnswer {
  readonly status: number;
  /** In lower case; `content-type` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Readable) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

interface Spec<
  P extends z.ZodMiniType,
  Q extends z.ZodMiniType,
  B extends z.ZodMiniType,
  A extends z.ZodMiniType,
> {
  readonly verb: Verb;
  /** As @koa/router writes it, such as `/api/rooms/:roomId/token`. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly answer: A;
  /** Content type of an answer that is text and not JSON. */
  readonly contentType?: string;
  readonly limit?: LimitClass;
  /** True for what a person may do before the first password is changed. */
  readonly withOldPassword?: boolean;
  handler(call: Call<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<z.infer<A>> | z.infer<A>;
}

/** A route with its types sealed in: it parses what comes in and hands the rest to its handler. */
export interface Route {
  readonly verb: Verb;
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly schemas: Readonly<Record<'params' | 'query' | 'body' | 'answer', z.ZodMiniType>>;
  readonly contentType: string | undefined;
  /** Most bytes of a body that is bytes; absent: the body is JSON. */
  readonly bytesTaken: number | undefined;
  readonly limit: LimitClass;
  readonly withOldPassword: boolean;
  run(door: Door, input: { params: unknown; query: unknown; body: unknown }): Promise<unknown>;
}

export function route<
  P extends z.ZodMiniType,
  Q extends z.ZodMiniType,
  B extends z.ZodMiniType,
  A extends z.ZodMiniType,
>(spec: Spec<P, Q, B, A>): Route {
  const { verb, path, summary, permission, params, query, body, answer } = spec;
  return {
    verb,
    path,
    summary,
    permission,
    schemas: { params, query, body, answer },
    contentType: spec.contentType,
    bytesTaken: undefined,
    limit: spec.limit ?? 'general',
    withOldPassword: spec.withOldPassword ?? false,
    async run(door, input) {
      return spec.handler({
        ...door,
        params: parsed(params, input.params, 'path'),
        query: parsed(query, input.query, 'query'),
        body: parsed(body, input.body, 'body'),
      });
    },
  };
}

type ByteSpec<P extends z.ZodMiniType, Q extends z.ZodMiniType> = Omit<
  Spec<P, Q, z.ZodMiniType, z.ZodMiniType>,
  'body' | 'answer' | 'contentType' | 'handler' | 'verb'
>;

/** A route that answers bytes. They may be of any type; `nosniff` and the answer's own policy keep them from running. */
export function byteRoute<P extends z.ZodMiniType, Q extends z.ZodMiniType>(
  spec: ByteSpec<P, Q> & {
    handler(call: Call<z.infer<P>, z.infer<Q>, unknown>): Promise<ByteAnswer>;
  },
): Route {
  const { handler, ...rest } = spec;
  const made = route({
    ...rest,
    verb: 'get',
    body: z.unknown(),
    answer: z.unknown(),
    contentType: 'application/octet-stream',
    handler,
  });
  return made;
}

/** A route that takes bytes, at most `maxBytes` of them, and answers JSON. */
export function uploadRoute<P extends z.ZodMiniType, Q extends z.ZodMiniType, A extends z.ZodMiniType>(
  spec: ByteSpec<P, Q> & {
    readonly maxBytes: number;
    readonly answer: A;
    /** `patch` unless told. */
    readonly verb?: 'put';
    handler(call: Call<z.infer<P>, z.infer<Q>, Readable>): Promise<z.infer<A>>;
  },
): Route {
  const { handler, maxBytes, verb = 'patch', ...rest } = spec;
  const body = z.custom<Readable>((value) => value instanceof Readable);
  return { ...route({ ...rest, verb, body, handler }), bytesTaken: maxBytes };
}

/** A route for machines that sign what they send: it takes the body as it came, at most `maxBytes` of it, and answers JSON. */
export function signedRoute<A extends z.ZodMiniType>(
  spec: Pick<Spec<z.ZodMiniType, z.ZodMiniType, z.ZodMiniType, A>, 'path' | 'summary' | 'answer'> & {
    readonly maxBytes: number;
    handler(call: Call<object, object, Readable>): Promise<z.infer<A>>;
  },
): Route {
  const { maxBytes, ...rest } = spec;
  const body = z.custom<Readable>((value) => value instanceof Readable);
  const nothing = z.strictObject({});
  const common = { verb: 'post', permission: 'signed', params: nothing, query: nothing } as const;
  return { ...route({ ...rest, ...common, body }), bytesTaken: maxBytes };
}

/** Throws `bad-request` with the names of the wrong fields, never their values. */
function parsed<S extends z.ZodMiniType>(schema: S, value: unknown, where: string): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => key.slice(0, 40)) : [path];
  });
  throw refuse('bad-request', `The ${where} does not fit; correct the named fields.`, {
    where,
    fields: fields.slice(0, 10),
  });
}

/** The session of a call; throws `unauthenticated` where there is none. */
export function sessionOf({ session }: Pick<Door, 'session'>): Session {
  if (!session) throw refuse('unauthenticated', 'Sign in first.');
  return session;
}

/** The principal of a call; throws `unauthenticated` where there is none. */
export function principalOf(door: Pick<Door, 'session'>): Principal {
  return sessionOf(door).principal;
}

/** Throws `unauthenticated` or `forbidden` unless the permission holds; `operator` is decided by the app itself. */
export function assertPermitted(route: Route, door: Door): void {
  const { permission } = route;
  if (permission === 'anyone' || permission === 'operator' || permission === 'signed') return;
  if (permission === 'service') {
    if (!door.service) throw refuse('unauthenticated', 'Send the key of a service.');
    return;
  }
  const principal = principalOf(door);
  if (principal.mustChangePassword && !route.withOldPassword) {
    throw refuse('forbidden', 'Change your password first.', { reason: 'must-change-password' });
  }
  if (permission === 'signed-in') return;
  if (permission === 'link') {
    if (principal.linkId === undefined) throw refuse('forbidden', 'Only a guest of a link may do this.');
    return;
  }
  if (principal.kind !== 'person') throw refuse('forbidden', 'Only people with an account may do this.');
  if (permission === 'staff' || principal.roles.includes(permission)) return;
  throw refuse('forbidden', `Only the role ${permission} may do this.`);
}
