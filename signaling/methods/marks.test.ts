import assert from 'node:assert/strict';
import { newId } from '../../platform/ids.ts';
import type { Method, Params } from '../protocol/methods.ts';
import { SYSTEM } from '../rooms/types.ts';
import { type City, openCity } from '../sockets/testing/city.ts';
import type { TestClient } from '../sockets/testing/client.ts';
import { Stage } from '../sockets/testing/stage.ts';

const region = { x: 0, y: 0, width: 1, height: 1 };
const DOT = { kind: 'pointer', at: { x: 0.5, y: 0.5 } } as const;

describe('drawing over the live connection', function () {
  this.timeout(60_000);
  let city: City;
  let roomId: string;
  let desk: TestClient;
  let doctor: TestClient;
  let crew: TestClient;
  let camera: string;
  before(async () => {
    city = await openCity();
    roomId = await city.openRoom();
    desk = await city.dispatcher.enter(roomId);
    crew = await city.crew.enter(roomId);
    doctor = await city.coordinator.enter(roomId);
    camera = await publish(crew.peerId);
  });
  after(() => city.stage.close());

  const room = () => city.stage.rooms.at(roomId);
  const publish = async (peerId: string) => {
    const producerId = newId();
    const source = { role: 'patient', label: 'Camera', patientId: 'scene' } as const;
    const published = { producerId, peerId, kind: 'video', mimeType: 'video/VP8', source } as const;
    await city.stage.rooms.at(roomId).execute('source.publish', published, SYSTEM);
    return producerId;
  };
  const ask = <M extends Method>(who: TestClient, method: M, params: Params<M>) =>
    who.request(method, params, { roomId });
  const refused = <M extends Method>(who: TestClient, method: M, params: Params<M>) =>
    who.refused(method, params, { roomId });
  const drawn = (markId: string) => ({
    ...{ markId, patientId: 'scene', aspect: 1.5 },
    surface: { kind: 'video' as const, producerId: camera },
    anchor: { kind: 'scene' as const, frame: { mediaMs: 1 }, reference: 'AAAA', region },
  });
  const stroke = (markId: string) => ({ ...drawn(markId), kind: 'stroke' as const });
  const points = (markId: string, n: number, from: number, count: number) => ({
    ...{ markId, n, from },
    points: Array.from({ length: count }, (_, i): [number, number, number, number] => [
      ((from + i) % 100) / 100,
      0.5,
      0.5,
      (from + i) * 16,
    ]),
  });
  const marks = async () => (await room().state()).marks.scene.marks;
  /** What one client was told up to something that was sent behind it. */
  const quiet = async (
    who: TestClient,
    name: 'mark.begun' | 'mark.points' | 'mark.posed',
    markId: string,
  ) => {
    const last = newId();
    await ask(doctor, 'mark.begin', stroke(last));
    await ask(doctor, 'mark.cancel', { markId: last });
    await who.seen('mark.cancelled', (told) => told.markId === last);
    return !JSON.stringify(who.of(name)).includes(markId);
  };

  it('tells people at work that a pen is down, hands its points on where that is asked, and its mark becomes a fact', async () => {
    const markId = newId();
    await ask(doctor, 'mark.begin', stroke(markId));
    const { draft } = await crew.seen('mark.begun', (told) => told.draft.markId === markId);
    assert.deepEqual([draft.author, draft.anchor.kind], [doctor.peerId, 'scene']);
    await ask(doctor, 'mark.points', { points: points(markId, 0, 0, 2), relay: false });
    await ask(doctor, 'mark.points', { points: points(markId, 1, 0, 3), relay: true });
    const told = await crew.seen('mark.points', (data) => data.points.markId === markId);
    assert.deepEqual([told.peerId, told.points.n, told.points.points?.length], [doctor.peerId, 1, 3]);
    const shape = { kind: 'stroke' as const, points: points(markId, 0, 0, 3).points };
    await ask(doctor, 'mark.add', { ...drawn(markId), shape });
    const state = await crew.stateWhere(roomId, (now) => markId in now.marks.scene.marks, 'the mark');
    assert.equal(state.marks.scene.marks[markId]?.author, doctor.peerId);
    assert.equal(await refused(doctor, 'mark.begin', stroke(markId)), 'conflict');
  });

  it('lets nobody draw who is not admitted, nor move, end or pose what is another’s', async () => {
    const outsider = await city.specialist.enter(roomId);
    const markId = newId();
    assert.equal(await refused(outsider, 'mark.begin', stroke(markId)), 'forbidden');
    assert.equal(await refused(outsider, 'mark.add', { ...drawn(markId), shape: DOT }), 'forbidden');
    await ask(doctor, 'mark.begin', stroke(markId));
    await ask(outsider, 'mark.points', { points: points(markId, 9, 0, 1), relay: true });
    await ask(outsider, 'mark.cancel', { markId });
    assert.ok(await quiet(crew, 'mark.points', markId));
    assert.equal(await refused(desk, 'mark.begin', stroke(markId)), 'conflict');
    const pose = { v: 1, producerId: camera, mediaMs: 1, print: 'AAAA', poses: [] } as const;
    assert.equal(await refused(doctor, 'mark.pose', { ...pose, poses: [] }), 'forbidden');
    await ask(crew, 'mark.pose', { ...pose, poses: [] });
    assert.equal((await doctor.seen('mark.posed')).peerId, crew.peerId);
    await ask(doctor, 'mark.cancel', { markId });
    await ask(desk, 'floor.set', { peerId: outsider.peerId, mayDraw: true });
    await ask(outsider, 'mark.add', { ...drawn(newId()), shape: DOT });
  });

  it('keeps all of it from the public at the scene', async () => {
    const link = { use: 'camera', need: 'arrest', helpers: 'unknown', language: 'en' } as const;
    const { url } = await ask(desk, 'link.create', link);
    const phone = city.stage.phone();
    await phone.open(url);
    const guest = await phone.enter(roomId);
    const markId = newId();
    await ask(doctor, 'mark.begin', stroke(markId));
    await ask(doctor, 'mark.points', { points: points(markId, 0, 0, 1), relay: true });
    await ask(crew, 'mark.pose', { v: 1, producerId: camera, mediaMs: 2, print: 'AAAA', poses: [] });
    await ask(doctor, 'mark.add', { ...drawn(markId), shape: DOT });
    const { seq } = await room().state();
    await guest.stateWhere(roomId, (state) => state.seq >= seq, 'the number of the mark');
    assert.ok(!JSON.stringify(guest.notifications).includes(markId));
    assert.deepEqual([guest.of('mark.begun'), guest.of('mark.points'), guest.of('mark.posed')], [[], [], []]);
    for (const method of ['mark.begin', 'mark.cancel', 'still.signal', 'floor.set'] as const)
      assert.equal(await guest.refused(method, sampleOf(method, markId), { roomId }), 'forbidden', method);
  });

  it('tells who comes in of the pens that are down, with all their points', async () => {
    const markId = newId();
    await ask(doctor, 'mark.begin', stroke(markId));
    for (const n of [0, 1])
      await ask(doctor, 'mark.points', { points: points(markId, n, n * 150, 150), relay: false });
    const late = await (await city.stage.person('coordinator', city.organisations.centre)).enter(roomId);
    await late.seen('mark.begun', ({ draft }) => draft.markId === markId);
    const told = () => late.of('mark.points').filter((data) => data.points.markId === markId);
    await late.seen('mark.points', ({ points: { from } }) => from === 200);
    assert.deepEqual(
      told().map((data) => [data.peerId, data.points.from, data.points.points?.length]),
      [
        [doctor.peerId, 0, 200],
        [doctor.peerId, 200, 100],
      ],
    );
    await ask(doctor, 'mark.cancel', { markId });
    await late.seen('mark.cancelled', (data) => data.markId === markId);
  });

  it('leaves a truncated mark of an author who leaves, and none of one that was cancelled or finished', async () => {
    const author = await (await city.stage.person('coordinator', city.organisations.centre)).enter(roomId);
    const [left, cancelled, empty] = [newId(), newId(), newId()];
    for (const markId of [left, cancelled, empty]) await ask(author, 'mark.begin', stroke(markId));
    for (const markId of [left, cancelled])
      await ask(author, 'mark.points', { points: points(markId, 0, 0, 5), relay: false });
    await ask(author, 'mark.cancel', { markId: cancelled });
    const { peerId } = author;
    await ask(author, 'room.leave', {});
    const state = await crew.stateWhere(roomId, (now) => left in now.marks.scene.marks, 'the truncated mark');
    const mark = state.marks.scene.marks[left];
    assert.deepEqual([mark?.author, mark?.truncated], [peerId, true]);
    // Of what had no point yet, people are told that it ended.
    await crew.seen('mark.cancelled', (data) => data.markId === empty);
    assert.ok(!(cancelled in (await marks())) && !(empty in (await marks())));
  });

  it('ends a draft for everybody when its mark is refused', async () => {
    const author = await city.specialist.enter(roomId);
    const floor = (mayDraw: boolean) => ask(doctor, 'floor.set', { peerId: author.peerId, mayDraw });
    await floor(true);
    const markId = newId();
    await ask(author, 'mark.begin', stroke(markId));
    await ask(author, 'mark.points', { points: points(markId, 0, 0, 5), relay: false });
    await floor(false);
    assert.equal(await refused(author, 'mark.add', { ...drawn(markId), shape: DOT }), 'forbidden');
    await crew.seen('mark.cancelled', (data) => data.markId === markId);
    await ask(author, 'room.leave', {});
    assert.ok(!(markId in (await marks())));
  });

  it('passes signals of a still between who asks and the device of that camera alone', async () => {
    const fetchId = newId();
    const asking = {
      kind: 'ask' as const,
      fetchId,
      producerId: camera,
      frame: {},
      point: { x: 0.5, y: 0.5 },
    };
    const found = { kind: 'found' as const, fetchId, mediaMs: 1, offsetMs: 0, width: 10, height: 10 };
    const to = (who: TestClient, signal: Params<'still.signal'>['signal']) => ({
      toPeerId: who.peerId,
      signal,
    });
    assert.equal(await refused(crew, 'still.signal', to(doctor, found)), 'forbidden');
    assert.equal(await refused(doctor, 'still.signal', to(desk, asking)), 'forbidden');
    await ask(doctor, 'still.signal', to(crew, asking));
    const heard = await crew.seen('still.signal', ({ signal }) => signal.fetchId === fetchId);
    assert.deepEqual([heard.fromPeerId, heard.signal.kind], [doctor.peerId, 'ask']);
    assert.equal(await refused(desk, 'still.signal', to(crew, asking)), 'conflict');
    assert.equal(await refused(desk, 'still.signal', to(doctor, found)), 'forbidden');
    assert.equal(await refused(doctor, 'still.signal', to(crew, found)), 'forbidden');
    await ask(crew, 'still.signal', to(doctor, found));
    await doctor.seen('still.signal', ({ signal }) => signal.kind === 'found');
    const credit = { kind: 'credit' as const, fetchId, received: 4 };
    assert.equal(await refused(crew, 'still.signal', to(doctor, credit)), 'forbidden');
    await ask(doctor, 'still.signal', to(crew, credit));
    await ask(doctor, 'still.signal', to(crew, { kind: 'stop', fetchId }));
    assert.equal(await refused(doctor, 'still.signal', to(crew, credit)), 'forbidden');
  });
});

describe('measuring lengths in production', function () {
  this.timeout(60_000);
  it('is refused until the site has checked it with this version, and again when the check is taken back', async () => {
    const stage = await Stage.open({}, true);
    try {
      const centre = await stage.organisation('Centre', 'centre');
      const person = await stage.person('coordinator', centre);
      const made = { title: 'Wound', drill: false, organisations: [] };
      const { roomId } = await (await person.connect()).request('room.create', made);
      const doctor = await person.enter(roomId);
      const image = { imageId: 'scan', name: 'Scan', peerId: doctor.peerId, width: 4, height: 3 };
      const blob = { sha256: 'a'.repeat(64), bytes: 10, mimeType: 'image/jpeg' } as const;
      await stage.rooms.at(roomId).execute('image.add', { ...image, ...blob }, SYSTEM);
      const at = (x: number) => ({ x, y: 0.5 });
      const scale = { kind: 'card' as const, mm: 85.6, from: at(0.1), to: at(0.4) };
      const length = { from: at(0.2), to: at(0.5), lengthMm: 85.6, uncertaintyMm: 3 };
      const mark = () => ({
        ...{ markId: newId(), patientId: 'scene', aspect: 1.5, anchor: { kind: 'surface' as const } },
        surface: { kind: 'image' as const, imageId: 'scan' },
      });
      const shape = { kind: 'measure' as const, scale, ...length };
      const measure = { ...mark(), shape };
      const begin = { ...mark(), kind: 'measure' };
      assert.equal(await doctor.refused('mark.add', measure, { roomId }), 'forbidden');
      assert.equal(await doctor.refused('mark.begin', begin, { roomId }), 'forbidden');
      await doctor.request('mark.add', { ...mark(), shape: DOT }, { roomId });
      const figures = { lengths: 20, meanError: 0.02, within: 0.95, meanUncertainty: 0.1 };
      await assert.rejects(stage.site.lengths.record({ ...figures, within: 0.8 }), /within/);
      await stage.site.lengths.record(figures);
      await doctor.request('mark.add', measure, { roomId });
      await stage.site.lengths.withdraw();
      const again = { ...mark(), shape };
      assert.equal(await doctor.refused('mark.add', again, { roomId }), 'forbidden');
    } finally {
      await stage.close();
    }
  });
});

function sampleOf(method: string, markId: string): unknown {
  const signal = { kind: 'stop', fetchId: markId };
  if (method === 'still.signal') return { toPeerId: markId, signal };
  if (method === 'floor.set') return { peerId: markId, mayDraw: true };
  if (method === 'mark.cancel') return { markId };
  const surface = { kind: 'image', imageId: markId };
  const draft = {
    markId,
    kind: 'stroke',
    patientId: 'scene',
    surface,
    anchor: { kind: 'surface' },
    aspect: 1,
  };
  return draft;
}
