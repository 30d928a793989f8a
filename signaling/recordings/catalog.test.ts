import assert from 'node:assert/strict';
import { createLogger } from '../../platform/log.ts';
import { SECRET, type Served, serveTestPackage } from '../../recorder/serve/testing/served.ts';
import { onBothEngines } from '../people/testing/engines.ts';
import type { Principal } from '../people/types.ts';
import { roleFor } from '../people/visibility.ts';
import type { RecordingQuery } from '../protocol/recordings.ts';
import { SqlLogStore } from '../rooms/sql-log-store.ts';
import { openRecordings, type Recordings } from './recordings.ts';
import { summaryOf } from './rows.ts';
import { searchRecordings, unitsOf } from './search.ts';
import { type RoomStory, roomStory, writeRoom } from './testing/rooms.ts';

const DAY_MS = 86_400_000;
const MASTER_KEY = new Uint8Array(32).fill(9);

const person = (organisationKind: Principal['organisationKind'], organisationId: string): Principal => ({
  principalId: 'p1',
  kind: 'person',
  name: 'A reviewer',
  organisationId,
  organisationName: organisationId,
  roles: ['reviewer'],
  mustChangePassword: false,
  ...(organisationKind === undefined ? {} : { organisationKind }),
});
const CENTRE = person('centre', 'centre');

onBothEngines('the catalog of recordings', (bench) => {
  let recordings: Recordings;
  let store: SqlLogStore;
  let served: Served;
  let away = false;
  before(async function () {
    this.timeout(30_000);
    served = await serveTestPackage();
  });
  after(() => served.close());
  beforeEach(async () => {
    const { database, people } = bench().first;
    store = await SqlLogStore.open(database);
    recordings = await openRecordings({
      ...{ database, store, masterKey: MASTER_KEY, audit: people.audit, roleFor },
      recorders: () => (away ? [] : [{ nodeId: 'n1', url: served.url, secret: SECRET }]),
      clock: bench().clock,
      log: createLogger('test', {}, { level: 'silent' }),
      timer: false,
      retentionDays: { standard: 100, short: 10, long: 1000, drill: 5 },
    });
  });
  afterEach(() => recordings.close());

  const room = async (roomId: string, story: RoomStory = {}, utc = bench().clock.now()) =>
    writeRoom(store, MASTER_KEY, { roomId, utc, entries: roomStory(roomId, story) });
  const search = (query: RecordingQuery = {}, principal = CENTRE) =>
    searchRecordings(recordings.db, recordings.keyring, principal, query);
  const ids = async (query: RecordingQuery = {}, principal = CENTRE) =>
    (await search(query, principal)).rows.map(({ room_id }) => room_id);
  const summary = async (roomId: string) => {
    const { row } = await recordings.catalog.find(roomId);
    const { keyring, days, clock } = recordings;
    const units = await unitsOf(recordings.db, [roomId]);
    return summaryOf({ keyring, days, now: clock.now() }, row, units.get(roomId) ?? []);
  };

  it('is made from the logs alone, and says what stood in them', async () => {
    const people = [{ principalId: 'p2', name: 'Dr 李', organisationId: 'hospital' }];
    await room('r1', { title: 'Fall', patient: '王小明', people, unitId: 'u1', closed: true });
    await recordings.catalog.catchUp();
    const found = await summary('r1');
    assert.deepEqual(
      [found.title, found.people, found.patients, found.unitIds, found.state],
      ['Fall', ['Dr 李'], [{ patientId: 'P1', name: '王小明' }], ['u1'], 'ended'],
    );
    await recordings.catalog.catchUp();
    assert.deepEqual(await ids(), ['r1']);
  });

  it('holds no name and no title in plain', async () => {
    await room('r1', { title: 'Secret title', patient: 'Anna Secret', closed: true });
    await recordings.catalog.catchUp();
    const rows = [
      await recordings.db.query.selectFrom('recordings').selectAll().execute(),
      await recordings.db.query.selectFrom('recording_words').selectAll().execute(),
    ];
    assert.ok(!JSON.stringify(rows).toLowerCase().includes('secret'));
  });

  it('finds by every condition, and by all of them together', async () => {
    const people = [{ principalId: 'p2', name: 'Dr Li', organisationId: 'hospital' }];
    await room('r1', { patient: '王小明', people, unitId: 'u1', closed: true }, 1_000_000);
    await room('r2', { patient: 'Anna Berg', drill: true, closed: true }, 2_000_000);
    await room('r3', {}, 3_000_000);
    await recordings.catalog.catchUp();
    await recordings.catalog.package('n1', {
      ...{ roomId: 'r2', state: 'sealed', tracks: 2, gaps: 3, durationMs: 10.4, bytes: 5, verified: true },
    });
    assert.deepEqual(await ids(), ['r3', 'r2', 'r1']);
    assert.deepEqual(await ids({ patient: '小明' }), ['r1']);
    assert.deepEqual(await ids({ patient: 'berg anna' }), ['r2']);
    assert.deepEqual(await ids({ patient: 'ann' }), []);
    assert.deepEqual(await ids({ person: 'li' }), ['r1']);
    assert.deepEqual(await ids({ patient: 'li' }), []);
    assert.deepEqual(await ids({ unitId: 'u1' }), ['r1']);
    assert.deepEqual(await ids({ incidentId: 'i-r2' }), ['r2']);
    assert.deepEqual(await ids({ gaps: 'with' }), ['r2']);
    assert.deepEqual(await ids({ drill: 'without' }), ['r3', 'r1']);
    assert.deepEqual(await ids({ from: 1_500_000, to: 2_500_000 }), ['r2']);
    assert.deepEqual(await ids({ drill: 'only', gaps: 'with', patient: 'Anna' }), ['r2']);
    assert.deepEqual((await summary('r2')).verified, true);
  });

  it('pages by what was seen last, also while new recordings arrive', async () => {
    for (const n of [1, 2, 3, 4, 5]) await room(`r${n}`, { closed: true }, n < 4 ? 1_000_000 : 2_000_000);
    await recordings.catalog.catchUp();
    const first = await search({ limit: 2 });
    assert.deepEqual(
      first.rows.map(({ room_id }) => room_id),
      ['r5', 'r4'],
    );
    await room('r6', { closed: true }, 3_000_000);
    await recordings.catalog.catchUp();
    const second = await search({ limit: 2, before: first.before });
    const third = await search({ limit: 2, before: second.before });
    const rest = [...second.rows, ...third.rows].map(({ room_id }) => room_id);
    assert.deepEqual([rest, third.before], [['r3', 'r2', 'r1'], undefined]);
    await assert.rejects(search({ before: "1' or 1=1" }), { code: 'bad-request' });
  });

  it('shows reviewers of other organisations what they took part in, and nothing else', async () => {
    const came = [{ principalId: 'p2', name: 'Dr Li', organisationId: 'paged' }];
    await room('r1', { organisations: ['hospital'] });
    await room('r2', { people: came });
    await room('r3', { unitId: 'u1' });
    await recordings.catalog.catchUp();
    assert.deepEqual(await ids({}, person('hospital', 'hospital')), ['r1']);
    // Came without ever being admitted: whoever breaks the glass comes alone, not their organisation.
    assert.deepEqual(await ids({}, person('hospital', 'paged')), []);
    assert.deepEqual(await ids({}, { ...person('unit-operator', 'o'), operatesUnits: ['u1'] }), ['r3']);
    assert.deepEqual(await ids({}, { ...person('unit-operator', 'o'), operatesUnits: [] }), []);
  });

  it('deletes by class what is due, never what is held or still goes on, and writes down the rule', async () => {
    await room('due', { patient: 'Anna', closed: true });
    await room('held', { closed: true });
    await room('drill', { drill: true, closed: true });
    await room('open', {});
    await recordings.catalog.catchUp();
    const { row } = await recordings.catalog.find('held');
    await recordings.keeping.hold(row, 'p1', 'A reviewer', 'a complaint');
    bench().clock.advance(6 * DAY_MS);
    assert.equal(await recordings.retention.run(), 1);
    assert.equal((await summary('drill')).state, 'destroyed');
    bench().clock.advance(95 * DAY_MS);
    assert.equal(await recordings.retention.run(), 1);
    assert.deepEqual((await summary('due')).title, 'i-due');
    assert.deepEqual(await ids({ patient: 'anna' }), []);
    assert.equal((await summary('held')).state, 'ended');
    assert.equal(await recordings.retention.run(), 0);
    const rows = await bench().people.audit.list({ limit: 10 });
    assert.deepEqual(
      rows.map(({ principalId, roomId, details }) => [principalId, roomId, JSON.parse(details).rule]),
      [
        ['system', 'due', 'retention-standard'],
        ['system', 'drill', 'retention-drill'],
      ],
    );
    assert.equal(await store.wrappedKey('due'), undefined);
    await recordings.catalog.catchUp();
    await recordings.catalog.refresh('due');
    assert.equal((await summary('due')).state, 'destroyed');
    const stones = await recordings.db.query.selectFrom('recording_tombstones').selectAll().execute();
    assert.deepEqual(stones.map(({ by_id, rule }) => [by_id, rule]).sort(), [
      ['system', 'retention-drill'],
      ['system', 'retention-standard'],
    ]);
  });

  it('says nothing is deleted while a recorder that may hold it is away', async () => {
    await room('r1', { closed: true });
    await recordings.catalog.catchUp();
    bench().clock.advance(101 * DAY_MS);
    away = true;
    assert.equal(await recordings.retention.run(), 0);
    away = false;
    assert.equal((await summary('r1')).state, 'ended');
    assert.equal(await recordings.retention.run(), 1);
  });

  it('asks a recorder for what was missed', async () => {
    await room('room-1', { closed: true });
    await room('elsewhere', { closed: true });
    await recordings.catalog.catchUp();
    await recordings.catalog.learn('n1');
    const { row } = await recordings.catalog.find('room-1');
    assert.deepEqual([row.node_id, row.state, row.tracks, row.gaps], ['n1', 'checked', 3, 1]);
    assert.equal((await recordings.catalog.find('elsewhere')).row.node_id, null);
    const failed = {
      roomId: 'room-1',
      state: 'failed',
      tracks: 3,
      gaps: 1,
      durationMs: 0,
      bytes: 1,
    } as const;
    await recordings.catalog.package('n1', failed);
    await recordings.catalog.learn('n1');
    assert.equal((await recordings.catalog.find('room-1')).row.state, 'checked', 'it was finished meanwhile');
  });

  it('knows who keeps a room before anything of its package is told, also when its log was not read yet', async () => {
    await room('r1');
    recordings.catalog.kept('r1', 'n2');
    await recordings.catalog.close();
    const { row } = await recordings.catalog.find('r1');
    assert.deepEqual([row.node_id, row.state], ['n2', 'recording']);
  });

  it('deletes nothing that the audit cannot be told of', async () => {
    await room('r1', { closed: true });
    await recordings.catalog.catchUp();
    bench().clock.advance(101 * DAY_MS);
    const { audit } = bench().people;
    const write = audit.write.bind(audit);
    audit.write = () => Promise.reject(new Error('the disk is full'));
    assert.equal(await recordings.retention.run(), 0);
    audit.write = write;
    assert.equal((await summary('r1')).state, 'ended');
    assert.equal(await recordings.retention.run(), 1);
  });
});
