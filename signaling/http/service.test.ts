import assert from 'node:assert/strict';
import { createLogger } from '../../platform/log.ts';
import { METHODS } from '../protocol/methods.ts';
import { NOTIFICATIONS } from '../protocol/notifications.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

describe('what the outside sees of the service', () => {
  const doors: TestDoor[] = [];
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
  });
  const open = async (options: Parameters<typeof openTestDoor>[0] = {}) => {
    const door = await openTestDoor(options);
    doors.push(door);
    return door;
  };

  it('is healthy, and ready only while every check passes', async () => {
    let database = true;
    const door = await open({
      readiness: {
        database: async () => {
          if (!database) throw new Error('password of the database: x');
        },
        media: async () => {},
      },
    });
    assert.deepEqual((await door.send({ path: '/healthz' })).json, { status: 'ok' });
    const ready = await door.send({ path: '/readyz' });
    assert.deepEqual(
      [ready.status, ready.json],
      [200, { ready: true, checks: { database: 'ok', media: 'ok' } }],
    );
    database = false;
    const not = await door.send({ path: '/readyz' });
    assert.deepEqual(
      [not.status, not.json],
      [503, { ready: false, checks: { database: 'failed', media: 'ok' } }],
    );
  });

  it('answers readiness in time when a check hangs', async () => {
    const door = await open({ readiness: { media: () => new Promise(() => {}) } });
    assert.equal((await door.send({ path: '/readyz' })).status, 503);
  });

  it('describes the live connection by every method and notification, to anyone', async () => {
    const door = await open();
    const answer = await door.send({ path: '/api/asyncapi.json' });
    assert.equal(answer.status, 200);
    const { asyncapi, info, channels } = JSON.parse(answer.text);
    assert.equal(asyncapi, '3.0.0');
    const { version } = JSON.parse((await door.send({ path: '/api/config' })).text);
    assert.equal(info.version, version);
    assert.deepEqual(Object.keys(channels.request.messages).sort(), Object.keys(METHODS).sort());
    assert.deepEqual(Object.keys(channels.notify.messages).sort(), Object.keys(NOTIFICATIONS).sort());
  });

  it('gives metrics to this machine, by routes and never by paths', async () => {
    const door = await open();
    await door.send({ path: '/api/rooms/secret-room/token', method: 'POST', body: {} });
    const metrics = await door.send({ path: '/metrics' });
    assert.equal(metrics.status, 200);
    assert.match(String(metrics.headers['content-type']), /^text\/plain/);
    assert.match(
      metrics.text,
      /goldenhour_http_requests_total\{route="\/api\/rooms\/:roomId\/token",method="POST",status="4xx"/,
    );
    assert.ok(!metrics.text.includes('secret-room'));
  });

  it('gives metrics to others only by a named address or the token', async () => {
    const token = 'a-long-operator-token';
    const door = await open({ trustProxy: ['127.0.0.1'], metrics: { addresses: ['192.0.2.10'], token } });
    const from = (address: string, headers = {}) =>
      door.send({ path: '/metrics', headers: { 'x-forwarded-for': address, ...headers } });
    assert.equal((await from('203.0.113.5')).status, 403);
    assert.equal((await from('192.0.2.10')).status, 200);
    assert.equal((await from('127.0.0.1, 203.0.113.5')).status, 403);
    assert.equal((await from('203.0.113.5', { authorization: `Bearer ${token}` })).status, 200);
    assert.equal((await from('203.0.113.5', { authorization: 'Bearer wrong' })).status, 403);
    const untold = await open();
    const forwarded = await untold.send({ path: '/metrics', headers: { 'x-forwarded-for': '127.0.0.1' } });
    assert.equal(forwarded.status, 403);
  });

  it('gives the certificate of the local authority where there is one', async () => {
    const none = await open();
    assert.equal((await none.send({ path: '/ca.crt' })).status, 404);
    const door = await open({ authority: () => '-----BEGIN CERTIFICATE-----' });
    const answer = await door.send({ path: '/ca.crt' });
    assert.equal(answer.headers['content-type'], 'application/x-x509-ca-cert');
    assert.equal(answer.text, '-----BEGIN CERTIFICATE-----');
  });

  it('tells browsers to insist on TLS only with a certificate they trust', async () => {
    const door = await open({ hsts: true });
    assert.match(
      String((await door.send({ path: '/healthz' })).headers['strict-transport-security']),
      /^max-age=\d+$/,
    );
  });

  it('refuses an address that sends too much, and lets others go on', async () => {
    const limits = {
      perAddress: { general: 5, secret: 2, device: 5, page: 5, media: 5 },
      perSession: 100,
      mediaPerSession: 100,
    };
    const door = await open({ trustProxy: ['127.0.0.1'], limits });
    const from = (address: string, path = '/api/config') =>
      door.send({ path, headers: { 'x-forwarded-for': address } });
    for (let request = 0; request < 5; request++) assert.equal((await from('192.0.2.1')).status, 200);
    const refused = await from('192.0.2.1');
    assert.deepEqual([refused.status, refused.code], [429, 'too-many']);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal((await from('192.0.2.2')).status, 200);
    // Addresses invented in front of the proxy's own entry change nothing.
    assert.equal((await from('198.51.100.1, 192.0.2.1')).status, 429);
  });

  it('lets vehicles sign in behind an address from which others guess', async () => {
    const limits = {
      perAddress: { general: 1e6, secret: 2, device: 5, page: 5, media: 5 },
      perSession: 100,
      mediaPerSession: 100,
    };
    const door = await open({ limits });
    const guess = { username: 'doctor', password: 'wrong' };
    const tried: number[] = [];
    for (let n = 0; n < 3; n++)
      tried.push((await door.send({ method: 'POST', path: '/api/session', body: guess })).status);
    assert.deepEqual(tried, [401, 401, 429]);
    const device = await door.send({ method: 'POST', path: '/api/units/session', body: {} });
    assert.equal(device.status, 401, 'refused for having no credential, not for what others sent');
  });

  it('refuses a session that sends too much, and not the others behind its address', async () => {
    const limits = {
      perAddress: { general: 1e6, secret: 1e6, device: 1e6, page: 1e6, media: 1e6 },
      perSession: 3,
      mediaPerSession: 1e6,
    };
    const door = await open({ limits });
    const [one, two] = [await door.signIn('doctor'), await door.signIn('dispatcher')];
    const me = async (cookie: string) => (await door.send({ path: '/api/me', cookie })).status;
    assert.deepEqual([await me(one), await me(one), await me(one), await me(one)], [200, 200, 200, 429]);
    assert.equal(await me(two), 200);
  });

  it('logs requests by route, status and id, and nothing that was sent', async () => {
    const lines: string[] = [];
    const log = createLogger(
      'http',
      {},
      { level: 'debug', destination: { write: (line) => lines.push(line) } },
    );
    const door = await open({ log });
    const cookie = await door.signIn('dispatcher');
    const password = door.demo.people[0]?.password ?? '';
    await door.send({ path: '/api/rooms/private-room/token?x=private', method: 'POST', cookie, body: {} });
    await door.send({
      path: '/api/session',
      method: 'POST',
      body: { username: 'private', password: 'private' },
    });
    const text = lines.join('');
    assert.match(text, /"route":"\/api\/rooms\/:roomId\/token","method":"POST","status":4\d\d/);
    for (const secret of ['private', 'dispatcher', password, cookie.split('=')[1] ?? '']) {
      assert.ok(!text.includes(secret), secret);
    }
  });

  it('refuses a request whose Host is not one', async () => {
    const door = await open();
    for (const host of ['evil.example; script-src *', 'a"b', 'user@host', 'h:123456']) {
      const answer = await door.send({ path: '/healthz', headers: { host } });
      assert.equal(answer.status, 400, host);
      assert.ok(!String(answer.headers['content-security-policy']).includes('wss:'), host);
    }
  });

  it('takes an origin that the operator named', async () => {
    const door = await open({ origins: ['https://Hospital.example'] });
    const out = (origin: string) => door.send({ method: 'DELETE', path: '/api/session', origin });
    assert.equal((await out('https://hospital.example')).status, 200);
    assert.equal((await out('https://hospital.example.evil.example')).status, 403);
  });
});
