import assert from 'node:assert/strict';
import { DEVICE_COOKIE, SESSION_COOKIE } from './cookies.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

describe('signing in over HTTP', () => {
  let door: TestDoor;
  beforeEach(async () => {
    door = await openTestDoor();
  });
  afterEach(() => door.close());

  const password = () => door.demo.people[0]?.password ?? '';
  const me = (cookie: string) => door.send({ path: '/api/me', cookie });
  const signInWith = (body: unknown, more = {}) =>
    door.send({ method: 'POST', path: '/api/session', body, ...more });

  it('sets a cookie that no script and no other site can use, and says who is signed in', async () => {
    const answer = await signInWith({ username: 'Dispatcher', password: password() });
    assert.equal(answer.status, 200);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    assert.match(
      cookie,
      new RegExp(`^${SESSION_COOKIE}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; Secure; SameSite=Strict$`),
    );
    const answered = await me(answer.cookies.join('; '));
    assert.deepEqual(answered.json, answer.json);
    assert.deepEqual(answered.json, {
      principalId: door.demo.people.find((person) => person.username === 'dispatcher')?.principalId,
      kind: 'person',
      name: 'Dispatcher',
      organisationId: door.demo.organisations.centre,
      organisationName: 'Dispatch Centre',
      roles: ['dispatcher'],
      mustChangePassword: false,
    });
  });

  it('answers a wrong password and an unknown name in the same words', async () => {
    const wrong = await signInWith({ username: 'dispatcher', password: 'wrong' });
    const unknown = await signInWith({ username: 'nobody', password: 'wrong' });
    assert.equal(wrong.status, 401);
    assert.deepEqual(wrong.json, unknown.json);
    assert.equal(unknown.status, 401);
    assert.deepEqual(wrong.cookies, []);
  });

  it('signs out for good: the old cookie is worth nothing', async () => {
    const cookie = await door.signIn('dispatcher');
    const out = await door.send({ method: 'DELETE', path: '/api/session', cookie });
    assert.equal(out.status, 200);
    assert.deepEqual(out.cookies, [`${SESSION_COOKIE}=`]);
    assert.equal((await me(cookie)).status, 401);
  });

  it('ends the session a browser had when it signs in anew', async () => {
    const first = await door.signIn('dispatcher');
    const second = await signInWith({ username: 'dispatcher', password: password() }, { cookie: first });
    assert.equal((await me(first)).status, 401);
    assert.equal((await me(second.cookies.join('; '))).status, 200);
  });

  it('makes guessing wait longer each time, and says how long', async () => {
    for (let wrong = 0; wrong < 5; wrong++) {
      assert.equal((await signInWith({ username: 'dispatcher', password: 'x' })).status, 401);
    }
    const refused = await signInWith({ username: 'dispatcher', password: password() });
    assert.equal(refused.status, 429);
    assert.equal(refused.code, 'too-many');
    assert.equal(refused.headers['retry-after'], '1');
    door.clock.advance(1001);
    assert.equal((await signInWith({ username: 'dispatcher', password: 'x' })).status, 401);
    assert.equal((await signInWith({ username: 'dispatcher', password: 'x' })).headers['retry-after'], '2');
    door.clock.advance(2001);
    assert.equal((await signInWith({ username: 'dispatcher', password: password() })).status, 200);
  });

  it('lets whoever must change the password do nothing else first', async () => {
    const { organisations, persons } = door.people;
    const { organisationId } = await organisations.add({ name: 'New', kind: 'hospital' });
    const person = { username: 'new', name: 'New', organisationId, roles: ['admin' as const] };
    await persons.add({ ...person, password: 'first-password', mustChangePassword: true });
    const cookie = (await signInWith({ username: 'new', password: 'first-password' })).cookies.join('; ');
    const people = () => door.send({ path: '/api/people', cookie });
    assert.deepEqual([(await people()).status, (await people()).code], [403, 'forbidden']);
    const change = (body: unknown) => door.send({ method: 'POST', path: '/api/me/password', cookie, body });
    assert.equal((await change({ current: 'wrong-password', next: 'second-password' })).status, 403);
    assert.equal((await change({ current: 'first-password', next: 'short' })).status, 400);
    assert.equal((await change({ current: 'first-password', next: 'first-password' })).status, 400);
    assert.equal((await change({ current: 'first-password', next: 'second-password' })).status, 200);
    assert.equal((await people()).status, 200);
    assert.equal((await signInWith({ username: 'new', password: 'first-password' })).status, 401);
  });

  it('ends the other sessions of a person whose password changed', async () => {
    const [one, two] = [await door.signIn('doctor'), await door.signIn('doctor')];
    const body = { current: password(), next: 'a-new-password' };
    assert.equal(
      (await door.send({ method: 'POST', path: '/api/me/password', cookie: one, body })).status,
      200,
    );
    assert.deepEqual([(await me(one)).status, (await me(two)).status], [200, 401]);
  });

  it('enrols a device by its code once, and signs it in again without a password', async () => {
    const code = door.demo.units[0]?.enrolment.code ?? '';
    const body = {
      code: `${code.slice(0, 2).toLowerCase()} ${code.slice(2, 5)}-${code.slice(5)}`,
      name: 'Tablet',
    };
    const enrol = () => door.send({ method: 'POST', path: '/api/units/enrol', body });
    const enrolled = await enrol();
    assert.equal(enrolled.status, 200);
    assert.equal((await enrol()).status, 401);
    const device = enrolled.cookies.find((cookie) => cookie.startsWith(DEVICE_COOKIE)) ?? '';
    const known = await me(device);
    assert.deepEqual(
      [known.status, known.json],
      [401, { code: 'unauthenticated', message: 'Sign in first.', details: { device: true } }],
    );
    const again = await door.send({ method: 'POST', path: '/api/units/session', cookie: device });
    assert.equal(again.status, 200);
    assert.deepEqual(again.json, enrolled.json);
    const answered = await me(again.cookies.join('; '));
    assert.deepEqual(answered.json, enrolled.json);
  });

  it('refuses a device without a credential or with a foreign one', async () => {
    const session = (cookie: string) => door.send({ method: 'POST', path: '/api/units/session', cookie });
    assert.equal((await session('')).status, 401);
    assert.equal((await session(`${DEVICE_COOKIE}=0190.abc`)).status, 401);
  });
});
