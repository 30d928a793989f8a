import assert from 'node:assert/strict';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { ManualClock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { SpillFolder } from './spill.ts';
import { bystander, crew, dispatcher, doctor, incident, join } from './testing/people.ts';
import { TEST_LEASE_MS, TestProcess } from './testing/process.ts';
import { sqliteDatabases, TEST_MASTER_KEY, type TestDatabases } from './testing/stores.ts';
import type { RoomAddress } from './types.ts';
import { verifyChain } from './verify-chain.ts';

describe('A room while the store is away', () => {
  let databases: TestDatabases;
  let a: TestProcess;
  let b: TestProcess;
  let room: RoomAddress;
  let clock: ManualClock;
  before(async () => {
    databases = await sqliteDatabases();
  });
  after(() => databases.close());
  beforeEach(async () => {
    clock = new ManualClock();
    const url = await databases.fresh();
    a = await TestProcess.start(url, await databases.folder(), clock);
    b = await TestProcess.start(url, await databases.folder(), clock);
    room = await a.rooms.create(incident, dispatcher);
    await join(room, crew, doctor, dispatcher, bystander);
  });
  afterEach(async () => {
    await a.close();
    await b.close();
  });

  const add = (commandId: string, address = room) => address.execute('patient.add', {}, doctor, commandId);
  const spills = async (process: TestProcess) =>
    (await readdir(process.folder)).filter((name) => name.endsWith('.spill'));
  const aside = (process: TestProcess) => readdir(joinPath(process.folder, 'aside'));
  const verified = async () => (await verifyChain(a.store, TEST_MASTER_KEY, room.roomId)).whole;

  it('goes on, tells its readers, answers repeats, and writes everything back in order', async () => {
    const seqs: number[] = [];
    const { snapshot, unsubscribe } = await room.subscribe(doctor, undefined, (entry) =>
      seqs.push(entry.seq),
    );
    const head = snapshot?.seq ?? 0;
    a.store.away = true;
    const answers = [await add('c-1'), await add('c-2'), await add('c-3')];
    assert.deepEqual(await add('c-2'), answers[1]);
    await new Promise((resolve) => setImmediate(resolve));
    unsubscribe();
    assert.deepEqual(seqs, [head + 1, head + 2, head + 3]);
    assert.equal((await spills(a)).length, 1);
    a.store.away = false;
    await a.rooms.tend();
    assert.equal((await a.store.head(room.roomId))?.seq, head + 3);
    assert.deepEqual(await spills(a), []);
    assert.deepEqual(await add('c-1'), answers[0]);
    assert.ok(await verified());
  });

  it('begins no new room, and says why', async () => {
    a.store.away = true;
    const beginning = a.rooms.create(incident, dispatcher, 'create-9');
    await assert.rejects(beginning, (error) => isAppError(error, 'store-unavailable'));
  });

  it('makes only one room of a process wait for a store that hangs', async () => {
    const other = await a.rooms.create({ ...incident, incidentId: 'incident-2' }, dispatcher);
    a.store.faults = ['late', 'late', 'late', 'late'];
    await add('c-1');
    const { appends } = a.store;
    await add('c-1', other);
    assert.equal(a.store.appends, appends);
    a.store.faults = [];
    await a.rooms.tend();
    await add('c-2', other);
    assert.ok(a.store.appends > appends);
    for (const { roomId } of [room, other]) {
      assert.equal((await a.store.head(roomId))?.seq, (await a.rooms.at(roomId).state()).seq);
    }
    await a.store.releaseLate();
  });

  it('keeps words out of the spill file', async () => {
    a.store.away = true;
    await room.execute('chat.send', { text: 'poor prognosis', patientId: 'scene', to: 'clinical' }, doctor);
    const [name] = await spills(a);
    assert.ok(name);
    assert.ok(!(await readFile(joinPath(a.folder, name), 'utf8')).includes('prognosis'));
  });

  it('writes the spill back first when the process was killed and starts again', async () => {
    a.store.away = true;
    const answers = [await add('c-1'), await add('c-2')];
    await a.restart();
    room = a.rooms.at(room.roomId);
    assert.deepEqual([await add('c-1'), await add('c-2')], answers);
    assert.deepEqual((await room.state()).missingTails, []);
    assert.deepEqual([await spills(a), await aside(a)], [[], []]);
    assert.ok(await verified());
  });

  it('does not serve the room from a log that lacks its own spill', async () => {
    a.store.away = true;
    const answer = await add('c-1');
    await a.restart(true);
    room = a.rooms.at(room.roomId);
    await assert.rejects(room.state(), (error) => isAppError(error, 'store-unavailable'));
    a.store.away = false;
    assert.deepEqual(await add('c-1'), answer);
  });

  it('drops a line torn by a power cut, which nobody was told of', async () => {
    a.store.away = true;
    const answer = await add('c-1');
    const [name] = await spills(a);
    assert.ok(name);
    await a.crash();
    await appendFile(joinPath(a.folder, name), 'ab12 {"facts":{"inc');
    await a.restart();
    room = a.rooms.at(room.roomId);
    assert.deepEqual(await add('c-1'), answer);
    assert.deepEqual(await aside(a), []);
    assert.ok(await verified());
  });

  it('names the missing tail when another process takes over, and keeps the spill aside', async () => {
    const head = (await room.state()).seq;
    a.store.away = true;
    await add('c-1');
    await a.crash();
    clock.advance(TEST_LEASE_MS + 1);
    const there = b.rooms.at(room.roomId);
    assert.deepEqual((await there.state()).missingTails, [{ ownerId: a.rooms.ownerId, afterSeq: head }]);
    await a.restart();
    assert.deepEqual([(await spills(a)).length, (await aside(a)).length], [0, 1]);
    assert.ok(await verified());
    // A reader who folded the lost entry has numbers that mean something else now: a snapshot puts it right.
    assert.ok((await there.subscribe(doctor, head + 1, () => undefined)).snapshot);
    assert.equal((await there.subscribe(doctor, head, () => undefined)).snapshot, undefined);
  });

  it('names an owner that was lost without a release, also when it had nothing unwritten', async () => {
    await a.crash();
    clock.advance(TEST_LEASE_MS + 1);
    assert.equal((await b.rooms.at(room.roomId).state()).missingTails.length, 1);
  });

  it('names nobody after a release in good order', async () => {
    await a.rooms.close('update');
    assert.deepEqual((await b.rooms.at(room.roomId).state()).missingTails, []);
  });

  it('leaves the lease to run out when it is closed with an unwritten spill', async () => {
    a.store.away = true;
    await add('c-1');
    await a.rooms.close('update');
    await assert.rejects(b.rooms.at(room.roomId).state(), (error) => isAppError(error, 'not-owner'));
    clock.advance(TEST_LEASE_MS + 1);
    assert.equal((await b.rooms.at(room.roomId).state()).missingTails.length, 1);
  });

  for (const fault of ['before', 'after', 'late'] as const) {
    it(`writes a fact once when the connection breaks (${fault}), once or twice`, async () => {
      const head = (await room.state()).seq;
      a.store.faults = [fault];
      const first = await add('c-1');
      a.store.faults = [fault, fault];
      const second = await add('c-2');
      await a.store.releaseLate();
      await a.rooms.tend();
      assert.deepEqual([await add('c-1'), await add('c-2')], [first, second]);
      assert.equal((await a.store.head(room.roomId))?.seq, head + 2);
      assert.deepEqual(Object.keys((await room.state()).patients), ['P1', 'P2']);
      assert.deepEqual([await spills(a), await aside(a)], [[], []]);
      assert.ok(await verified());
    });
  }

  it('refuses an owner that slept beyond its lease, and lets its process come back by a new claim', async () => {
    const disowned: string[] = [];
    a.rooms.onDisowned((_, reason) => disowned.push(reason));
    clock.advance(TEST_LEASE_MS + 1);
    const there = b.rooms.at(room.roomId);
    await there.execute('patient.add', {}, doctor, 'c-b');
    await assert.rejects(room.execute('patient.add', {}, doctor), (error) =>
      isAppError(error, 'stale-epoch'),
    );
    assert.deepEqual(disowned, ['not-owner']);
    assert.deepEqual(Object.keys((await there.state()).patients), ['P1']);
    clock.advance(TEST_LEASE_MS + 1);
    assert.deepEqual(await add('c-b'), { patientId: 'P1' });
  });

  it('finds at its next renewal that it was taken over, and lets the room go', async () => {
    const disowned: string[] = [];
    a.rooms.onDisowned((roomId) => disowned.push(roomId));
    clock.advance(TEST_LEASE_MS + 1);
    await b.rooms.at(room.roomId).state();
    await a.rooms.tend();
    assert.deepEqual(disowned, [room.roomId]);
  });

  it('lists open rooms it can have, not those of a living owner', async () => {
    assert.deepEqual(
      (await a.rooms.openRooms()).map((open) => open.roomId),
      [room.roomId],
    );
    assert.deepEqual(await b.rooms.openRooms(), []);
    clock.advance(TEST_LEASE_MS + 1);
    assert.equal((await b.rooms.openRooms()).length, 1);
  });

  it('lists the rooms in hand while the store is away', async () => {
    a.store.away = true;
    assert.equal((await a.rooms.openRooms()).length, 1);
  });

  it('lets nobody else into its spill folder', async () => {
    await assert.rejects(SpillFolder.open(a.folder, 0), (error) => isAppError(error, 'spill-folder-in-use'));
  });

  it('waits for a lease that runs out, and does not wait for an owner that lives', async () => {
    await assert.rejects(b.rooms.at(room.roomId).state(), (error) => isAppError(error, 'not-owner'));
    const waiting = b.rooms.at(room.roomId).state();
    clock.advance(TEST_LEASE_MS + 1);
    assert.equal((await waiting).phase, 'open');
  });
});
