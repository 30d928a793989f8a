/** The HTTP interface of the server, with its answers parsed. Routes stand in `signaling/http/routes.ts`. */
import * as z from 'zod/mini';
import { WireError } from '../../signaling/protocol/errors.ts';
import { GlassesCode, Me, PublicConfig, RoomToken } from '../../signaling/protocol/http.ts';
import type { Role } from '../../signaling/protocol/roles.ts';
import { ClientError, isClientError } from './errors.ts';
import type { HttpApi } from './types.ts';

const DEADLINE_MS = 10_000;
const PIECE_DEADLINE_MS = 40_000;
const Nothing = z.unknown();
const ErrorBody = z.object({ error: WireError });

type Fetch = typeof globalThis.fetch;

/** Builds the API over one `fetch`. The session is an HttpOnly cookie that no script sees. */
export function createHttpApi(base: string, fetch: Fetch): HttpApi {
  const call = <S extends z.ZodMiniType>(method: string, path: string, result: S, body?: unknown) =>
    callJson(fetch, `${base}${path}`, method, result, body);
  return {
    config: () => call('GET', '/api/config', PublicConfig),
    me: () => signedInOrNot(() => call('GET', '/api/me', Me)),
    signIn: (username, password) => call('POST', '/api/session', Me, { username, password }),
    async signOut() {
      await call('DELETE', '/api/session', Nothing);
    },
    async changePassword(current, next) {
      await call('POST', '/api/me/password', Nothing, { current, next });
    },
    openInvite: (secret) => call('POST', '/api/invites/open', Me, { secret }),
    enrolDevice: (code, name) => call('POST', '/api/units/enrol', Me, { code, name }),
    glassesCode: (unitId) =>
      call('POST', `/api/units/${encodeURIComponent(unitId)}/glasses`, GlassesCode, {}),
    signInDevice: () => signedInOrNot(() => call('POST', '/api/units/session', Me)),
    async roomToken(roomId: string, role?: Role) {
      const path = `/api/rooms/${encodeURIComponent(roomId)}/token`;
      const answer = await call('POST', path, RoomToken, role ? { role } : {});
      return answer.token;
    },
  };
}

async function signedInOrNot(ask: () => Promise<Me>): Promise<Me | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isClientError(error) && error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

/** One request whose answer is JSON. Rejects with a `ClientError`: the refusal of the server, or `offline`. */
export async function callJson<S extends z.ZodMiniType>(
  fetch: Fetch,
  url: string,
  method: string,
  result: S,
  body: unknown,
): Promise<z.infer<S>> {
  const json =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return call(fetch, url, { method, signal: AbortSignal.timeout(DEADLINE_MS), ...json }, result);
}

/** Sends bytes, as a piece by PATCH unless told; the same refusals. The deadline in milliseconds fits what the server gives a piece. */
export async function callBytes<S extends z.ZodMiniType>(
  fetch: Fetch,
  url: string,
  result: S,
  bytes: Uint8Array<ArrayBuffer> | Blob,
  deadlineMs = PIECE_DEADLINE_MS,
  method: 'PATCH' | 'PUT' = 'PATCH',
): Promise<z.infer<S>> {
  const headers = { 'content-type': 'application/octet-stream' };
  const signal = AbortSignal.timeout(deadlineMs);
  return call(fetch, url, { method, signal, headers, body: bytes }, result);
}

async function call<S extends z.ZodMiniType>(
  fetch: Fetch,
  url: string,
  request: RequestInit,
  result: S,
): Promise<z.infer<S>> {
  const what = `${request.method} ${new URL(url, 'http://page.invalid').pathname}`;
  const response = await send(fetch, url, request, what);
  const text = await response.text().catch((cause: unknown) => {
    throw ClientError.offline(what, cause);
  });
  const json = parseJson(text);
  if (!response.ok) throw refusal(response.status, json, what);
  const parsed = result.safeParse(json);
  if (!parsed.success) {
    throw new ClientError('internal', `${what}: the answer does not fit this page; reload it.`);
  }
  return parsed.data;
}

async function send(fetch: Fetch, url: string, request: RequestInit, what: string): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'include', cache: 'no-store', ...request });
  } catch (cause) {
    throw ClientError.offline(what, cause);
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page is not JSON; the status below says all there is to know.
    return undefined;
  }
}

/** The server answers `{ error: WireError }`, or the bare error; anything else comes from a proxy between. */
function refusal(status: number, json: unknown, what: string): ClientError {
  const wrapped = ErrorBody.safeParse(json);
  if (wrapped.success) return ClientError.fromWire(wrapped.data.error);
  const bare = WireError.safeParse(json);
  if (bare.success) return ClientError.fromWire(bare.data);
  if (status === 401) return new ClientError('unauthenticated', `${what}: sign in again.`);
  if (status >= 502 && status <= 504) return ClientError.offline(what);
  return new ClientError('internal', `${what} was answered with status ${status}.`);
}
