import assert from 'node:assert/strict';
import { newSecret } from '../../platform/ids.ts';
import { LINK_COOKIE, SESSION_COOKIE } from '../http/cookies.ts';
import { sendTo } from '../http/testing/door.ts';
import type { NewLink } from '../protocol/links.ts';
import type { City } from '../sockets/testing/city.ts';
import { TestClient, until } from '../sockets/testing/client.ts';
import { type LinkScene, openLinkScene } from './testing/link-scene.ts';

const NEW_LINK = { use: 'camera', need: 'arrest', helpers: 'unknown', language: 'en' } as const;

describe("the bystander's door", () => {
  let scene: LinkScene;
  let city: City;
  let roomId: string;
  let office: TestClient;
  let crew: TestClient;
  before(async () => {
    scene = await openLinkScene(NEW_LINK);
    ({ city, roomId, office } = scene);
    crew = await city.crew.enter(roomId);
  });
  after(() => scene.close());

  const make = (more: Partial<NewLink> = {}) => scene.make(more);

  it('has nothing but the page of a link, and says so in one way', async () => {
    const phone = city.stage.phone();
    const others = ['/', '/rooms', '/api/me', '/api/session', '/api/openapi.json', '/metrics', '/readyz'];
    for (const path of [...others, '/api/rooms/x/token', '/api/dispatch/incidents', '/consult', '/ca.crt']) {
      for (const method of ['GET', 'POST']) {
        assert.equal(
          (await phone.send({ method, path, ...(method === 'POST' ? { body: {} } : {}) })).status,
          404,
        );
      }
    }
    assert.equal((await phone.send({ path: '/healthz' })).status, 200);
    const config = await phone.send({ path: '/api/config' });
    assert.match(String(config.headers['content-security-policy']), /default-src 'none'/);
    assert.equal(config.headers['referrer-policy'], 'no-referrer');
  });

  it('asks for its own origin, JSON, and small bodies', async () => {
    const phone = city.stage.phone();
    const open = { method: 'POST', path: '/api/link/open' };
    const body = { secret: newSecret(128) };
    assert.equal((await phone.send({ ...open, body, origin: 'https://evil.example' })).code, 'forbidden');
    assert.equal((await phone.send({ ...open, body, origin: null })).code, 'forbidden');
    assert.equal((await phone.send({ ...open, body: { ...body, extra: 1 } })).code, 'bad-request');
    assert.equal((await phone.send({ ...open, body: { secret: 'short' } })).code, 'bad-request');
    assert.equal((await phone.send({ ...open, body: { secret: 'x'.repeat(100_000) } })).code, 'too-large');
  });

  it('takes no session of staff, and the door of staff none of a link, under whatever name', async () => {
    const { url } = await make();
    const phone = city.stage.phone();
    await phone.open(url);
    const guest = phone.cookie?.split('=')[1] ?? '';
    const staff = city.dispatcher.cookie.split('=')[1] ?? '';
    for (const name of [LINK_COOKIE, SESSION_COOKIE]) {
      const cookie = `${name}=${staff}`;
      const port = Number(new URL(phone.url).port);
      for (const path of ['/api/link/me', '/api/link/token']) {
        const sent = { path, cookie, ...(path.endsWith('me') ? {} : { method: 'POST', body: {} }) };
        assert.equal((await sendTo(port, phone.url, sent)).code, 'unauthenticated', `${name} ${path}`);
      }
      assert.equal(await refusal(new TestClient(phone.url, cookie)), 'unauthenticated');
    }
    assert.equal(await refusal(new TestClient(phone.url, `${SESSION_COOKIE}=${guest}`)), 'unauthenticated');
    const stage = city.dispatcher.cookie.split('=')[0];
    assert.equal(await refusal(new TestClient(city.stage.url, `${stage}=${guest}`)), 'unauthenticated');
    const own = await phone.connect().connected();
    own.close();
  });

  it('answers unknown secrets in one way, slows whoever guesses, and writes it down', async () => {
    const { url } = await make();
    const guesser = city.stage.phone();
    const answers: string[] = [];
    let code: unknown;
    for (let tries = 0; tries < 40 && code !== 'too-many'; tries += 1) {
      const answer = await guesser.tap(`https://stage.example/v#${newSecret(128)}`);
      code = answer.code;
      if (code !== 'too-many') answers.push(answer.text);
    }
    assert.equal(code, 'too-many');
    assert.equal(new Set(answers).size, 1);
    assert.match(answers[0] ?? '', /"code":"closed"/);
    assert.doesNotMatch(answers[0] ?? '', /details/);
    const neighbour = await city.stage.phone().tap(url);
    assert.equal(neighbour.status, 200, 'whoever shares the address of a guesser is not kept out');
    const denied = (await city.stage.people.audit.list({ limit: 50 })).filter(
      ({ action, allowed }) => action === 'link.open' && !allowed,
    );
    assert.equal(denied.length, answers.length);
  });

  it('keeps nobody out for the noise of others behind the same address', async () => {
    const { url } = await scene.make();
    const noisy = city.stage.phone();
    const noise = { method: 'POST', path: '/api/link/open', body: { secret: 'short' } };
    await Promise.all(Array.from({ length: 150 }, () => noisy.send(noise)));
    assert.equal((await city.stage.phone().tap(url)).status, 200);
  });

  it('keeps the number and the openings between the centre and nobody else', async () => {
    const { linkId } = await make({ phone: '+8613912345678', name: 'Ms Li' });
    const told = await office.stateWhere(roomId, (state) => linkId in state.bystander.links, 'the link');
    assert.equal(told.bystander.links[linkId]?.phone, '+8613912345678');
    const again = await city.crew.enter(roomId);
    for (const client of [crew, again]) {
      await client.stateWhere(roomId, ({ seq }) => seq >= told.seq, 'the same entries');
      assert.deepEqual(client.state(roomId).bystander.links, {});
      assert.doesNotMatch(JSON.stringify(client.notifications), /13912345678|Ms Li/);
    }
  });
});

describe('a guest of a link', () => {
  let scene: LinkScene;
  let city: City;
  let roomId: string;
  let office: TestClient;
  before(async () => {
    scene = await openLinkScene(NEW_LINK);
    ({ city, roomId, office } = scene);
  });
  after(() => scene.close());

  it('reads of links what concerns it alone, and does nothing that is for the centre', async () => {
    const { url } = await scene.make({ phone: '+8613912345678' });
    const other = await scene.make();
    const phone = city.stage.phone();
    const page = await phone.open(url);
    assert.doesNotMatch(JSON.stringify(page), /139/);
    const client = await phone.enter(roomId);
    await client.request('link.goLive', {}, { roomId });
    const { links } = client.state(roomId).bystander;
    assert.deepEqual(links, {});
    assert.doesNotMatch(JSON.stringify(client.notifications), /13912345678/);
    const forbidden = [
      ['link.create', NEW_LINK],
      ['link.revoke', { linkId: other.linkId }],
      ['link.resend', { linkId: other.linkId, way: 'qr' }],
      ['link.answer', { linkId: page.linkId, openingId: page.openingId, admitted: true }],
      ['bystander.release', { peerId: client.peerId }],
      ['room.close', { reason: 'x' }],
      ['room.invite', { role: 'relative', name: 'x', minutes: 5 }],
    ] as const;
    for (const [method, params] of forbidden) {
      assert.equal(await client.refused(method, params, { roomId }), 'forbidden', method);
    }
    const list = await client.request('rooms.list', {});
    assert.deepEqual(
      list.rooms.map((room) => room.roomId),
      [roomId],
    );
    phone.close();
  });

  it('has no other room, and none that it was removed from', async () => {
    const elsewhere = await city.openRoom('Another');
    const { url } = await scene.make();
    const phone = city.stage.phone();
    await phone.open(url);
    const client = await phone.enter(roomId);
    assert.equal(
      await client.refused('room.join', joinWith(await phone.token()), { roomId: elsewhere }),
      'not-found',
    );
    await office.request('room.removePeer', { peerId: client.peerId }, { roomId });
    await client.seen('session.ended');
    const me = await phone.send({ path: '/api/link/me' });
    assert.equal(
      me.code,
      'unauthenticated',
      'whoever was removed begins anew, under the eyes of the dispatcher',
    );
    assert.equal(await refusal(new TestClient(phone.url, phone.cookie)), 'unauthenticated');
  });
});

function joinWith(token: string) {
  return { token, peerId: 'p-other', speaksHere: false };
}

/** The code a handshake is refused with, or `connected`. */
async function refusal(client: TestClient): Promise<unknown> {
  let code: unknown;
  client.socket.on('connect_error', (error: Error & { data?: unknown }) => {
    const { data } = error;
    code = typeof data === 'object' && data !== null && 'code' in data ? data.code : error.message;
  });
  await until(() => code !== undefined || client.socket.connected, 'an answer to the handshake');
  client.close();
  return client.socket.connected ? 'connected' : code;
}
