import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { captureError } from './capture.ts';
import { ClientError } from './errors.ts';
import { createHttpApi } from './http.ts';

const me = {
  principalId: 'p1',
  kind: 'person',
  name: 'Dr Wu',
  organisationId: 'o1',
  organisationName: 'Hospital',
  roles: ['specialist'],
  mustChangePassword: false,
};

describe('HTTP interface of the SDK', () => {
  let server: Server;
  let base: string;
  let answer: { status: number; body: string };
  let seen: { method: string; url: string; body: string };

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        seen = { method: request.method ?? '', url: request.url ?? '', body };
        response.statusCode = answer.status;
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    base = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const api = () => createHttpApi(base, fetch);

  it('sends what the routes take and parses what they answer', async () => {
    answer = { status: 200, body: JSON.stringify(me) };
    assert.equal((await api().signIn('wu', 'secret')).name, 'Dr Wu');
    assert.deepEqual(seen, {
      method: 'POST',
      url: '/api/session',
      body: '{"username":"wu","password":"secret"}',
    });
    answer = { status: 200, body: JSON.stringify({ token: 't', expiresAt: 1 }) };
    assert.equal(await api().roomToken('r1', 'specialist'), 't');
    assert.deepEqual(seen, { method: 'POST', url: '/api/rooms/r1/token', body: '{"role":"specialist"}' });
  });

  it('answers undefined when nobody is signed in, and keeps every other refusal with its code', async () => {
    answer = { status: 401, body: JSON.stringify({ code: 'unauthenticated', message: 'Sign in first.' }) };
    assert.equal(await api().me(), undefined);
    answer = {
      status: 429,
      body: JSON.stringify({ code: 'too-many', message: 'Wait.', retryAfterMs: 3000 }),
    };
    await assert.rejects(api().me(), { name: 'ClientError', code: 'too-many', retryAfterMs: 3000 });
  });

  it('calls a proxy that cannot reach the server offline, and an unknown answer internal', async () => {
    answer = { status: 502, body: '<html>Bad gateway</html>' };
    await assert.rejects(api().config(), { code: 'offline' });
    answer = { status: 200, body: '{"unexpected":true}' };
    await assert.rejects(api().config(), { code: 'internal' });
    await assert.rejects(createHttpApi('http://127.0.0.1:9', fetch).config(), { code: 'offline' });
  });

  it('names errors of cameras by code', () => {
    const named = (name: string) => captureError(Object.assign(new Error('x'), { name })).code;
    assert.equal(named('NotAllowedError'), 'permission-denied');
    assert.equal(named('NotFoundError'), 'no-device');
    assert.equal(named('NotReadableError'), 'device-busy');
    assert.equal(named('Strange'), 'aborted');
    assert.ok(ClientError.offline('x') instanceof Error);
  });
});
