import assert from 'node:assert/strict';
import { SILENT_MS } from '../../ar-annotations/scene/drafts.ts';
import { ManualClock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { createLogger } from '../../platform/log.ts';
import { SYSTEM } from '../rooms/types.ts';
import { type City, openCity } from '../sockets/testing/city.ts';
import { type TestClient, until } from '../sockets/testing/client.ts';
import { MarkDesk } from './desk.ts';
import { OpenFetches } from './fetches.ts';

const log = createLogger('test', {}, { level: 'silent' });
const refused = (code: string) => (error: unknown) => isAppError(error, code);

describe('drafts that an owner remembers', function () {
  this.timeout(60_000);
  let city: City;
  let roomId: string;
  let author: TestClient;
  let clock: ManualClock;
  let desk: MarkDesk;
  let told: string[];
  before(async () => {
    city = await openCity();
    roomId = await city.openRoom();
    author = await city.coordinator.enter(roomId);
    const source = { role: 'patient', label: 'Camera', patientId: 'scene' } as const;
    const camera = {
      producerId: 'camera',
      peerId: author.peerId,
      kind: 'video',
      mimeType: 'video/VP8',
    } as const;
    await room().execute('source.publish', { ...camera, source }, SYSTEM);
  });
  beforeEach(() => {
    clock = new ManualClock();
    told = [];
    const tell = (_room: string, name: string, data: object) => {
      if ('markId' in data) told.push(`${name} ${String(data.markId)}`);
    };
    desk = new MarkDesk({ rooms: city.stage.rooms, live: { tell }, clock, log });
  });
  afterEach(() => desk.close());
  after(() => city.stage.close());

  const room = () => city.stage.rooms.at(roomId);
  const stands = async (markId: string) => (await room().state()).marks.scene.marks[markId];
  const draft = (markId: string) => ({
    ...{ markId, kind: 'stroke' as const, patientId: 'scene', author: author.peerId, aspect: 1.5 },
    surface: { kind: 'video' as const, producerId: 'camera' },
    anchor: {
      ...{ kind: 'scene' as const, frame: {}, reference: 'AAAA' },
      region: { x: 0, y: 0, width: 1, height: 1 },
    },
  });
  const points = (markId: string, n: number) => ({
    ...{ markId, n, from: 0 },
    points: [[0.1, 0.1, 0.5, 0] as const, [0.2, 0.1, 0.5, 16] as const],
  });

  it('become truncated marks when their author has been silent for five seconds, not before', async () => {
    desk.begin(roomId, draft('silent'));
    desk.begin(roomId, draft('resting'));
    desk.points(roomId, author.peerId, points('silent', 0));
    clock.advance(SILENT_MS - 1);
    desk.points(roomId, author.peerId, points('resting', 0));
    clock.advance(1);
    await until(async () => (await stands('silent')) !== undefined, 'the truncated mark');
    assert.equal((await stands('silent'))?.truncated, true);
    assert.equal(await stands('resting'), undefined);
    assert.equal(desk.draft(roomId, 'resting')?.markId, 'resting');
    assert.equal(desk.draft(roomId, 'silent'), undefined);
  });

  it('leave nothing where nothing was drawn, where the camera has gone, and where the author was withdrawn', async () => {
    desk.begin(roomId, draft('empty'));
    desk.begin(roomId, { ...draft('gone'), surface: { kind: 'video', producerId: 'none' } });
    desk.points(roomId, author.peerId, points('gone', 0));
    const crew = await city.crew.enter(roomId);
    desk.begin(roomId, { ...draft('withdrawn'), author: crew.peerId });
    desk.points(roomId, crew.peerId, points('withdrawn', 0));
    clock.advance(SILENT_MS);
    const ids = ['empty', 'gone', 'withdrawn'];
    await until(() => ids.every((id) => told.includes(`mark.cancelled ${id}`)), 'the end of all three');
    for (const id of ids) assert.equal(await stands(id), undefined);
  });

  it('are over for good once they were finished or cancelled', () => {
    desk.begin(roomId, draft('over'));
    desk.end(roomId, 'over');
    assert.equal(desk.points(roomId, author.peerId, points('over', 0)), false);
    assert.throws(() => desk.begin(roomId, draft('over')), refused('conflict'));
  });

  it('are so many of one author, and belong to nobody else', () => {
    desk.begin(roomId, draft('d0'));
    assert.throws(() => desk.begin(roomId, { ...draft('d0'), author: 'other' }), refused('conflict'));
    assert.equal(desk.points(roomId, 'other', points('d0', 0)), false);
    for (let n = 1; n < 8; n++) desk.begin(roomId, draft(`d${n}`));
    assert.throws(() => desk.begin(roomId, draft('d8')), refused('too-many'));
    desk.begin(roomId, draft('d7'));
    desk.end(roomId, 'd1');
    desk.begin(roomId, draft('d8'));
  });
});

describe('fetches of stills between two peers', () => {
  it('end by themselves when nothing is heard of them, and are only so many of one peer', () => {
    let now = 0;
    const fetches = new OpenFetches(() => now);
    for (let n = 0; n < 8; n++) fetches.ask('room', `f${n}`, 'doctor', 'glasses');
    fetches.ask('room', 'f0', 'doctor', 'glasses');
    assert.throws(() => fetches.ask('room', 'f8', 'doctor', 'glasses'), refused('too-many'));
    assert.throws(() => fetches.ask('room', 'f0', 'other', 'glasses'), refused('conflict'));
    now = 20_000;
    assert.equal(fetches.roleIn('room', 'f0', 'glasses', 'doctor'), 'owner');
    now = 40_000;
    assert.equal(fetches.roleIn('room', 'f0', 'doctor', 'glasses'), 'asker');
    assert.equal(fetches.roleIn('room', 'f1', 'doctor', 'glasses'), undefined);
    assert.equal(fetches.roleIn('other-room', 'f0', 'doctor', 'glasses'), undefined);
    fetches.peerLeft('room', 'glasses');
    assert.equal(fetches.roleIn('room', 'f0', 'doctor', 'glasses'), undefined);
  });
});

describe('a room with marks whose service is started again', function () {
  this.timeout(60_000);
  let city: City;
  before(async () => {
    city = await openCity();
  });
  after(() => city.stage.close());

  it('has every mark and what may be undone, and lets an author finish what it was drawing', async () => {
    const { stage } = city;
    const roomId = await city.openRoom();
    const before = await city.coordinator.enter(roomId);
    const { peerId } = before;
    const source = { role: 'patient', label: 'Camera', patientId: 'scene' } as const;
    const camera = { producerId: 'camera', peerId, kind: 'video', mimeType: 'video/VP8' } as const;
    await stage.rooms.at(roomId).execute('source.publish', { ...camera, source }, SYSTEM);
    const drawn = (markId: string) => ({
      ...{ markId, patientId: 'scene', aspect: 1.5 },
      surface: { kind: 'video' as const, producerId: 'camera' },
      anchor: {
        ...{ kind: 'scene' as const, frame: {}, reference: 'AAAA' },
        region: { x: 0, y: 0, width: 1, height: 1 },
      },
    });
    const shape = { kind: 'pointer' as const, at: { x: 0.5, y: 0.5 } };
    for (const markId of ['first', 'second'])
      await before.request('mark.add', { ...drawn(markId), shape }, { roomId });
    await before.request('mark.undo', {}, { roomId });
    await before.request('mark.begin', { ...drawn('third'), kind: 'pointer' }, { roomId });
    before.close();
    await stage.restart();
    const after = await city.coordinator.connect();
    after.peerId = peerId;
    await after.join(roomId, await city.coordinator.token(roomId), { fresh: true });
    const erased = () => {
      const { marks } = after.state(roomId).marks.scene;
      return Object.values(marks).map((mark) => [mark.markId, mark.erased]);
    };
    assert.deepEqual(erased(), [
      ['first', false],
      ['second', true],
    ]);
    await after.request('mark.redo', {}, { roomId });
    await after.request('mark.begin', { ...drawn('third'), kind: 'pointer' }, { roomId });
    await after.request('mark.add', { ...drawn('third'), shape }, { roomId });
    await after.stateWhere(roomId, ({ marks }) => marks.scene.order.length === 3, 'all three');
    assert.ok(erased().every(([, isErased]) => isErased === false));
  });
});
