/** How a program without a browser enters: HTTPS and a socket with the cookie of one signed-in person. */
import { Agent, request } from 'node:https';
import * as z from 'zod/mini';
import { createHttpApi } from '../../clients/core/http.ts';
import { createLiveSocket, type LiveSocket } from '../../clients/core/live/socket.ts';

const DEADLINE_MS = 20_000;
const Body = z.optional(z.nullable(z.string()));

/** Who somebody is at one server. Several bots of one person share it, as several pages of one browser do. */
export interface Pass {
  readonly origin: string;
  /** The `Cookie` header; empty for nobody. */
  readonly cookie: string;
}

/** Signs a person in by name and password; rejects with the server's refusal. */
export async function signIn(origin: string, username: string, password: string): Promise<Pass> {
  return enter(origin, (http) => http.signIn(username, password));
}

/** Enters as the guest of an invitation: `url` is what `room.invite` answered. An invitation opens once. */
export async function openInvite(origin: string, url: string): Promise<Pass> {
  return enter(origin, (http) => http.openInvite(new URL(url).hash.slice(1)));
}

async function enter(
  origin: string,
  how: (http: ReturnType<typeof createHttpApi>) => Promise<unknown>,
): Promise<Pass> {
  const jar = { cookie: '' };
  const door = openDoor({ origin, cookie: '' }, jar);
  try {
    await how(createHttpApi(origin, door.fetch));
  } finally {
    door.close();
  }
  return { origin, cookie: jar.cookie };
}

export interface Door {
  readonly fetch: typeof globalThis.fetch;
  readonly createSocket: (url: string) => LiveSocket;
  close(): void;
}

/**
 * The server's certificate is its own and is not checked: everything here runs against throwaway servers on this machine.
 * @param jar is given the cookies that the server sets.
 */
export function openDoor(pass: Pass, jar?: { cookie: string }): Door {
  const agent = new Agent({ rejectUnauthorized: false, keepAlive: true });
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const body = z.parse(Body, init.body) ?? undefined;
    const headers = { ...Object.fromEntries(new Headers(init.headers)), origin: pass.origin };
    const cookie = jar?.cookie || pass.cookie;
    return await new Promise<Response>((resolve, reject) => {
      const asked = request(url, {
        method: init.method ?? 'GET',
        agent,
        headers: { ...headers, ...(cookie === '' ? {} : { cookie }) },
        ...(init.signal ? { signal: init.signal } : {}),
        timeout: DEADLINE_MS,
      });
      asked.on('timeout', () => asked.destroy(new Error(`no answer in ${DEADLINE_MS} ms`)));
      asked.on('error', reject);
      asked.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const set = answer.headers['set-cookie'] ?? [];
          if (jar && set.length > 0) jar.cookie = set.map((each) => each.split(';')[0]).join('; ');
          const status = answer.statusCode ?? 500;
          resolve(new Response(status === 204 ? null : Buffer.concat(chunks), { status }));
        });
      });
      asked.end(body);
    });
  };
  return {
    fetch,
    createSocket: (url) =>
      createLiveSocket(url, {
        rejectUnauthorized: false,
        extraHeaders: { cookie: pass.cookie, origin: pass.origin },
      }),
    close: () => agent.destroy(),
  };
}
