/**
 * The bystander's door over HTTP. By XMLHttpRequest: every browser that can run this page has it, also where an in-app
 * browser has broken or taken away `fetch`. Nothing here rejects: every outcome is one that the page has words for.
 */
import type * as z from 'zod/mini';
import { WireError } from '../../signaling/protocol/errors.ts';
import type { Language } from '../../signaling/protocol/guidance.ts';
import { PublicConfig } from '../../signaling/protocol/http.ts';
import { LinkAsked, LinkEnd, LinkPage } from '../../signaling/protocol/links.ts';
import type { Fragment } from './fragment.ts';

export type Refusal =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'ended';
      readonly reason: LinkEnd;
      readonly phone?: string;
      readonly supportPhone?: string;
    }
  | { readonly kind: 'busy'; readonly retryAfterMs?: number }
  | { readonly kind: 'offline' };

export type Answer<T> = { readonly ok: T } | { readonly refusal: Refusal };

/** A phone in a call may lose its data for a while; a request that hangs longer is better asked again. */
const DEADLINE_MS = 8000;

/** Opens the link or the place of the fragment. Sends what the browser can do, for the dispatcher to see. */
export function openDoor(fragment: Fragment, language: Language, browser: string): Promise<Answer<LinkPage>> {
  const { secret } = fragment;
  return fragment.kind === 'place'
    ? post('/api/place/open', { secret, language }, LinkPage)
    : post('/api/link/open', { secret, language, browser }, LinkPage);
}

/** Asks how a second browser of a bound link stands; `again`, after a tap: to be let in once more. */
export function askDoor(again = false): Promise<Answer<z.infer<typeof LinkAsked>>> {
  return post('/api/link/ask', again ? { again } : {}, LinkAsked);
}

/** `GET /api/config`, which changes nothing: the number to call at this site. Silence means that it was not heard. */
export function readPhone(heard: (phone: string) => void): void {
  const request = new XMLHttpRequest();
  request.open('GET', '/api/config');
  request.timeout = DEADLINE_MS;
  request.onload = () => {
    const config = PublicConfig.safeParse(json(request.responseText));
    if (config.success && config.data.helpPhone !== '') heard(config.data.helpPhone);
  };
  request.send();
}

function post<T>(path: string, body: object, parser: z.ZodMiniType<T>): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const offline = () => resolve({ refusal: { kind: 'offline' } });
    request.open('POST', path);
    request.timeout = DEADLINE_MS;
    request.setRequestHeader('Content-Type', 'application/json');
    request.onerror = offline;
    request.ontimeout = offline;
    request.onabort = offline;
    request.onload = () => {
      const value = json(request.responseText);
      const parsed = request.status === 200 ? parser.safeParse(value) : undefined;
      if (parsed?.success) resolve({ ok: parsed.data });
      else resolve({ refusal: refusalOf(request.status, value) });
    };
    request.send(JSON.stringify(body));
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Portals of hotels and carriers answer with pages of their own: that is no answer of the door.
    return undefined;
  }
}

/** What an answer other than the wanted one means to the page. */
export function refusalOf(status: number, value: unknown): Refusal {
  const error = WireError.safeParse(value);
  if (!error.success) return { kind: status === 404 ? 'unknown' : 'offline' };
  const { code, retryAfterMs, details } = error.data;
  if (code === 'closed') {
    const reason = LinkEnd.safeParse(details?.reason);
    const { emergencyPhone: phone, supportPhone: support } = details ?? {};
    // Without a reason the secret is not known here: nobody who guesses learns that there was a link.
    if (!reason.success) return { kind: 'unknown' };
    return {
      kind: 'ended',
      reason: reason.data,
      ...(typeof phone === 'string' ? { phone } : {}),
      ...(typeof support === 'string' ? { supportPhone: support } : {}),
    };
  }
  if (['not-found', 'bad-request', 'unauthenticated', 'forbidden', 'conflict'].includes(code)) {
    return { kind: 'unknown' };
  }
  return { kind: 'busy', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
