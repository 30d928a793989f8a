import assert from 'node:assert/strict';
import { openTestDoor, type TestDoor } from './testing/door.ts';

describe('administration over HTTP', () => {
  let door: TestDoor;
  let cookie: string;
  beforeEach(async () => {
    door = await openTestDoor();
    cookie = await door.signIn('admin');
  });
  afterEach(() => door.close());

  const send = (method: string, path: string, body?: unknown) => door.send({ method, path, body, cookie });
  const field = (json: unknown, name: string): string => {
    assert.ok(typeof json === 'object' && json !== null);
    const value = Object.entries(json).find(([key]) => key === name)?.[1];
    assert.ok(typeof value === 'string', name);
    return value;
  };

  it('adds an organisation and a person who signs in and must change the password', async () => {
    const organisation = await send('POST', '/api/organisations', { name: ' Clinic ', kind: 'hospital' });
    const organisationId = field(organisation.json, 'organisationId');
    assert.equal(field(organisation.json, 'name'), 'Clinic');
    const person = {
      username: 'Li.Na',
      name: 'Li Na',
      organisationId,
      roles: ['specialist'],
      password: 'a first password',
    };
    const added = await send('POST', '/api/people', person);
    assert.equal(added.status, 200);
    assert.ok(!added.text.includes('first password') && !added.text.includes('argon2'));
    assert.equal((await send('POST', '/api/people', person)).status, 409);
    const { username, password } = person;
    const signedIn = await door.send({ method: 'POST', path: '/api/session', body: { username, password } });
    assert.equal(signedIn.status, 200);
    assert.match(signedIn.text, /"mustChangePassword":true/);
    const list = await send('GET', '/api/people');
    assert.match(list.text, /"username":"li.na"/);
    assert.ok(!list.text.includes('argon2'));
  });

  it('changes roles in a running session at once, and ends it by disabling', async () => {
    const observer = await door.signIn('observer');
    const id = door.demo.people.find(({ username }) => username === 'observer')?.principalId;
    assert.equal((await send('PATCH', `/api/people/${id}`, { roles: ['specialist'] })).status, 200);
    assert.match((await door.send({ path: '/api/me', cookie: observer })).text, /"roles":\["specialist"\]/);
    assert.equal((await send('PATCH', `/api/people/${id}`, { disabled: true })).status, 200);
    assert.equal((await door.send({ path: '/api/me', cookie: observer })).status, 401);
  });

  it('does not let the last admin give up the role', async () => {
    const id = door.demo.people.find(({ username }) => username === 'admin')?.principalId;
    const answer = await send('PATCH', `/api/people/${id}`, { roles: ['dispatcher'] });
    assert.deepEqual([answer.status, answer.code], [409, 'conflict']);
  });

  it('adds a unit, enrols a device and revokes it', async () => {
    const unit = await send('POST', '/api/units', {
      name: 'A 7',
      organisationId: door.demo.organisations.operator,
    });
    const unitId = field(unit.json, 'unitId');
    const code = field(
      (await send('POST', `/api/units/${unitId}/enrolment`, { role: 'wearer' })).json,
      'code',
    );
    const body = { code, name: 'Glasses' };
    const enrolled = await door.send({ method: 'POST', path: '/api/units/enrol', body });
    assert.match(enrolled.text, /"roles":\["wearer"\]/);
    const devices = await send('GET', `/api/units/${unitId}/devices`);
    assert.match(devices.text, /"label":"Glasses"/);
    const deviceId = field(enrolled.json, 'principalId');
    assert.equal((await send('DELETE', `/api/devices/${deviceId}`)).status, 200);
    const device = enrolled.cookies.join('; ');
    assert.equal((await door.send({ path: '/api/me', cookie: device })).status, 401);
    assert.equal(
      (await door.send({ method: 'POST', path: '/api/units/session', cookie: device })).status,
      401,
    );
  });

  it('lets a tablet of the crew bring glasses into its own unit, by digits, and nobody else', async () => {
    const add = async (name: string) => {
      const organisationId = door.demo.organisations.operator;
      return field((await send('POST', '/api/units', { name, organisationId })).json, 'unitId');
    };
    const [unitId, otherId] = [await add('A 8'), await add('A 9')];
    const join = async (code: string, name: string) =>
      door.send({ method: 'POST', path: '/api/units/enrol', body: { code, name } });
    const code = field((await send('POST', `/api/units/${unitId}/enrolment`, { role: 'crew' })).json, 'code');
    const tablet = (await join(code, 'Tablet')).cookies.join('; ');
    const bring = (unit: string, by: string) =>
      door.send({ method: 'POST', path: `/api/units/${unit}/glasses`, body: {}, cookie: by });
    const digits = field((await bring(unitId, tablet)).json, 'code');
    assert.match(digits, /^\d{6}$/);
    const worn = await join(digits, 'Glasses');
    assert.match(worn.text, /"roles":\["wearer"\]/);
    assert.equal((await bring(unitId, worn.cookies.join('; '))).status, 403);
    assert.equal((await bring(otherId, tablet)).status, 403);
    assert.equal((await bring(unitId, await door.signIn('observer'))).status, 403);
    assert.equal((await bring(otherId, cookie)).status, 200);
    const [newest] = await door.people.audit.list({ limit: 1 });
    assert.deepEqual([newest?.action, newest?.details], ['unit.invite-glasses', `{"unitId":"${otherId}"}`]);
  });

  it('writes each change down with who made it, and what kind, without names', async () => {
    await send('POST', '/api/organisations', { name: 'Geheim', kind: 'partner' });
    const [newest] = await door.people.audit.list({ limit: 1 });
    assert.equal(newest?.action, 'organisation.add');
    assert.equal(newest?.details, '{"kind":"partner"}');
    assert.equal(
      newest?.principalId,
      door.demo.people.find(({ username }) => username === 'admin')?.principalId,
    );
  });
});
