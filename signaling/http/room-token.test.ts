import assert from 'node:assert/strict';
import type { RoomEvent } from '../protocol/events.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

describe('tokens for rooms', () => {
  let door: TestDoor;
  beforeEach(async () => {
    door = await openTestDoor();
    const { organisations, units } = door.demo;
    const created: RoomEvent = {
      type: 'RoomCreated',
      incidentId: 'i1',
      title: 'Chest pain',
      drill: false,
      organisations: [organisations.centre, organisations.receiving],
      unitId: units[0]?.unitId ?? '',
      createdBy: 'p0',
    };
    door.room('r1', [created]);
    door.room('closed', [created, { type: 'RoomClosed', reason: 'over', by: 'p0' }]);
  });
  afterEach(() => door.close());

  const ask = (cookie: string, roomId = 'r1', body: unknown = {}) =>
    door.send({ method: 'POST', path: `/api/rooms/${roomId}/token`, cookie, body });
  const claimsOf = async (token: unknown) => {
    assert.ok(typeof token === 'object' && token !== null && 'token' in token);
    return door.people.tokens.verify(String(token.token));
  };

  it('say who, which room, which role and which sources, for five minutes', async () => {
    const answer = await ask(await door.signIn('dispatcher'));
    assert.equal(answer.status, 200);
    const claims = await claimsOf(answer.json);
    assert.deepEqual(
      [claims.room, claims.role, claims.org, claims.name, claims.sources],
      [
        'r1',
        'dispatcher',
        door.demo.organisations.centre,
        'Dispatcher',
        ['voice', 'telephone', 'face', 'screen', 'demonstration'],
      ],
    );
    assert.equal(claims.exp * 1000, door.clock.now() + 300_000);
  });

  it('take the wanted role when the person has it, else refuse', async () => {
    const doctor = await door.signIn('doctor');
    assert.equal((await claimsOf((await ask(doctor)).json)).role, 'coordinator');
    assert.equal((await claimsOf((await ask(doctor, 'r1', { role: 'specialist' })).json)).role, 'specialist');
    for (const role of ['dispatcher', 'admin', 'crew']) {
      assert.deepEqual([(await ask(doctor, 'r1', { role })).status], [403], role);
    }
  });

  it('answer a hidden room exactly as one that does not exist', async () => {
    for (const username of ['cardiologist', 'admin', 'auditor', 'reviewer']) {
      const cookie = await door.signIn(username);
      const [hidden, missing] = [await ask(cookie), await ask(cookie, 'none')];
      assert.equal(hidden.status, 404, username);
      assert.equal(missing.text, hidden.text, username);
    }
  });

  it('ask the duty doctor of another hospital to break the glass, and nobody else', async () => {
    const answer = await ask(await door.signIn('duty-doctor'));
    assert.deepEqual([answer.status, answer.code], [403, 'forbidden']);
    assert.match(answer.text, /break-glass/);
  });

  it('are for the unit of the room and the people who operate it', async () => {
    const cookies = [];
    for (const unit of door.demo.units) {
      const body = { code: unit.enrolment.secret, name: 'Tablet' };
      const enrolled = await door.send({ method: 'POST', path: '/api/units/enrol', body });
      cookies.push(enrolled.cookies.join('; '));
    }
    const [own = '', other = ''] = cookies;
    const claims = await claimsOf((await ask(own)).json);
    assert.deepEqual([claims.role, claims.unit], ['crew', door.demo.units[0]?.unitId]);
    assert.equal((await ask(other)).status, 404);
    assert.equal((await ask(await door.signIn('paramedic'))).status, 200);
  });

  it('are for a guest of this room, by the link, once', async () => {
    const invite = {
      roomId: 'r1',
      role: 'relative' as const,
      name: 'Daughter',
      expiresAt: door.clock.now() + 60_000,
      organisationId: door.demo.organisations.centre,
      by: 'p0',
    };
    const { inviteId, url } = await door.people.invites.create(invite);
    const fact: RoomEvent = {
      type: 'InviteCreated',
      inviteId,
      role: 'relative',
      name: 'Daughter',
      expiresAt: invite.expiresAt,
      by: 'p0',
    };
    const created: RoomEvent = {
      type: 'RoomCreated',
      incidentId: 'i1',
      title: 'T',
      drill: false,
      organisations: [],
      createdBy: 'p0',
    };
    door.room('r1', [created, fact]);
    door.room('r2', [created, fact]);
    const secret = new URL(url).hash.slice(1);
    const open = () => door.send({ method: 'POST', path: '/api/invites/open', body: { secret } });
    const get = await door.send({ path: '/api/invites/open' });
    assert.equal(get.status, 405);
    const opened = await open();
    assert.equal(opened.status, 200);
    assert.deepEqual([(await open()).status, (await open()).code], [410, 'closed']);
    const cookie = opened.cookies.join('; ');
    const claims = await claimsOf((await ask(cookie)).json);
    assert.deepEqual([claims.role, claims.sources], ['relative', ['voice', 'face']]);
    // Even a room whose facts hold the same invitation is not the guest's room.
    assert.equal((await ask(cookie, 'r2')).status, 404);
    assert.equal((await door.send({ path: '/api/organisations', cookie })).status, 403);
  });

  it('are not given for a closed room', async () => {
    const answer = await ask(await door.signIn('dispatcher'), 'closed');
    assert.deepEqual([answer.status, answer.code], [410, 'closed']);
  });

  it('are audited, refusals too', async () => {
    await ask(await door.signIn('dispatcher'));
    await ask(await door.signIn('cardiologist'));
    await ask(await door.signIn('dispatcher'), 'none');
    const rows = await door.people.audit.list({ limit: 20 });
    const decisions = rows
      .filter(({ action }) => action === 'room.token')
      .map(({ allowed, roomId, details }) => [allowed, roomId, details]);
    assert.deepEqual(decisions, [
      [false, 'none', '{"why":"none"}'],
      [false, 'r1', '{"why":"none"}'],
      [true, 'r1', '{"role":"dispatcher"}'],
    ]);
    const auditor = await door.signIn('auditor');
    const read = await door.send({ path: '/api/audit?limit=2', cookie: auditor });
    assert.equal(read.status, 200);
    assert.match(read.text, /"action":"audit.read"/);
    const check = await door.send({ path: '/api/audit/check', cookie: auditor });
    assert.match(check.text, /^\{"ok":true,"rows":\d+,"head":"[0-9a-f]{64}"\}$/);
  });
});
