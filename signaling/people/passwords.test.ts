import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { Passwords } from './passwords.ts';

const cheap = { cost: { memoryKiB: 8, passes: 1, log2N: 4 } };

describe('passwords', () => {
  for (const algorithm of ['argon2id', 'scrypt'] as const) {
    it(`knows the right one and refuses others, by ${algorithm}`, async () => {
      const passwords = new Passwords({ ...cheap, algorithm });
      const stored = await passwords.hash('correct horse');
      assert.ok(stored.startsWith(`$${algorithm}$`));
      assert.ok(!stored.includes('horse'));
      assert.deepEqual(await passwords.verify('correct horse', stored), { ok: true, outdated: false });
      assert.deepEqual(await passwords.verify('correct horsE', stored), { ok: false, outdated: false });
      assert.notEqual(await passwords.hash('correct horse'), stored);
    });
  }

  it('uses a memory-hard hash with 64 MiB unless told', async () => {
    assert.match(await new Passwords().hash('x'), /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  });

  it('still knows a hash made with older parameters or the other function, and asks to replace it', async () => {
    const old = await new Passwords({ ...cheap, algorithm: 'scrypt' }).hash('secret word');
    const weaker = await new Passwords(cheap).hash('secret word');
    const today = new Passwords({ cost: { memoryKiB: 16, passes: 1 } });
    for (const stored of [old, weaker]) {
      assert.deepEqual(await today.verify('secret word', stored), { ok: true, outdated: true });
    }
  });

  it('takes the same password in another Unicode spelling', async () => {
    const passwords = new Passwords(cheap);
    const stored = await passwords.hash('p\u00e4ssword');
    assert.equal((await passwords.verify('pa\u0308ssword', stored)).ok, true);
  });

  it('says no without a stored hash, whatever is typed', async () => {
    const passwords = new Passwords(cheap);
    assert.equal((await passwords.verify('', undefined)).ok, false);
    assert.equal((await passwords.verify('x', undefined)).ok, false);
  });

  it('hashes also for a name that nobody has, in the same line as for others', async () => {
    const passwords = new Passwords(cheap);
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, () => passwords.verify('x', undefined)),
    );
    assert.equal(results.filter((result) => result.status === 'rejected').length, 8);
  });

  it('works on two at once, keeps fifty in line and refuses the rest', async () => {
    const passwords = new Passwords(cheap);
    const stored = await passwords.hash('x');
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.verify('x', stored)));
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 8);
    assert.ok(refused.every(({ reason }) => isAppError(reason, 'too-many')));
    assert.equal((await passwords.verify('x', stored)).ok, true);
  });
});
