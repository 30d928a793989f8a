/**
 * Our cookies. The `__Host-` prefix (RFC 6265bis section 4.1.3.2) makes browsers refuse them unless they came over
 * TLS, for this host alone; no script sees them and no other site's page sends them.
 */
export const SESSION_COOKIE = '__Host-goldenhour';
/** Of the bystander's door; another name, since a host's ports share its cookies. */
export const LINK_COOKIE = '__Host-goldenhour-link';
export const DEVICE_COOKIE = '__Host-goldenhour-device';

/** Browsers keep cookies for 400 days at most (RFC 6265bis section 5.5); each sign-in of the device starts anew. */
const DEVICE_SECONDS = 400 * 86_400;
/** As long as the session behind it. */
const LINK_SECONDS = 86_400;
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** Returns the value of a cookie in a `Cookie` header, or undefined when it is absent, repeated or not one of ours. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > 8192) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[A-Za-z0-9._-]{1,200}$/.test(value)
    ? value
    : undefined;
}

/** The session's secret from a `Cookie` header; also for the handshake of a socket. */
export function sessionSecretFrom(cookieHeader: string | undefined): string | undefined {
  return readCookie(cookieHeader, SESSION_COOKIE);
}

/** The secret of a link's guest, at the bystander's door. */
export function linkSecretFrom(cookieHeader: string | undefined): string | undefined {
  return readCookie(cookieHeader, LINK_COOKIE);
}

/** Ends with the browser; the server ends it by idling. */
export function sessionCookie(secret: string): string {
  return `${SESSION_COOKIE}=${secret}; ${ATTRIBUTES}`;
}

/** Outlives the browser, since phones end browsers that are not looked at; the page must come back as who it was. */
export function linkCookie(secret: string): string {
  return `${LINK_COOKIE}=${secret}; ${ATTRIBUTES}; Max-Age=${LINK_SECONDS}`;
}

export function deviceCookie(credential: string): string {
  return `${DEVICE_COOKIE}=${credential}; ${ATTRIBUTES}; Max-Age=${DEVICE_SECONDS}`;
}

export function clearedCookie(name: string): string {
  return `${name}=; ${ATTRIBUTES}; Max-Age=0`;
}
