/** The few HTTPS requests that a client makes before it is live, over any port, trusting the certificate of a test. */
import { request } from 'node:https';
import { z } from 'zod';

const ANSWER_MS = 5_000;
const Token = z.looseObject({ token: z.string() });

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookies: string;
}

export function post(port: number, path: string, body: object, cookie?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path, method: 'POST', rejectUnauthorized: false, agent: false },
        timeout: ANSWER_MS,
        headers: {
          'content-type': 'application/json',
          origin: `https://127.0.0.1:${port}`,
          host: `127.0.0.1:${port}`,
          ...(cookie === undefined ? {} : { cookie }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('error', reject);
        response.once('end', () => {
          const cookies = (response.headers['set-cookie'] ?? []).map((each) => each.split(';')[0]).join('; ');
          resolve({ status: response.statusCode ?? 0, text, cookies });
        });
      },
    );
    sent.once('timeout', () => sent.destroy(new Error(`no answer to POST ${path} in ${ANSWER_MS} ms`)));
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}

/** Signs in and answers the cookies of the session. */
export async function signIn(port: number, username: string, password: string): Promise<string> {
  const { status, cookies } = await post(port, '/api/session', { username, password });
  if (status !== 200 || cookies === '') throw new Error(`signing in as ${username} was answered ${status}`);
  return cookies;
}

/** A token for a room. Rejects while nobody answers. */
export async function roomToken(port: number, roomId: string, cookie: string): Promise<string> {
  const { status, text } = await post(port, `/api/rooms/${roomId}/token`, {}, cookie);
  if (status !== 200) throw new Error(`a token of ${roomId} was answered ${status}`);
  return Token.parse(JSON.parse(text)).token;
}
