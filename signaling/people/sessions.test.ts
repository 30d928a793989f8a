import assert from 'node:assert/strict';
import { newSecret } from '../../platform/ids.ts';
import { onBothEngines } from './testing/engines.ts';
import type { Principal } from './types.ts';

const HOUR = 3_600_000;

onBothEngines('sessions', (bench) => {
  let principal: Principal;
  beforeEach(async () => {
    const { people } = bench();
    const { organisationId } = await people.organisations.add({ name: 'Hospital', kind: 'hospital' });
    const { principalId } = await people.persons.add({
      username: 'a',
      name: 'A',
      organisationId,
      roles: ['specialist'],
      password: 'long enough',
      mustChangePassword: false,
    });
    const found = await people.directory.principal(principalId);
    assert.ok(found);
    principal = found;
  });
  const begin = () => bench().people.sessions.begin(principal);

  it('are found by their secret alone, also by a process that never saw them', async () => {
    const { session, secret } = await begin();
    const other = await bench().another();
    assert.equal(other.people.sessions.isLive(session.sid), false);
    const found = await other.people.sessions.find(secret);
    assert.deepEqual(found?.principal, principal);
    assert.equal(other.people.sessions.isLive(session.sid), true);
    assert.equal(await bench().people.sessions.find(newSecret(256)), undefined);
    assert.equal(await bench().people.sessions.find(session.sid), undefined);
  });

  it('keep no secret in the database', async () => {
    const { secret } = await begin();
    const rows = await bench()
      .first.database.query.$extendTables<{ people_sessions: Record<string, unknown> }>()
      .selectFrom('people_sessions')
      .selectAll()
      .execute();
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(secret));
  });

  it('end after 12 hours without use, and say so', async () => {
    const { people, clock } = bench();
    const { session, secret } = await begin();
    const ended: string[] = [];
    people.sessions.onEnded((sid, reason) => ended.push(`${sid} ${reason}`));
    clock.advance(11 * HOUR);
    assert.ok(await people.sessions.find(secret));
    clock.advance(11 * HOUR);
    await people.sessions.sweep();
    assert.equal(people.sessions.isLive(session.sid), true);
    clock.advance(HOUR);
    assert.equal(people.sessions.isLive(session.sid), false);
    assert.equal(await people.sessions.find(secret), undefined);
    await people.sessions.sweep();
    assert.deepEqual(ended, [`${session.sid} expired`]);
  });

  it('do not end because the clock of the machine is set, and idle no longer than before after that', async () => {
    const { people, clock } = bench();
    const { session, secret } = await begin();
    const ended: string[] = [];
    people.sessions.onEnded((sid, reason) => ended.push(`${sid} ${reason}`));
    clock.setNow(clock.now() + 400 * 24 * HOUR);
    assert.equal(people.sessions.isLive(session.sid), true);
    await people.sessions.sweep();
    const other = await bench().another();
    assert.ok(await other.people.sessions.find(secret), 'the new end is written for others');
    clock.setNow(clock.now() - 800 * 24 * HOUR);
    assert.equal(people.sessions.isLive(session.sid), true);
    assert.deepEqual(ended, []);
    clock.advance(13 * HOUR);
    assert.equal(people.sessions.isLive(session.sid), false);
  });

  it('never end while a socket in a room keeps touching them, in whichever process that is', async () => {
    const { people, clock, another } = bench();
    const { session, secret } = await begin();
    const other = await another();
    await other.people.sessions.find(secret);
    for (let minute = 0; minute < 60 * 24; minute += 30) {
      clock.advance(HOUR / 2);
      other.people.sessions.touch(session.sid);
      await other.people.sessions.sweep();
      await people.sessions.sweep();
      assert.equal(other.people.sessions.isLive(session.sid), true);
      assert.equal(people.sessions.isLive(session.sid), true);
    }
  });

  it('end here at once and elsewhere after the next look when they are signed out', async () => {
    const { people, another } = bench();
    const { session, secret } = await begin();
    const other = await another();
    await other.people.sessions.find(secret);
    const ended: string[] = [];
    other.people.sessions.onEnded((_, reason) => ended.push(reason));
    await people.sessions.end(session.sid, 'signed-out');
    await people.sessions.end(session.sid, 'revoked');
    assert.equal(people.sessions.isLive(session.sid), false);
    assert.equal(other.people.sessions.isLive(session.sid), true);
    await other.people.changes.catchUp();
    assert.equal(other.people.sessions.isLive(session.sid), false);
    assert.deepEqual(ended, ['signed-out']);
    assert.equal(await other.people.sessions.find(secret), undefined);
  });

  it('are looked after by themselves within two seconds', async function () {
    this.timeout(10_000);
    const { people, another } = bench();
    const { session, secret } = await begin();
    const other = await another({ pollMs: 100 });
    await other.people.sessions.find(secret);
    const ended = new Promise<string>((resolve) => other.people.sessions.onEnded((sid) => resolve(sid)));
    await people.persons.change(principal.principalId, { disabled: true });
    assert.equal(await ended, session.sid);
  });

  it('show new roles and a new organisation at once, here and elsewhere', async () => {
    const { people, another } = bench();
    const { session, secret } = await begin();
    const other = await another();
    await other.people.sessions.find(secret);
    const centre = await people.organisations.add({ name: 'Centre', kind: 'centre' });
    await people.persons.change(principal.principalId, {
      roles: ['coordinator', 'coordinator'],
      organisationId: centre.organisationId,
    });
    await other.people.changes.catchUp();
    for (const { sessions } of [people, other.people]) {
      const now = sessions.current(session.sid)?.principal;
      assert.deepEqual([now?.roles, now?.organisationKind], [['coordinator'], 'centre']);
    }
  });

  it('end when the organisation is disabled, and cannot begin again from the cookie', async () => {
    const { people } = bench();
    const { session, secret } = await begin();
    await people.organisations.change(principal.organisationId, { disabled: true });
    assert.equal(people.sessions.isLive(session.sid), false);
    assert.equal(await people.sessions.find(secret), undefined);
  });

  it('know of units that were added to the organisation since', async () => {
    const { people } = bench();
    const { session } = await begin();
    const { unitId } = await people.units.add({ name: 'A1', organisationId: principal.organisationId });
    assert.deepEqual(people.sessions.current(session.sid)?.principal.operatesUnits, [unitId]);
  });

  it('end and change also for a process that slept so long that the changes were forgotten', async () => {
    const { people, clock, another } = bench();
    const [kept, ended] = [await begin(), await begin()];
    const other = await another();
    for (const { secret } of [kept, ended]) await other.people.sessions.find(secret);
    await people.sessions.end(ended.session.sid, 'signed-out');
    await people.persons.change(principal.principalId, { roles: ['observer'] });
    clock.advance(2 * HOUR);
    await people.organisations.add({ name: 'Other', kind: 'hospital' });
    await people.keys.rotate();
    await other.people.changes.catchUp();
    const { sessions } = other.people;
    assert.deepEqual([sessions.isLive(kept.session.sid), sessions.isLive(ended.session.sid)], [true, false]);
    assert.deepEqual(sessions.current(kept.session.sid)?.principal.roles, ['observer']);
  });

  it('survive a restart with the use that was last made of them', async () => {
    const { people, clock, another } = bench();
    const { secret } = await begin();
    clock.advance(10 * HOUR);
    await people.sessions.find(secret);
    await people.close();
    clock.advance(10 * HOUR);
    const restarted = await another();
    assert.ok(await restarted.people.sessions.find(secret));
  });
});
