import assert from 'node:assert/strict';
import { openApiPath } from './openapi.ts';
import type { Route } from './route.ts';
import { openTestDoor, type Sent, type TestDoor } from './testing/door.ts';

/** A path that fits every parameter of the pattern. */
const pathOf = (route: Route) => route.path.replaceAll(/[:*][A-Za-z]+/g, 'some-id');
const changes = (route: Route) => route.verb !== 'get';
/** Routes of machines, which come without cookie and origin: dispatch.test.ts and sms-reports.test.ts try them. */
const isMachines = ({ permission }: Route) => permission === 'service' || permission === 'signed';
const takesJson = (route: Route) => changes(route) && route.bytesTaken === undefined && !isMachines(route);

describe('every route of the table', () => {
  let door: TestDoor;
  let admin: string;
  let reviewer: string;
  before(async () => {
    door = await openTestDoor({
      limits: {
        perAddress: { general: 1e6, secret: 1e6, device: 1e6, page: 1e6, media: 1e6 },
        perSession: 1e6,
        mediaPerSession: 1e6,
      },
    });
    admin = await door.signIn('admin');
    reviewer = await door.signIn('reviewer');
  });
  after(() => door.close());

  /** Of somebody whom the route lets in, so that what comes behind the role is tested. */
  const cookieFor = (route: Route) => (route.permission === 'reviewer' ? reviewer : admin);

  /** Sends the same to every route that passes the filter, one after the other, and hands back what was answered. */
  async function everyRoute(
    filter: (route: Route) => boolean,
    sent: Omit<Sent, 'path'> | ((route: Route) => Omit<Sent, 'path'>),
    suffix = '',
  ) {
    const answers = [];
    for (const route of door.app.routes.filter(filter)) {
      const path = pathOf(route) + suffix;
      const given = typeof sent === 'function' ? sent(route) : sent;
      const answer = await door.send({ method: route.verb.toUpperCase(), path, ...given });
      answers.push({ route: `${route.verb} ${route.path}`, answer });
    }
    assert.ok(answers.length > 0);
    return answers;
  }

  it('stands in the OpenAPI document, and nothing else does', async () => {
    const answer = await door.send({ path: '/api/openapi.json' });
    assert.equal(answer.status, 200);
    const { openapi, paths } = JSON.parse(answer.text);
    assert.equal(openapi, '3.1.0');
    const documented = Object.keys(paths).flatMap((path) =>
      Object.keys(paths[path]).map((verb) => `${verb} ${path}`),
    );
    assert.deepEqual(
      documented.sort(),
      [
        ...door.app.routes.map((route) => `${route.verb} ${openApiPath(route.path)}`),
        'get /api/precheck',
        'post /api/precheck',
      ].sort(),
    );
    const operation = paths['/api/rooms/{roomId}/token'].post;
    assert.equal(operation.parameters[0].name, 'roomId');
    assert.deepEqual(operation.security, [{ session: [] }]);
    assert.equal(operation.requestBody.content['application/json'].schema.additionalProperties, false);
    const dispatch = paths['/api/dispatch/incidents'].post;
    assert.deepEqual(
      [dispatch.security, dispatch.parameters[0].name],
      [[{ service: [] }], 'Idempotency-Key'],
    );
    const reports = paths['/api/sms/reports'].post;
    assert.deepEqual([reports.security, /signature/.test(reports.description)], [[], true]);
    const ids = Object.values<Record<string, { operationId: string }>>(paths)
      .flatMap((verbs) => Object.values(verbs))
      .map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('refuses who is not signed in, unless it is open to anyone', async () => {
    const needed = (route: Route) => !['anyone', 'operator', 'signed'].includes(route.permission);
    for (const { route, answer } of await everyRoute(needed, { body: {} })) {
      assert.deepEqual([answer.status, answer.code], [401, 'unauthenticated'], route);
    }
    for (const cookie of [
      '__Host-goldenhour=forged',
      '__Host-goldenhour=a; __Host-goldenhour=b',
      'x'.repeat(9000),
    ]) {
      for (const { route, answer } of await everyRoute(needed, { cookie, body: {} })) {
        assert.deepEqual([answer.status, answer.code], [401, 'unauthenticated'], route);
      }
    }
  });

  it('refuses whoever has not the role', async () => {
    for (const username of ['dispatcher', 'duty-doctor', 'reviewer', 'auditor']) {
      const cookie = await door.signIn(username);
      for (const { route, answer } of await everyRoute((r) => r.permission === 'admin', {
        cookie,
        body: {},
      })) {
        assert.deepEqual([answer.status, answer.code], [403, 'forbidden'], `${username}: ${route}`);
      }
    }
    const audit = await door.send({ path: '/api/audit', cookie: admin });
    assert.equal(audit.status, 403);
  });

  it('refuses what a page of another site sends, with whatever cookie', async () => {
    const fromPages = (route: Route) => changes(route) && !isMachines(route);
    for (const origin of [
      'https://evil.example',
      'null',
      `${door.origin}.evil.example`,
      'https://127.0.0.1',
      null,
    ]) {
      for (const { route, answer } of await everyRoute(fromPages, { origin, cookie: admin, body: {} })) {
        assert.deepEqual([answer.status, answer.code], [403, 'forbidden'], `${origin}: ${route}`);
      }
    }
    assert.equal((await door.send({ path: '/api/me', cookie: admin })).status, 200);
  });

  it('refuses bodies that are wrong in form', async () => {
    const wrong: Record<string, Partial<Sent>> = {
      'no JSON': { body: '{"a":' },
      'a list': { body: '[]' },
      null: { body: 'null' },
      'a string': { body: '"x"' },
      'unknown keys': { body: { unknown: true, __proto__x: 1 } },
      'a form': { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      'plain text, as a page elsewhere could send': { body: '{}', headers: { 'content-type': 'text/plain' } },
    };
    for (const [what, sent] of Object.entries(wrong)) {
      for (const { route, answer } of await everyRoute(takesJson, (r) => ({
        cookie: cookieFor(r),
        ...sent,
      }))) {
        assert.deepEqual([answer.status, answer.code], [400, 'bad-request'], `${what}: ${route}`);
        assert.ok(!answer.text.includes('__proto__x') || answer.text.length < 500);
      }
    }
  });

  it('refuses bodies of more than 64 KB, announced or not', async () => {
    const body = JSON.stringify({ username: 'x'.repeat(70_000) });
    for (const { route, answer } of await everyRoute(takesJson, (r) => ({ cookie: cookieFor(r), body }))) {
      assert.deepEqual([answer.status, answer.code], [413, 'too-large'], route);
    }
    const path = '/api/session';
    const unannounced = await door.send({ method: 'POST', path, body, chunked: true });
    assert.deepEqual([unannounced.status, unannounced.code], [413, 'too-large']);
    const small = { username: 'x', password: 'y' };
    assert.equal((await door.send({ method: 'POST', path, body: small, chunked: true })).status, 401);
  });

  it('refuses ids and queries that do not fit', async () => {
    const withIds = (route: Route) => route.path.includes(':') && route.permission !== 'auditor';
    for (const id of ['..%2f..%2fetc', '%00', 'a'.repeat(65), 'constructor', '%F0%9F%9A%91']) {
      for (const route of door.app.routes.filter(withIds)) {
        const path = route.path.replaceAll(/[:*][A-Za-z]+/g, id);
        const answer = await door.send({
          method: route.verb.toUpperCase(),
          path,
          cookie: cookieFor(route),
          body: {},
        });
        assert.ok([400, 404].includes(answer.status), `${id}: ${route.path} answered ${answer.status}`);
      }
    }
    for (const { route, answer } of await everyRoute(
      (r) => r.path.startsWith('/api/') && !isMachines(r),
      { cookie: admin, body: {} },
      '?__proto__=1&x=2',
    )) {
      assert.ok([400, 403, 413].includes(answer.status), `${route} answered ${answer.status}`);
    }
  });

  it('answers unknown things of an existing kind with not-found', async () => {
    const bodies: [string, string, unknown][] = [
      ['PATCH', '/api/people/nobody', { name: 'X' }],
      ['POST', '/api/people/nobody/password', { password: 'long enough' }],
      ['PATCH', '/api/organisations/none', { name: 'X' }],
      ['PATCH', '/api/units/none', { name: 'X' }],
      ['POST', '/api/units/none/enrolment', { role: 'crew' }],
      ['DELETE', '/api/devices/none', {}],
      ['POST', '/api/units', { name: 'X', organisationId: 'none' }],
    ];
    for (const [method, path, body] of bodies) {
      const answer = await door.send({ method, path, body, cookie: admin });
      assert.deepEqual([answer.status, answer.code], [404, 'not-found'], path);
    }
  });

  it('answers every request with the headers that protect pages, and never lets answers be stored', async () => {
    for (const { route, answer } of await everyRoute(() => true, { body: {} })) {
      const { headers } = answer;
      assert.match(
        String(headers['content-security-policy']),
        /^default-src 'none'; script-src 'self'/,
        route,
      );
      assert.ok(!String(headers['content-security-policy']).includes('unsafe-inline'), route);
      assert.match(
        String(headers['content-security-policy']),
        /connect-src 'self' wss:\/\/127\.0\.0\.1:\d+;/,
      );
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'$/);
      assert.equal(headers['referrer-policy'], 'no-referrer', route);
      assert.equal(headers['x-content-type-options'], 'nosniff', route);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', route);
      assert.match(String(headers['permissions-policy']), /camera=\(self\), microphone=\(self\)/, route);
      assert.equal(headers['cache-control'], 'no-store', route);
      assert.equal(headers['strict-transport-security'], undefined, route);
      assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/, route);
      assert.equal(headers['access-control-allow-origin'], undefined, route);
    }
  });

  it('measures the link only for who is signed in, and from our own pages', async () => {
    const path = '/api/precheck?bytes=1000';
    assert.equal((await door.send({ path })).status, 401);
    const down = await door.send({ path, cookie: admin });
    assert.deepEqual([down.status, down.headers['content-length']], [200, '1000']);
    const up = { method: 'POST', path: '/api/precheck', cookie: admin, body: 'x'.repeat(100_000) };
    assert.deepEqual((await door.send(up)).json, { bytes: 100_000 });
    assert.equal((await door.send({ ...up, origin: 'https://evil.example' })).status, 403);
  });

  it('answers other methods with 405 and other paths with 404', async () => {
    const put = await door.send({ method: 'PUT', path: '/api/session', body: {} });
    assert.deepEqual([put.status, put.code, put.headers.allow], [405, 'unknown-method', 'POST, DELETE']);
    assert.equal((await door.send({ method: 'OPTIONS', path: '/api/me' })).status, 405);
    const none = await door.send({ path: '/api/nothing' });
    assert.deepEqual([none.status, none.code], [404, 'not-found']);
  });
});
