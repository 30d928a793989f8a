/**
 * How both sides of a control link prove that they know the cluster secret, without ever sending it. The client's token
 * keeps strangers from the door; nonces of both sides keep a recorded handshake from being played again, and let the client
 * refuse a server that does not know the secret.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';

const AUDIENCE = 'control';
const TOKEN_SECONDS = 60;

/** A token for the `Authorization` header of one connection attempt (RFC 6750, RFC 7519). */
export function signLinkToken(secret: string): string {
  return jwt.sign({}, secret, {
    algorithm: 'HS256',
    audience: AUDIENCE,
    expiresIn: TOKEN_SECONDS,
    jwtid: newId(),
  });
}

/** Throws `unauthenticated` unless the header carries a token of this cluster that is still valid. */
export function verifyLinkToken(secret: string, authorization: string | undefined): void {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  try {
    if (token === undefined) throw new Error('there is no token');
    const payload = jwt.verify(token, secret, {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      maxAge: TOKEN_SECONDS,
    });
    if (typeof payload === 'string') throw new Error('the token has no claims');
  } catch (error) {
    throw unauthenticated('The token of the control link is refused.', error);
  }
}

export interface Nonces {
  readonly client: string;
  readonly server: string;
}

/** What `side` sends to show that it knows the secret: HMAC-SHA-256 over its role and both nonces, base64url. */
export function proofOf(secret: string, side: 'client' | 'server', nonces: Nonces): string {
  return createHmac('sha256', secret)
    .update(`goldenhour control link ${side}\n${nonces.client}\n${nonces.server}`)
    .digest('base64url');
}

/** Throws `unauthenticated` unless `proof` is that of `side`. */
export function verifyProof(secret: string, side: 'client' | 'server', nonces: Nonces, proof: string): void {
  const wanted = Buffer.from(proofOf(secret, side, nonces));
  const given = Buffer.from(proof);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw unauthenticated(`The ${side} of the control link does not know the cluster secret.`);
}

export function unauthenticated(message: string, cause?: unknown): AppError {
  return new AppError('unauthenticated', message, {
    status: 401,
    whatToDo: 'Give every process of the cluster the same secret, and keep their clocks within a minute.',
    ...(cause === undefined ? {} : { cause }),
  });
}
