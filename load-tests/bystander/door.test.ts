import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { RoomToken } from '../../signaling/protocol/http.ts';
import { DispatchIncidentMade, LinkPage } from '../../signaling/protocol/links.ts';
import { type Stack, startStack } from '../stack/stack.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookie: string;
  readonly csp: string;
}

/** One request by TLS. The certificate is the stack's own, made a moment ago. */
function send(url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const { origin } = new URL(url);
  const options: RequestOptions = {
    method: body === undefined ? 'GET' : 'POST',
    rejectUnauthorized: false,
    headers: { origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          cookie: response.headers['set-cookie']?.[0] ?? '',
          csp: String(response.headers['content-security-policy']),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

describe("the bystander's door of the service", function () {
  this.timeout(60_000);
  let stack: Stack;
  let pages: string;
  before(async () => {
    pages = await mkdtemp(join(tmpdir(), 'goldenhour-v-'));
    await writeFile(join(pages, 'index.html'), '<!doctype html><title>Help</title>');
    await writeFile(join(pages, 'start.js'), 'export {};');
    stack = await startStack({
      bystanderPagesFolder: pages,
      recorder: false,
      args: ['--bystander.supportPhone', '+8675500000'],
    });
  });
  after(async () => {
    await stack.close();
    await rm(pages, { recursive: true, force: true });
  });

  it('serves the page of a link and its files, and nothing of the staff', async () => {
    const { bystanderOrigin } = stack;
    for (const path of ['/v', '/v/']) {
      const page = await send(`${bystanderOrigin}${path}`);
      assert.deepEqual([page.status, page.text], [200, '<!doctype html><title>Help</title>'], path);
      assert.match(page.csp, /default-src 'none'/);
    }
    assert.equal((await send(`${bystanderOrigin}/v/start.js`)).status, 200);
    for (const path of ['/', '/start.js', '/index.html', '/rooms', '/api/me', '/metrics', '/v/../rooms']) {
      assert.equal((await send(`${bystanderOrigin}${path}`)).status, 404, path);
    }
    assert.equal((await send(`${stack.origin}/api/link/me`)).status, 404);
  });

  it("leads from dispatch's call to a phone in the room, over TLS", async () => {
    const { key } = await stack.signaling.people.services.add('cad');
    const link = { use: 'camera', need: 'arrest', helpers: 'two', language: 'en' };
    const incident = { incidentId: 'cad-1', title: 'Collapse', drill: false, organisations: [], link };
    const made = await send(`${stack.origin}/api/dispatch/incidents`, incident, {
      authorization: `Bearer ${key}`,
    });
    assert.equal(made.status, 200, made.text);
    const { roomId, url = '' } = DispatchIncidentMade.parse(JSON.parse(made.text));
    const { origin, hash, pathname } = new URL(url);
    assert.deepEqual([origin, pathname], [stack.bystanderOrigin, '/v']);
    const opened = await send(`${origin}/api/link/open`, { secret: hash.slice(1), language: 'en' });
    assert.equal(opened.status, 200, opened.text);
    const page = LinkPage.parse(JSON.parse(opened.text));
    assert.deepEqual([page.roomId, page.supportPhone, page.opening], [roomId, '+8675500000', 'open']);
    assert.match(
      opened.cookie,
      /^__Host-goldenhour-link=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=86400$/,
    );
    const cookie = opened.cookie.split(';')[0] ?? '';
    const token = await send(`${origin}/api/link/token`, {}, { cookie });
    const socket = io(origin, {
      transports: ['websocket'],
      rejectUnauthorized: false,
      extraHeaders: { cookie, origin },
    });
    try {
      const join = {
        method: 'room.join',
        roomId,
        params: {
          token: RoomToken.parse(JSON.parse(token.text)).token,
          peerId: 'phone-1',
          speaksHere: false,
        },
      };
      const reply: unknown = await socket.timeout(20_000).emitWithAck('request', join);
      assert.match(JSON.stringify(reply), /"ok":true.*"role":"bystander"/);
      const state = await stack.signaling.rooms.at(roomId).state();
      assert.equal(state.peers['phone-1']?.principalId, page.openingId);
    } finally {
      socket.close();
    }
  });
});
