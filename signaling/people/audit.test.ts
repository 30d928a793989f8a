import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import type { PeopleTables } from './tables.ts';
import { onBothEngines } from './testing/engines.ts';

onBothEngines('the audit', (bench) => {
  const write = (action: string) =>
    bench().people.audit.write({ action, allowed: true, principalId: 'p1', roomId: 'r1', details: { n: 1 } });
  const rows = () => bench().first.database.withTables<PeopleTables>().query;

  it('chains its rows, and finds the chain whole', async () => {
    assert.deepEqual(await bench().people.audit.check(), { ok: true, rows: 0, head: '0'.repeat(64) });
    for (const action of ['a', 'b', 'c']) await write(action);
    const { hash, seq } = await bench().people.audit.head();
    assert.deepEqual([seq, await bench().people.audit.check()], [3, { ok: true, rows: 3, head: hash }]);
    const [newest] = await bench().people.audit.list({ limit: 1 });
    assert.deepEqual([newest?.action, newest?.details, newest?.roomId], ['c', '{"n":1}', 'r1']);
    assert.deepEqual(
      (await bench().people.audit.list({ before: 3, limit: 9 })).map(({ seq: n }) => n),
      [2, 1],
    );
  });

  it('keeps one chain when two processes write at once', async () => {
    const other = await bench().another();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? bench() : other).people.audit.write({
          action: `a${index}`,
          allowed: false,
          principalId: 'p1',
        }),
      ),
    );
    assert.equal((await other.people.audit.check()).ok, true);
    assert.equal((await other.people.audit.head()).seq, 20);
  });

  const tampered: Record<string, () => Promise<unknown>> = {
    'a changed decision': () =>
      rows().updateTable('people_audit').set({ allowed: 0 }).where('seq', '=', 2).execute(),
    'a changed moment': () =>
      rows().updateTable('people_audit').set({ utc: 1 }).where('seq', '=', 2).execute(),
    'changed details': () =>
      rows().updateTable('people_audit').set({ details: '{"n":2}' }).where('seq', '=', 2).execute(),
    'a removed row': () => rows().deleteFrom('people_audit').where('seq', '=', 2).execute(),
    'a row put elsewhere': async () => {
      await rows().updateTable('people_audit').set({ seq: 9 }).where('seq', '=', 2).execute();
      await rows().updateTable('people_audit').set({ seq: 2 }).where('seq', '=', 3).execute();
    },
  };
  for (const [what, tamper] of Object.entries(tampered)) {
    it(`names the row where the chain breaks: ${what}`, async () => {
      for (const action of ['a', 'b', 'c', 'd']) await write(action);
      await tamper();
      assert.deepEqual(await bench().people.audit.check(), { ok: false, brokenAt: 2 });
    });
  }

  it('takes ids and codes, and no words', async () => {
    const { audit } = bench().people;
    const record = { action: 'x', allowed: true, principalId: 'p1' };
    const wordy: Record<string, string>[] = [{ name: 'Wang Fang' }, { text: '心梗' }, { empty: '' }];
    for (const details of wordy) {
      await assert.rejects(audit.write({ ...record, details }), (error) =>
        isAppError(error, 'audit-not-codes'),
      );
    }
    await audit.write({
      ...record,
      details: { address: '2001:db8:0:1::/64', code: 'too-many', n: 2, ok: false },
    });
    await audit.write({ ...record, details: { address: '::1' } });
  });
});
