/** Which page an address names. Pure, so that it is tested without a browser. */

import { hasRole, type Role } from '../../signaling/protocol/roles.ts';

export type Route =
  | { readonly page: 'sign-in'; readonly next?: string }
  | { readonly page: 'rooms' }
  | { readonly page: 'unit' }
  | { readonly page: 'enrol'; readonly code: string }
  | { readonly page: 'trust' }
  | { readonly page: 'join'; readonly secret: string }
  /** Of glasses; the code enrols them. */
  | { readonly page: 'glasses'; readonly code: string }
  | { readonly page: 'ambulance'; readonly roomId: string }
  /** `watch`: without speaking there, since the person speaks in another room. */
  | { readonly page: 'consult'; readonly roomId: string; readonly watch?: true }
  /** The dispatcher's incidents, and one of them. */
  | { readonly page: 'dispatch'; readonly roomId?: string }
  /** The list of recordings, or one of them; `at` is the room time in ms that a link leads to. */
  | { readonly page: 'review'; readonly recordingId?: string; readonly at?: number }
  | { readonly page: 'audit' }
  | { readonly page: 'not-found' };

/** Roles that take no part in rooms. */
export const OUTSIDE_ROLES: readonly Role[] = ['reviewer', 'auditor', 'admin'];
const roomId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Only a path of this site may follow a sign-in: anything else would let a link send people elsewhere. */
export function safeNext(next: string | null): string | undefined {
  if (next === null || !/^\/(?:rooms|unit|ambulance\/|consult\/|dispatch|review|audit)/.test(next))
    return undefined;
  // Of queries only the moment of a recording follows: it is a number and names nobody.
  return /^[A-Za-z0-9/_-]+(?:\?t=\d{1,12})?$/.test(next) ? next : undefined;
}

/** Parses path, query and fragment (with their `?` and `#`) of an address. */
export function parseRoute(pathname: string, search: string, hash: string): Route {
  const [first = '', second = '', ...rest] = pathname.replace(/^\/+|\/+$/g, '').split('/');
  if (rest.length > 0) return { page: 'not-found' };
  if (second !== '') {
    if (!roomId.test(second)) return { page: 'not-found' };
    if (first === 'ambulance') return { page: 'ambulance', roomId: second };
    if (first === 'consult') {
      const watch = new URLSearchParams(search).has('watch');
      return { page: 'consult', roomId: second, ...(watch ? { watch } : {}) };
    }
    if (first === 'dispatch') return { page: 'dispatch', roomId: second };
    if (first === 'review') return { page: 'review', recordingId: second, ...momentOf(search) };
    return { page: 'not-found' };
  }
  switch (first) {
    case '':
    case 'sign-in': {
      const next = safeNext(new URLSearchParams(search).get('next'));
      return next === undefined ? { page: 'sign-in' } : { page: 'sign-in', next };
    }
    case 'rooms':
      return { page: 'rooms' };
    case 'dispatch':
      return { page: 'dispatch' };
    case 'review':
      return { page: 'review' };
    case 'audit':
      return { page: 'audit' };
    case 'unit':
      return { page: 'unit' };
    case 'glasses':
      return { page: 'glasses', code: hash.replace(/^#/, '') };
    case 'trust':
      return { page: 'trust' };
    case 'enrol':
      return { page: 'enrol', code: hash.replace(/^#/, '') };
    case 'join':
      return { page: 'join', secret: hash.replace(/^#/, '') };
    default:
      return { page: 'not-found' };
  }
}

function momentOf(search: string): { at?: number } {
  const text = new URLSearchParams(search).get('t') ?? '';
  return /^\d{1,12}$/.test(text) ? { at: Number(text) } : {};
}

/** A recording, at a moment of room time in milliseconds where one is meant. */
export function reviewPath(recordingId: string, at?: number): string {
  return at === undefined
    ? `/review/${recordingId}`
    : `/review/${recordingId}?t=${Math.max(0, Math.round(at))}`;
}

/** Where someone watches a room without speaking there. */
export function watchPath(id: string): string {
  return `/consult/${id}?watch`;
}

/** The page a signed-in principal works on first: a unit's device waits for its incident, a guest has one room. */
export function homeOf(me: {
  kind: 'person' | 'device' | 'guest';
  roomId?: string | undefined;
  roles?: readonly Role[];
}): string {
  if (me.kind === 'device') return me.roles?.includes('wearer') ? '/glasses' : '/unit';
  if (me.kind === 'guest' && me.roomId !== undefined) return `/consult/${me.roomId}`;
  const roles = me.roles ?? [];
  // These see no room; who has another role besides works in rooms first.
  if (roles.length > 0 && roles.every((role) => hasRole(OUTSIDE_ROLES, role))) {
    if (roles.includes('reviewer')) return '/review';
    if (roles.includes('auditor')) return '/audit';
  }
  return '/rooms';
}
