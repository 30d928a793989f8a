import assert from 'node:assert/strict';
import { newSecret } from '../../platform/ids.ts';
import { onBothEngines } from '../people/testing/engines.ts';
import { LinkSecrets } from './secrets.ts';
import { LinkStore } from './store.ts';
import { openLinkTables } from './tables.ts';

onBothEngines('rows of links', (bench) => {
  const link = (linkId: string, secret = newSecret(128)) => ({
    ...{ linkId, secret, roomId: 'r1', organisationId: 'o1', lifetimeMs: 60_000 },
  });
  const open = async (which = bench().first) =>
    new LinkStore(await openLinkTables(which.database), bench().clock);

  it('are found by their secret alone, which is stored nowhere', async () => {
    const store = await open();
    const secret = newSecret(128);
    await store.add(link('k1', secret));
    assert.equal((await store.bySecret(secret))?.link_id, 'k1');
    assert.equal(await store.bySecret(newSecret(128)), undefined);
    assert.doesNotMatch(JSON.stringify(await store.find('k1')), new RegExp(secret));
  });

  it('are made once, and answered as they were the first time', async () => {
    const store = await open();
    const first = await store.add(link('k1', 'a'.repeat(22)));
    bench().clock.advance(1000);
    assert.deepEqual(await store.add(link('k1', 'a'.repeat(22))), first);
    const other = await open(await bench().another());
    assert.deepEqual(await other.add(link('k1', 'a'.repeat(22))), first);
  });

  it('count misuse for all processes together', async () => {
    const [store, other] = [await open(), await open(await bench().another())];
    await store.add(link('k1'));
    const counts = await Promise.all([store, other, store, other].map((each) => each.countMisuse('k1')));
    assert.deepEqual(counts.sort(), [1, 2, 3, 4]);
    assert.equal(await store.countMisuse('none'), 0);
  });

  it('are looked at until they are settled, and removed a month later', async () => {
    const store = await open();
    await store.add(link('k1'));
    await store.add(link('k2'));
    await store.settle('k1');
    assert.deepEqual(
      (await store.unsettled()).map((row) => row.link_id),
      ['k2'],
    );
    bench().clock.advance(31 * 86_400_000);
    await store.clean();
    assert.equal(await store.find('k1'), undefined);
    assert.ok(await store.find('k2'));
  });
});

describe('secrets of links', () => {
  it('are the same for the same command, and tell nothing about any other', () => {
    const secrets = new LinkSecrets(new Uint8Array(32).fill(1));
    const one = secrets.secretFor('r1', 'p1', 'c1');
    assert.match(one, /^[A-Za-z0-9_-]{22}$/);
    assert.equal(secrets.secretFor('r1', 'p1', 'c1'), one);
    const others = [
      secrets.secretFor('r2', 'p1', 'c1'),
      secrets.secretFor('r1', 'p2', 'c1'),
      secrets.secretFor('r1', 'p1', 'c2'),
      new LinkSecrets(new Uint8Array(32).fill(2)).secretFor('r1', 'p1', 'c1'),
    ];
    assert.equal(new Set([one, ...others]).size, 5);
  });

  it('have ids that fit the contract and differ by step', () => {
    const secrets = new LinkSecrets(new Uint8Array(32));
    const ids = ['link', 'add', 'sent'].map((step) => secrets.idFor('r1', 'p1', 'c1', step));
    assert.equal(new Set(ids).size, 3);
    for (const id of ids) assert.match(id, /^k[A-Za-z0-9_-]{31}$/);
  });
});
