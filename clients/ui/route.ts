/** Which page an address names. Pure, so that it is tested without a browser. */

export type Route =
  | { readonly page: 'sign-in'; readonly next?: string }
  | { readonly page: 'rooms' }
  | { readonly page: 'unit' }
  | { readonly page: 'enrol'; readonly code: string }
  | { readonly page: 'trust' }
  | { readonly page: 'join'; readonly secret: string }
  | { readonly page: 'ambulance'; readonly roomId: string }
  /** `watch`: without speaking there, since the person speaks in another room. */
  | { readonly page: 'consult'; readonly roomId: string; readonly watch?: true }
  | { readonly page: 'not-found' };

const roomId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Only a path of this site may follow a sign-in: anything else would let a link send people elsewhere. */
export function safeNext(next: string | null): string | undefined {
  if (next === null || !/^\/(?:rooms|unit|ambulance\/|consult\/)/.test(next)) return undefined;
  return /^[A-Za-z0-9/_-]+$/.test(next) ? next : undefined;
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
    case 'unit':
      return { page: 'unit' };
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

/** Where someone watches a room without speaking there. */
export function watchPath(id: string): string {
  return `/consult/${id}?watch`;
}

/** The page a signed-in principal works on first: a unit's device waits for its incident, a guest has one room. */
export function homeOf(me: { kind: 'person' | 'device' | 'guest'; roomId?: string | undefined }): string {
  if (me.kind === 'device') return '/unit';
  if (me.kind === 'guest' && me.roomId !== undefined) return `/consult/${me.roomId}`;
  return '/rooms';
}
