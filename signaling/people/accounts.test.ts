import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { onBothEngines } from './testing/engines.ts';

onBothEngines('accounts', (bench) => {
  const add = async (username: string, password = 'long enough') => {
    const { people } = bench();
    const { organisationId } = await people.organisations.add({ name: username, kind: 'hospital' });
    return people.persons.add({
      username,
      name: username,
      organisationId,
      roles: ['specialist'],
      password,
      mustChangePassword: false,
    });
  };
  const signIn = (username: string, password: string, address = '192.0.2.1') =>
    bench().people.signIn.withPassword({ username, password }, address);
  const refused = (code: string) => (error: unknown) => isAppError(error, code);
  const waitOf = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return isAppError(error, 'too-many') ? error.details?.retryAfterMs : undefined;
  };

  it('make one first admin, though two processes start at once, and nobody else', async () => {
    const other = await bench().another();
    const made = await Promise.all([bench().people, other.people].map((people) => people.ensureFirstAdmin()));
    const [admin, ...more] = made.filter((credential) => credential !== undefined);
    assert.ok(admin);
    assert.deepEqual(more, []);
    const everyone = await bench().people.persons.list();
    assert.deepEqual(
      everyone.map(({ username, roles, mustChangePassword }) => [username, roles, mustChangePassword]),
      [['admin', ['admin', 'auditor'], true]],
    );
    assert.equal((await bench().people.organisations.list()).length, 1);
    assert.match(admin.password, /^[a-z2-9]{5}(?:-[a-z2-9]{5}){3}$/);
    assert.equal((await signIn('admin', admin.password)).session.principal.mustChangePassword, true);
    assert.equal(await bench().people.ensureFirstAdmin(), undefined);
  });

  it('make the first admin also where people were added before the first start', async () => {
    await add('a');
    const { organisationId } = await bench().people.organisations.add({ name: 'Centre', kind: 'centre' });
    const admin = await bench().people.ensureFirstAdmin();
    assert.equal(admin?.username, 'admin');
    const found = await bench().people.persons.findByUsername('admin');
    assert.equal(found?.organisationId, organisationId);
  });

  it('are found by name whatever its case, and a name is taken only once', async () => {
    await add('Chen.Wei');
    assert.equal((await signIn(' chen.WEI ', 'long enough')).session.principal.name, 'Chen.Wei');
    await assert.rejects(add('CHEN.wei'), refused('conflict'));
  });

  it('take no person of an organisation that does not exist', async () => {
    const person = {
      username: 'x',
      name: 'X',
      roles: ['crew' as const],
      password: 'p',
      mustChangePassword: true,
    };
    await assert.rejects(
      bench().people.persons.add({ ...person, organisationId: 'none' }),
      refused('not-found'),
    );
  });

  it('answer a disabled person as they answer a wrong password', async () => {
    const { principalId } = await add('a');
    await bench().people.persons.change(principalId, { disabled: true });
    await assert.rejects(signIn('a', 'long enough'), refused('unauthenticated'));
    await bench().people.persons.change(principalId, { disabled: false });
    await signIn('a', 'long enough');
  });

  it('always keep one admin', async () => {
    const { people } = bench();
    const { principalId, organisationId } = await add('a');
    await people.persons.change(principalId, { roles: ['admin'] });
    await assert.rejects(people.persons.change(principalId, { roles: ['crew'] }), refused('conflict'));
    await assert.rejects(people.persons.change(principalId, { disabled: true }), refused('conflict'));
    const second = {
      username: 'b',
      name: 'B',
      organisationId,
      roles: ['admin' as const],
      password: 'long enough',
    };
    await people.persons.add({ ...second, mustChangePassword: false });
    assert.deepEqual((await people.persons.change(principalId, { roles: ['crew'] })).roles, ['crew']);
  });

  it('wait after five wrong passwords, twice as long each time, and forget after the window', async () => {
    await add('a');
    for (let wrong = 0; wrong < 5; wrong++) {
      await assert.rejects(signIn('a', 'no'), refused('unauthenticated'));
    }
    assert.equal(await waitOf(signIn('a', 'long enough')), 1000);
    for (const wait of [1000, 2000, 4000, 8000]) {
      assert.equal(await waitOf(signIn('a', 'no')), wait);
      bench().clock.advance(wait);
      await assert.rejects(signIn('a', 'no'), refused('unauthenticated'));
    }
    bench().clock.advance(900_001);
    await assert.rejects(signIn('a', 'no'), refused('unauthenticated'));
    await signIn('a', 'long enough');
    await assert.rejects(signIn('a', 'no'), refused('unauthenticated'));
  });

  it('count tries that come at the same moment', async () => {
    await add('a');
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => signIn('a', 'no')));
    const judged = results.filter(
      (result) => result.status === 'rejected' && isAppError(result.reason, 'unauthenticated'),
    );
    assert.ok(judged.length <= 7, `${judged.length} of 20 were judged`);
  });

  it('are not locked for their owner by a stranger at another address', async () => {
    await add('a');
    await signIn('a', 'long enough', '198.51.100.7');
    for (let stranger = 0; stranger < 120; stranger++) {
      await assert.rejects(signIn('a', 'no', `203.0.113.${stranger}`));
    }
    assert.equal(typeof (await waitOf(signIn('a', 'no', '203.0.113.200'))), 'number');
    await signIn('a', 'long enough', '198.51.100.7');
  });

  it('make an address wait that tries many names, but not the others behind it too soon', async () => {
    await add('a');
    for (let name = 0; name < 49; name++)
      await assert.rejects(signIn(`nobody${name}`, 'no'), refused('unauthenticated'));
    await signIn('a', 'long enough');
    await assert.rejects(signIn('nobody50', 'no'), refused('unauthenticated'));
    assert.equal(typeof (await waitOf(signIn('a', 'long enough'))), 'number');
    await signIn('a', 'long enough', '192.0.2.2');
  });

  it('replace a hash of older parameters at the next sign-in', async () => {
    await add('a');
    const stronger = await bench().another({ passwords: { cost: { memoryKiB: 16, passes: 1 } } });
    const hashes = async () =>
      (
        await bench()
          .first.database.query.$extendTables<{ people_persons: { password: string } }>()
          .selectFrom('people_persons')
          .select('password')
          .execute()
      ).map(({ password }) => password.split('$').slice(1, 4).join('$'));
    assert.deepEqual(await hashes(), ['argon2id$v=19$m=8,t=1,p=1']);
    await stronger.people.signIn.withPassword({ username: 'a', password: 'long enough' }, '192.0.2.1');
    assert.deepEqual(await hashes(), ['argon2id$v=19$m=16,t=1,p=1']);
    await stronger.people.signIn.withPassword({ username: 'a', password: 'long enough' }, '192.0.2.1');
  });

  it('are audited at each try, without the name that was typed', async () => {
    const { principalId } = await add('a');
    await assert.rejects(signIn('my-password-by-mistake', 'x'));
    await assert.rejects(signIn('a', 'x'));
    await signIn('a', 'long enough');
    const rows = await bench().people.audit.list({ limit: 10 });
    assert.deepEqual(
      rows.map(({ action, allowed, principalId: who }) => [action, allowed, who]),
      [
        ['sign-in', true, principalId],
        ['sign-in', false, principalId],
        ['sign-in', false, 'unknown'],
      ],
    );
    assert.ok(!JSON.stringify(rows).includes('mistake'));
  });
});
