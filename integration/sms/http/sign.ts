/**
 * Signatures of requests to gateways, and of theirs to us: HMAC-SHA256 throughout (RFC 2104). The schemes of the two large
 * Chinese clouds are checked against the worked examples of their documentation.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { fillText } from './template.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Uint8Array, text: string) => createHmac('sha256', key).update(text).digest();

/** A scheme of one's own: which headers carry what, and what is signed. */
export interface SignatureScheme {
  readonly keyIdHeader: string;
  readonly timestampHeader: string;
  readonly signatureHeader: string;
  /** What is signed: `{{timestamp}}`, `{{keyId}}`, `{{method}}`, `{{path}}`, `{{body}}`, `{{bodySha256}}`. */
  readonly content: string;
  readonly encoding: 'hex' | 'base64';
  /** Before the signature in its header, such as `sha256=`. */
  readonly prefix: string;
  readonly timestampUnit: 'seconds' | 'milliseconds';
}
export const SIGNED_PARTS = ['timestamp', 'keyId', 'method', 'path', 'body', 'bodySha256'] as const;

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** The headers that sign a request at the moment `now` (UTC milliseconds). */
export function signatureHeaders(
  scheme: SignatureScheme,
  key: { readonly id: string; readonly secret: string },
  request: SignedRequest,
  now: number,
): Record<string, string> {
  const timestamp = String(scheme.timestampUnit === 'seconds' ? Math.floor(now / 1000) : now);
  return {
    [scheme.keyIdHeader]: key.id,
    [scheme.timestampHeader]: timestamp,
    [scheme.signatureHeader]: `${scheme.prefix}${signature(scheme, key, request, timestamp)}`,
  };
}

function signature(
  scheme: SignatureScheme,
  key: { readonly id: string; readonly secret: string },
  request: SignedRequest,
  timestamp: string,
): string {
  const { body } = request;
  const parts = { ...request, timestamp, keyId: key.id, bodySha256: sha256(body) };
  return hmac(key.secret, fillText(scheme.content, parts)).toString(scheme.encoding);
}

export type SignatureFault = 'missing' | 'key' | 'timestamp' | 'signature';

/**
 * What is wrong with the signature of a request that came in, or undefined. The window stops a replay that comes later; one
 * within it is stopped by who remembers signatures.
 */
export function signatureFault(
  scheme: SignatureScheme,
  key: { readonly id: string; readonly secret: string },
  request: SignedRequest,
  header: (name: string) => string | undefined,
  time: { readonly now: number; readonly windowMs: number },
): SignatureFault | undefined {
  const [keyId, timestamp, given] = [scheme.keyIdHeader, scheme.timestampHeader, scheme.signatureHeader].map(
    header,
  );
  if (keyId === undefined || timestamp === undefined || given === undefined) return 'missing';
  if (keyId !== key.id) return 'key';
  const at = Number(timestamp) * (scheme.timestampUnit === 'seconds' ? 1000 : 1);
  if (!/^\d{1,16}$/.test(timestamp) || Math.abs(time.now - at) > time.windowMs) return 'timestamp';
  const expected = `${scheme.prefix}${signature(scheme, key, request, timestamp)}`;
  return isSame(expected, given) ? undefined : 'signature';
}

/** Compares hashes, so that neither the length nor the first wrong character shows in the time it takes. */
export function isSame(expected: string, given: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(expected), hash(given));
}

export interface CloudRequest {
  readonly host: string;
  /** Without its question mark, sorted and encoded. */
  readonly query: string;
  readonly body: string;
  readonly keyId: string;
  readonly secret: string;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Tencent Cloud API 3.0, TC3-HMAC-SHA256 (https://cloud.tencent.com/document/api/382/52072). */
export function tencentAuthorization(
  { host, query, body, keyId, secret, now }: CloudRequest,
  service: string,
): string {
  const seconds = String(Math.floor(now / 1000));
  const date = new Date(now).toISOString().slice(0, 10);
  const signed = 'content-type;host';
  const headers = `content-type:application/json; charset=utf-8\nhost:${host}\n`;
  const canonical = ['POST', '/', query, headers, signed, sha256(body)].join('\n');
  const scope = `${date}/${service}/tc3_request`;
  const toSign = ['TC3-HMAC-SHA256', seconds, scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${secret}`, date), service), 'tc3_request');
  return `TC3-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${signed}, Signature=${hmac(key, toSign).toString('hex')}`;
}

/** Alibaba Cloud, ACS3-HMAC-SHA256 (https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature). */
export function aliyunHeaders(
  { host, query, body, keyId, secret, now }: CloudRequest,
  call: { readonly action: string; readonly version: string; readonly nonce: string },
): Record<string, string> {
  const bodyHash = sha256(body);
  const headers: Record<string, string> = {
    'x-acs-action': call.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    'x-acs-signature-nonce': call.nonce,
    'x-acs-version': call.version,
  };
  const signedHeaders = Object.entries({ host, ...headers }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signedHeaders.map(([name]) => name).join(';');
  const lines = signedHeaders.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['POST', '/', query, lines, names, bodyHash].join('\n');
  const signed = hmac(secret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString('hex');
  return {
    ...headers,
    authorization: `ACS3-HMAC-SHA256 Credential=${keyId},SignedHeaders=${names},Signature=${signed}`,
  };
}

/** A query as RFC 3986 encodes it and these schemes want it: sorted, with `%20` for spaces. */
export function canonicalQuery(fields: Readonly<Record<string, string>>): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}
