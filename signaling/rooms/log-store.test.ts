import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { ManualClock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { type Database, openDatabase } from '../../platform/sql/database.ts';
import type { SealedEntry } from './log-store.ts';
import { SqlLogStore } from './sql-log-store.ts';
import { facts, TestChain } from './testing/entries.ts';
import { postgresDatabases, sqliteDatabases, TEST_MASTER_KEY, type TestDatabases } from './testing/stores.ts';
import { verifyChain } from './verify-chain.ts';

const LEASE_MS = 1000;
const code = (expected: string) => (error: unknown) => isAppError(error, expected);
const plain = (entries: readonly SealedEntry[]) =>
  entries.map((entry) => ({ ...entry, body: Buffer.from(entry.body).toString('hex') }));

/** What both stores must do alike; A and B are two processes on one database. */
function contract(name: string, start: () => Promise<TestDatabases | undefined>): void {
  describe(`Log store over ${name}`, function () {
    this.timeout(60_000);
    let databases: TestDatabases | undefined;
    let open: Database[];
    let a: SqlLogStore;
    let b: SqlLogStore;
    let chain: TestChain;
    const clock = new ManualClock();
    before(async function () {
      databases = await start();
      if (!databases) this.skip();
    });
    after(() => databases?.close());
    beforeEach(async () => {
      const url = await databases?.fresh();
      assert.ok(url);
      open = [await openDatabase(url), await openDatabase(url)];
      [a, b] = await Promise.all([openStore(0), openStore(1)]);
      chain = new TestChain('room-1');
      await a.create(chain.row('create-1'), 'A', LEASE_MS, chain.next(2));
    });
    afterEach(() => Promise.all(open.map((database) => database.close())));

    async function openStore(index: number): Promise<SqlLogStore> {
      const database = open[index];
      assert.ok(database);
      return SqlLogStore.open(database, clock);
    }
    const first = { ownerId: 'A', epoch: 1 };

    it('keeps entries as they were sealed and reads them in pages', async () => {
      const more = chain.next(5, 'c-1');
      await a.append('room-1', first, more, facts);
      assert.deepEqual(plain(await b.read('room-1', 3, 3)), plain(more.slice(0, 3)));
      assert.deepEqual(plain(await b.read('room-1', 6, 100)), plain(more.slice(3)));
      assert.equal((await b.head('room-1'))?.seq, 7);
      assert.equal((await b.head('room-1'))?.hash, more.at(-1)?.hash);
    });

    it('makes one room of a create that is repeated, also by two processes at once', async () => {
      const others = ['room-2', 'room-3'].map((id) => new TestChain(id));
      const made = await Promise.all(
        others.map((other, index) =>
          [a, b][index]?.create(other.row('create-2'), 'A', LEASE_MS, other.next(1)),
        ),
      );
      assert.equal(made[0], made[1]);
      assert.equal((await a.openRooms()).length, 2);
    });

    it('refuses a commit behind another head, and writes none of it', async () => {
      const [, second] = chain.next(2);
      assert.ok(second);
      await assert.rejects(a.append('room-1', first, [second], facts), code('conflict'));
      assert.equal((await a.read('room-1', 1, 10)).length, 2);
    });

    it('refuses the same commandId twice, and the head stays where it was', async () => {
      await a.append('room-1', first, chain.next(1, 'c-1'), facts);
      await assert.rejects(a.append('room-1', first, chain.next(1, 'c-1'), facts));
      assert.equal((await a.head('room-1'))?.seq, 3);
    });

    it('gives a running lease to nobody else and says how long to wait', async () => {
      await assert.rejects(
        b.claim('room-1', 'B', LEASE_MS),
        (error) => isAppError(error, 'not-owner') && error.details?.retryAfterMs === LEASE_MS,
      );
    });

    it('gives an expired lease away with the next epoch, and refuses the owner that slept', async () => {
      clock.advance(LEASE_MS);
      const claim = await b.claim('room-1', 'B', LEASE_MS);
      assert.deepEqual(claim.lease, { ownerId: 'B', epoch: 2 });
      assert.equal(claim.interrupted, 'A');
      await assert.rejects(a.append('room-1', first, chain.next(1), facts), code('stale-epoch'));
      assert.equal((await a.head('room-1'))?.seq, 2);
      assert.deepEqual([...(await a.renew('A', ['room-1'], LEASE_MS))], []);
    });

    it('remembers a lost owner until an entry of a later one is written, whoever claims in between', async () => {
      clock.advance(LEASE_MS);
      const claim = await b.claim('room-1', 'B', LEASE_MS);
      assert.equal((await b.claim('room-1', 'B', LEASE_MS)).interrupted, 'A');
      await b.release('room-1', { ...claim.lease, epoch: 3 });
      const again = await a.claim('room-1', 'C', LEASE_MS);
      assert.equal(again.interrupted, 'A');
      await a.append('room-1', again.lease, chain.next(1, undefined, 4), facts);
      await a.release('room-1', again.lease);
      assert.equal((await a.claim('room-1', 'D', LEASE_MS)).interrupted, undefined);
    });

    it('lets exactly one of two processes win an expired lease', async () => {
      clock.advance(LEASE_MS);
      const outcomes = await Promise.allSettled([
        a.claim('room-1', 'C', LEASE_MS),
        b.claim('room-1', 'D', LEASE_MS),
      ]);
      assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
      assert.equal((await a.head('room-1'))?.epoch, 2);
    });

    it('gives a released room away at once, and names nobody as lost', async () => {
      await a.release('room-1', first);
      const claim = await b.claim('room-1', 'B', LEASE_MS);
      assert.equal(claim.interrupted, undefined);
      await assert.rejects(a.append('room-1', first, chain.next(1), facts), code('stale-epoch'));
    });

    it('gives a room back to its own owner after a restart, without waiting', async () => {
      const claim = await a.claim('room-1', 'A', LEASE_MS);
      assert.deepEqual([claim.lease.epoch, claim.interrupted], [2, undefined]);
      await assert.rejects(a.append('room-1', first, chain.next(1), facts), code('stale-epoch'));
    });

    it('keeps a renewed lease and tells which rooms are still held', async () => {
      clock.advance(LEASE_MS - 1);
      assert.deepEqual([...(await a.renew('A', ['room-1', 'none'], LEASE_MS))], [['room-1', 1]]);
      clock.advance(LEASE_MS - 1);
      await assert.rejects(b.claim('room-1', 'B', LEASE_MS), code('not-owner'));
    });

    it('lets one of two commits through that begin at the same head', async () => {
      const one = chain.next(1);
      const outcomes = await Promise.allSettled(
        [a, b].map((store) => store.append('room-1', first, one, facts)),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      assert.equal(refused.length, 1);
      assert.ok(isAppError(refused[0]?.reason, 'conflict'));
    });

    it('lists open rooms only', async () => {
      await a.append('room-1', first, chain.next(1), { ...facts, phase: 'closed' });
      assert.deepEqual(await b.openRooms(), []);
      assert.equal((await b.head('room-1'))?.phase, 'closed');
    });

    it('says not-found for a room that is not there', async () => {
      await assert.rejects(a.claim('none', 'A', LEASE_MS), code('not-found'));
      await assert.rejects(a.wrappedKey('none'), code('not-found'));
      assert.equal(await a.head('none'), undefined);
    });

    describe('verifyChain', () => {
      beforeEach(() => a.append('room-1', first, chain.next(3, 'c-1'), facts));
      const verify = () => verifyChain(a, TEST_MASTER_KEY, 'room-1');
      const change = async (statement: ReturnType<typeof sql>) => {
        const database = open[0];
        assert.ok(database);
        await statement.execute(database.query);
      };

      it('finds an untouched log whole', async () => {
        assert.deepEqual(await verify(), { whole: true, entries: 5, words: 'checked' });
      });

      it('finds one flipped bit in the words', async () => {
        const body = Buffer.from((await a.read('room-1', 4, 1))[0]?.body ?? []);
        body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
        await change(sql`update room_entries set body = ${body} where seq = 4`);
        assert.deepEqual((await verify()).broken, { seq: 4, what: 'payload' });
      });

      it('finds a changed author, moment, audience, order or end', async () => {
        await change(sql`update room_entries set actor = 'nobody' where seq = 2`);
        assert.deepEqual((await verify()).broken, { seq: 2, what: 'hash' });
        await change(sql`update room_entries set actor = 'dispatcher' where seq = 2`);
        await change(sql`update room_entries set audience = '"nobody"' where seq = 3`);
        assert.deepEqual((await verify()).broken, { seq: 3, what: 'hash' });
        await change(sql`update room_entries set audience = '"everyone"' where seq = 3`);
        await change(sql`delete from room_entries where seq = 5`);
        assert.deepEqual((await verify()).broken, { seq: 5, what: 'head' });
        await change(sql`delete from room_entries where seq = 3`);
        assert.deepEqual((await verify()).broken, { seq: 3, what: 'order' });
      });

      it('still proves the log when the key is destroyed, and the words are gone', async () => {
        await a.destroyKey('room-1');
        assert.equal(await a.wrappedKey('room-1'), undefined);
        assert.deepEqual(await verify(), { whole: true, entries: 5, words: 'destroyed' });
        await change(sql`update room_entries set utc = utc + 1 where seq = 2`);
        assert.equal((await verify()).whole, false);
      });

      it('refuses a master key that is not the right one', async () => {
        await assert.rejects(verifyChain(a, Buffer.alloc(32), 'room-1'), code('wrong-key'));
      });
    });
  });
}

contract('SQLite', sqliteDatabases);
contract('PostgreSQL', postgresDatabases);
