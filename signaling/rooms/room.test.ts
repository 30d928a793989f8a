import assert from 'node:assert/strict';
import { ManualClock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { type Database, openDatabase } from '../../platform/sql/database.ts';
import type { ReadableEntry } from '../protocol/entry.ts';
import { isHidden } from '../protocol/entry.ts';
import { evolve } from '../protocol/evolve.ts';
import { initialRoomState } from '../protocol/state.ts';
import { LocalRooms } from './rooms.ts';
import { SqlLogStore } from './sql-log-store.ts';
import { bystander, crew, dispatcher, doctor, incident, join } from './testing/people.ts';
import { quiet, sqliteDatabases, TEST_MASTER_KEY, type TestDatabases } from './testing/stores.ts';
import type { RoomAddress } from './types.ts';

describe('Room', () => {
  let databases: TestDatabases;
  let database: Database;
  let rooms: LocalRooms;
  let room: RoomAddress;
  const clock = new ManualClock();

  before(async () => {
    databases = await sqliteDatabases();
  });
  after(() => databases.close());
  beforeEach(async () => {
    database = await openDatabase(await databases.fresh());
    rooms = await openRooms(await databases.folder());
    room = await rooms.create(incident, dispatcher, 'create-1');
    await join(room, crew, doctor, dispatcher, bystander);
  });
  afterEach(async () => {
    await rooms.close('test over');
    await database.close();
  });

  async function openRooms(spillFolder: string): Promise<LocalRooms> {
    const store = await SqlLogStore.open(database, clock);
    const options = { store, masterKey: TEST_MASTER_KEY, spillFolder, clock, log: quiet, timer: false };
    return LocalRooms.open(options);
  }

  it('answers a repeated create with the room of the first', async () => {
    assert.equal((await rooms.create(incident, dispatcher, 'create-1')).roomId, room.roomId);
    assert.notEqual((await rooms.create(incident, crew, 'create-1')).roomId, room.roomId);
  });

  it('names the rooms it owns already to whoever begins to follow it', async () => {
    const owned: [string, number][] = [];
    const stop = rooms.onOwned((roomId, epoch) => owned.push([roomId, epoch]));
    assert.deepEqual(owned, [[room.roomId, 1]]);
    const second = await rooms.create(incident, crew);
    assert.deepEqual(owned.at(-1), [second.roomId, 1]);
    stop();
  });

  it('answers a repeated command from the log and writes it once', async () => {
    const send = () =>
      room.execute('chat.send', { text: 'ST elevation', patientId: 'scene', to: 'clinical' }, doctor, 'c-1');
    const first = await send();
    const { seq } = await room.state();
    assert.deepEqual(await send(), first);
    assert.equal((await room.state()).seq, seq);
  });

  it('does not tell one person what another was answered', async () => {
    await room.execute('patient.add', {}, doctor, 'c-1');
    const stolen = room.execute('patient.add', {}, bystander, 'c-1');
    await assert.rejects(stolen, (error) => isAppError(error, 'conflict'));
  });

  it('never sends the talk of those who treat to a bystander, and leaves no hole in the numbers', async () => {
    const seen: ReadableEntry[] = [];
    const start = await room.subscribe(bystander, undefined, (entry) => seen.push(entry));
    await room.execute('chat.send', { text: 'poor prognosis', patientId: 'scene', to: 'clinical' }, doctor);
    await room.execute('chat.send', { text: 'help is near', patientId: 'scene', to: 'room' }, dispatcher);
    await new Promise((resolve) => setImmediate(resolve));
    start.unsubscribe();
    assert.ok(start.snapshot);
    assert.deepEqual(
      seen.map((entry) => entry.seq),
      [start.snapshot.seq + 1, start.snapshot.seq + 2],
    );
    assert.deepEqual(seen.map(isHidden), [true, false]);
    assert.ok(!JSON.stringify([start, seen]).includes('prognosis'));
  });

  it('gives a snapshot that equals folding every readable entry, and a tail to a short gap', async () => {
    await room.execute('patient.add', { description: 'man, about 50' }, doctor);
    const all = await room.subscribe(bystander, 0, () => undefined);
    const fresh = await room.subscribe(bystander, undefined, () => undefined);
    assert.deepEqual(fresh.snapshot?.state, all.entries.reduce(evolve, initialRoomState()));
    const gap = await room.subscribe(bystander, all.entries.length - 2, () => undefined);
    assert.equal(gap.snapshot, undefined);
    assert.deepEqual(gap.entries, all.entries.slice(-2));
  });

  it('gives a snapshot to whoever missed more than 200 entries, or claims to be ahead', async () => {
    for (let n = 0; n < 205; n++) await room.execute('patient.add', {}, doctor);
    assert.ok((await room.subscribe(doctor, 1, () => undefined)).snapshot);
    assert.ok((await room.subscribe(doctor, 9999, () => undefined)).snapshot);
  });

  it('calls a listener only after whoever asked has the answer', async () => {
    const order: string[] = [];
    const writing = room.execute('patient.add', {}, doctor);
    const { unsubscribe } = await room.subscribe(doctor, undefined, () => order.push('entry'));
    order.push('answer');
    await writing;
    await new Promise((resolve) => setImmediate(resolve));
    unsubscribe();
    assert.deepEqual(order.slice(0, 1), ['answer']);
  });

  it('goes on after a restart with the same state, answers old commands, and moves room time on', async () => {
    const folder = await databases.folder();
    const sent = await room.execute('patient.add', {}, doctor, 'c-9');
    const before = await room.state();
    const timeBefore = await room.roomTime();
    await rooms.close('restart');
    clock.advance(5000);
    rooms = await openRooms(folder);
    room = rooms.at(room.roomId);
    assert.deepEqual(await room.execute('patient.add', {}, doctor, 'c-9'), sent);
    const after = await room.state();
    assert.deepEqual({ ...after, seq: 0, anchor: 0 }, { ...before, seq: 0, anchor: 0 });
    assert.deepEqual(after.missingTails, []);
    assert.equal(await room.roomTime(), timeBefore + 5000);
  });

  it('keeps its own time when UTC is set back', async () => {
    const at = await room.roomTime();
    clock.setNow(clock.now() - 3_600_000);
    assert.equal(await room.roomTime(), at);
    clock.setNow(clock.now() + 3_600_000);
  });

  it('says not-found for a room that never was', async () => {
    await assert.rejects(rooms.at('nowhere').state(), (error) => isAppError(error, 'not-found'));
  });

  it('tells observers every entry with the state it led to, in order, also when one of them fails', async () => {
    const seqs: number[] = [];
    await room.observe(() => {
      throw new Error('a broken listener');
    });
    const stop = await room.observe((entry, state) => {
      assert.equal(entry.seq, state.seq);
      seqs.push(entry.seq);
    });
    await room.execute('room.close', { reason: 'handed over' }, dispatcher);
    stop();
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => (seqs[0] ?? 0) + index),
    );
    const refused = room.execute('patient.add', {}, doctor);
    await assert.rejects(refused, (error) => isAppError(error, 'closed'));
    assert.deepEqual(await rooms.openRooms(), []);
  });
});
