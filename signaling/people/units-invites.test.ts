import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { newSecret } from '../../platform/ids.ts';
import { onBothEngines } from './testing/engines.ts';

const refused = (code: string) => (error: unknown) => isAppError(error, code);
const MINUTE = 60_000;

onBothEngines('units and their devices', (bench) => {
  const addUnit = async (name = 'Ambulance 1') => {
    const { people } = bench();
    const { organisationId } = await people.organisations.add({ name: 'Operator', kind: 'unit-operator' });
    return people.units.add({ name, organisationId });
  };
  const enrol = (code: string) => bench().people.devices.enrol(code, 'Tablet');
  const wrongOf = (code: string) =>
    code.slice(0, 2) + String((Number(code.slice(2)) + 1) % 1_000_000).padStart(6, '0');

  it('have names that are unique however they are written', async () => {
    const unit = await addUnit();
    await assert.rejects(
      bench().people.units.add({ name: 'AMBULANCE  1', organisationId: unit.organisationId }),
      refused('conflict'),
    );
    assert.equal((await bench().people.units.findByName('ambulance1'))?.unitId, unit.unitId);
  });

  it('enrol a device by the typed code or the secret of the QR code, once', async () => {
    const { unitId } = await addUnit();
    const { devices } = bench().people;
    const typed = await devices.invite(unitId, 'crew');
    assert.match(typed.code, /^[A-Z]{2}\d{6}$/);
    const first = await enrol(` ${typed.code.toLowerCase().slice(0, 5)}-${typed.code.slice(5)}`);
    assert.deepEqual(first.session.principal.roles, ['crew']);
    assert.equal(first.session.principal.unitId, unitId);
    await assert.rejects(enrol(typed.code), refused('unauthenticated'));
    await assert.rejects(enrol(typed.secret), refused('unauthenticated'));
    const scanned = await devices.invite(unitId, 'wearer');
    assert.deepEqual((await enrol(scanned.secret)).session.principal.roles, ['wearer']);
    await assert.rejects(enrol(scanned.secret), refused('unauthenticated'));
    assert.equal((await devices.list(unitId)).length, 2);
  });

  it('let a code live for ten minutes', async () => {
    const { unitId } = await addUnit();
    const { code, secret } = await bench().people.devices.invite(unitId, 'crew');
    bench().clock.advance(10 * MINUTE);
    await assert.rejects(enrol(code), refused('unauthenticated'));
    await assert.rejects(enrol(secret), refused('unauthenticated'));
  });

  it('lock a code after five wrong tries, and no other code with it', async () => {
    const { unitId } = await addUnit();
    const { devices } = bench().people;
    const [attacked, other] = [await devices.invite(unitId, 'crew'), await devices.invite(unitId, 'crew')];
    for (let wrong = 0; wrong < 5; wrong++) {
      await assert.rejects(enrol(wrongOf(attacked.code)), refused('unauthenticated'));
    }
    await assert.rejects(enrol(attacked.code), refused('unauthenticated'));
    await enrol(other.code);
  });

  it('count every wrong try of those that come at the same moment', async () => {
    const { unitId } = await addUnit();
    const { code } = await bench().people.devices.invite(unitId, 'crew');
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => enrol(wrongOf(code))));
    assert.ok(results.every(({ status }) => status === 'rejected'));
    await assert.rejects(enrol(code), refused('unauthenticated'));
  });

  it('sign a device in again and again, each time with a new credential', async () => {
    const { unitId } = await addUnit();
    const { devices } = bench().people;
    const first = await enrol((await devices.invite(unitId, 'crew')).code);
    const second = await devices.signIn(first.credential);
    assert.notEqual(second.credential, first.credential);
    // The answer with the second one was lost: the first is still good, and is answered with the same.
    assert.equal((await devices.signIn(first.credential)).credential, second.credential);
    const third = await devices.signIn(second.credential);
    await assert.rejects(devices.signIn(first.credential), refused('unauthenticated'));
    await devices.signIn(third.credential);
  });

  it('let two windows of a device sign in at the same moment', async () => {
    const { unitId } = await addUnit();
    const { devices } = bench().people;
    const { credential } = await enrol((await devices.invite(unitId, 'crew')).code);
    const [one, two] = await Promise.all([devices.signIn(credential), devices.signIn(credential)]);
    assert.equal(one.credential, two.credential);
    await devices.signIn(one.credential);
  });

  it('refuse a credential that was changed or made up', async () => {
    const { unitId } = await addUnit();
    const { devices } = bench().people;
    const { credential } = await enrol((await devices.invite(unitId, 'crew')).code);
    const other = await enrol((await devices.invite(unitId, 'crew')).code);
    const [deviceId = '', , proof = ''] = credential.split('.');
    const [otherId = ''] = other.credential.split('.');
    const flipped = proof.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    for (const wrong of [
      '',
      'x',
      `${deviceId}.2.${proof}`,
      `${deviceId}.0.${proof}`,
      `${otherId}.1.${proof}`,
      `${deviceId}.1.${flipped}`,
      `${deviceId}.1.`,
    ]) {
      await assert.rejects(devices.signIn(wrong), refused('unauthenticated'), wrong);
    }
    await devices.signIn(credential);
  });

  it('end sessions and credential of a revoked device, and of all devices of a disabled unit', async () => {
    const { unitId } = await addUnit();
    const { devices, units, sessions } = bench().people;
    const [one, two] = [
      await enrol((await devices.invite(unitId, 'crew')).code),
      await enrol((await devices.invite(unitId, 'crew')).code),
    ];
    await devices.revoke(one.session.principal.principalId);
    assert.deepEqual([sessions.isLive(one.session.sid), sessions.isLive(two.session.sid)], [false, true]);
    await assert.rejects(devices.signIn(one.credential), refused('unauthenticated'));
    await units.change(unitId, { disabled: true });
    assert.equal(sessions.isLive(two.session.sid), false);
    await assert.rejects(devices.signIn(two.credential), refused('unauthenticated'));
    await assert.rejects(devices.invite(unitId, 'crew'), refused('not-found'));
  });

  it('remember the room a unit is on', async () => {
    const { unitId } = await addUnit();
    const { directory } = bench().people;
    assert.equal(await directory.unitRoom(unitId), undefined);
    await directory.setUnitRoom(unitId, 'r1');
    assert.equal(await directory.unitRoom(unitId), 'r1');
    await directory.setUnitRoom(unitId, undefined);
    assert.equal(await directory.unitRoom(unitId), undefined);
  });
});

onBothEngines('invitations', (bench) => {
  const invite = async (more: object = {}) => {
    const { people, clock } = bench();
    const { organisationId } = await people.organisations.add({ name: 'Centre', kind: 'centre' });
    const created = await people.invites.create({
      roomId: 'r1',
      role: 'relative',
      name: 'Daughter',
      expiresAt: clock.now() + 30 * MINUTE,
      organisationId,
      by: 'p0',
      ...more,
    });
    return { ...created, secret: new URL(created.url).hash.slice(1) };
  };
  const open = (secret: string, address = '192.0.2.1') => bench().people.invites.open(secret, address);

  it('carry 128 random bits in the fragment, and leave only their hash', async () => {
    const { url, secret } = await invite();
    assert.match(url, /^https:\/\/gh\.example\/join#[A-Za-z0-9_-]{22}$/);
    const rows = await bench()
      .first.database.query.$extendTables<{ people_invites: Record<string, unknown> }>()
      .selectFrom('people_invites')
      .selectAll()
      .execute();
    assert.ok(!JSON.stringify(rows).includes(secret));
  });

  it('make a guest of that room alone, once', async () => {
    const { inviteId, secret } = await invite();
    const { session } = await open(secret);
    const { kind, roles, roomId, name } = session.principal;
    assert.deepEqual([kind, roles, roomId, name], ['guest', ['relative'], 'r1', 'Daughter']);
    assert.equal(session.principal.inviteId, inviteId);
    await assert.rejects(open(secret), refused('closed'));
  });

  it('are opened by one of two browsers at the same moment', async () => {
    const { secret } = await invite();
    const results = await Promise.allSettled([open(secret, '192.0.2.1'), open(secret, '192.0.2.2')]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('end with their time and when they are taken back, with the guest they made', async () => {
    const late = await invite();
    bench().clock.advance(30 * MINUTE);
    await assert.rejects(open(late.secret), refused('closed'));
    const unopened = await invite();
    await bench().people.invites.revoke(unopened.inviteId);
    await assert.rejects(open(unopened.secret), refused('closed'));
    const opened = await invite();
    const { session } = await open(opened.secret);
    await bench().people.invites.revoke(opened.inviteId);
    await bench().people.invites.revoke(opened.inviteId);
    assert.equal(bench().people.sessions.isLive(session.sid), false);
  });

  it('keep a guest beyond their end only while in the room', async () => {
    const { clock, people } = bench();
    const [inRoom, idle] = [await open((await invite()).secret), await open((await invite()).secret)];
    clock.advance(25 * MINUTE);
    people.sessions.touch(inRoom.session.sid);
    await people.sessions.find(idle.secret);
    clock.advance(6 * MINUTE);
    assert.equal(people.sessions.isLive(inRoom.session.sid), true);
    assert.equal(people.sessions.isLive(idle.session.sid), false);
  });

  it('sign a guest out who is removed from the room', async () => {
    const { session, secret } = await open((await invite()).secret);
    await bench().people.tokens.revoke(session.principal.principalId, 'r1');
    assert.equal(await bench().people.sessions.find(secret), undefined);
  });

  it('carry no role that configures, treats as lead or acts as a machine, and no end in the past', async () => {
    for (const role of ['admin', 'auditor', 'service', 'coordinator', 'dispatcher', 'crew', 'reviewer']) {
      await assert.rejects(invite({ role }), refused('forbidden'));
    }
    await assert.rejects(invite({ expiresAt: bench().clock.now() }), refused('bad-request'));
  });

  it('make an address wait that guesses', async () => {
    const { secret } = await invite();
    for (let guess = 0; guess < 10; guess++) await assert.rejects(open(newSecret()), refused('closed'));
    await assert.rejects(open(secret), refused('too-many'));
    await open(secret, '192.0.2.9');
  });
});
