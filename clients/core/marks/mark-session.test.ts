import assert from 'node:assert/strict';
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import type { Mark, PoseMessage, StrokePoint } from '../../../ar-annotations/scene/types.ts';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import { LiveRoom, published } from '../testing/live-room.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { TestRefusal } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';
import type { RoomSession } from '../types.ts';
import { createMarks } from './mark-session.ts';
import { fromBytes } from './room.ts';
import type { MarkSession, PenStart } from './types.ts';

const PRINT = toBase64url(new Uint8Array(72).map((_, index) => index * 3));
const CAMERA = { kind: 'video', producerId: 'v1' } as const;
const START: PenStart = {
  kind: 'stroke',
  surface: CAMERA,
  anchor: {
    kind: 'scene',
    frame: { print: PRINT },
    reference: 'AAAA',
    region: { x: 0.4, y: 0.4, width: 0.2, height: 0.2 },
  },
  patientId: 'scene',
  aspect: 16 / 9,
  at: { x: 0.5, y: 0.5 },
};
const { kind: _kind, at: _at, ...ABOUT } = START;
const mark = (markId: string, author = 'other'): Mark => ({
  ...ABOUT,
  markId,
  author,
  shape: { kind: 'stroke', points: [[0.5, 0.5, 0.5, 0]] },
});
const added = (given: Mark): RoomEvent => ({
  type: 'MarkAdded',
  mark: JSON.parse(JSON.stringify(given)),
});
const joined = (peerId: string, role: 'coordinator' | 'crew', name: string): RoomEvent => ({
  type: 'PeerJoined',
  peerId,
  principalId: peerId,
  role,
  organisationId: 'o',
  name,
  speaksHere: true,
});
const pose = (mediaMs: number, state: 'held' | 'lost', markId = 'm1'): PoseMessage => ({
  v: 1,
  producerId: 'v1',
  mediaMs,
  print: PRINT,
  poses: [
    {
      markId,
      state,
      confidence: 0.9,
      by: 'picture',
      ...(state === 'held' ? { h: [1, 0, 0.1, 0, 1, 0, 0, 0, 1] } : {}),
    },
  ],
});
const line = (count: number, from = 1): StrokePoint[] =>
  Array.from({ length: count }, (_, index) => [0.5 + 0.001 * (from + index), 0.5, 0.5, (from + index) * 10]);

describe('marks of a session', () => {
  let room: LiveRoom;
  let session: RoomSession;
  let clock: ManualClock;
  let marks: MarkSession;
  const posed = (peerId: string, message: PoseMessage) =>
    room.server.notify('mark.posed', { peerId, pose: JSON.parse(JSON.stringify(message)) });
  const shown = (frozen = false) =>
    marks.shown(CAMERA, {
      print: new Uint8Array(72).map((_, index) => index * 3),
      ...(frozen ? { frozen: { print: PRINT } } : {}),
    });
  const requests = (method: string) => room.server.requests.filter((r) => r.method === method);
  /** Lets the pen do what is due, and the answers come in. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  beforeEach(async () => {
    room = await LiveRoom.open();
    session = await room.join();
    room.server.commit([
      joined(session.peerId, 'coordinator', 'Dr. Wang'),
      joined('crew', 'crew', 'Car 7'),
      joined('other', 'coordinator', 'Dr. Li'),
      published('v1'),
    ]);
    await until('the camera', () => session.state.sources.v1 !== undefined);
    clock = new ManualClock();
    marks = createMarks(session, clock);
  });
  afterEach(async () => {
    marks.close();
    assert.equal(clock.pending, 0);
    await room.close();
  });

  it('tells a stroke over the data channel with repeated points, keeps it by the socket, and states it once', async () => {
    assert.equal(marks.mayDraw(CAMERA), true);
    await until('open', () => room.paramsOf('media.produceData').some((p) => p.includes('"preview"')));
    const pen = marks.begin(START);
    await until('begun', () => requests('mark.begin').length === 1);
    for (let step = 0; step < 40; step += 1) {
      pen.move(line(2, 1 + step * 2));
      await pass(20);
    }
    const told = (room.media.get('send')?.sent ?? []).filter(({ label }) => label === 'preview');
    assert.ok(told.length > 20, `${told.length} messages`);
    const messages = told.map(({ data }) =>
      JSON.stringify(fromBytes(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array())),
    );
    assert.ok(messages.every((message) => message.includes(pen.markId)));
    const last = JSON.parse(messages.at(-1) ?? '{}');
    assert.equal(last.from + last.points.length, 81);
    assert.ok(last.points.length > 10, 'the last points are repeated');
    const kept = requests('mark.points');
    assert.ok(kept.length >= 1 && kept.length <= 3, `${kept.length} checkpoints`);
    assert.ok(kept.every((request) => JSON.stringify(request.params).includes('"relay":false')));
    assert.equal(shown()[0]?.isDraft, true);
    room.server.swallowAnswers.add('mark.add');
    const finished = pen.finish();
    await until('stated', () => requests('mark.add').length === 1);
    room.server.swallowAnswers.clear();
    room.server.cut();
    await finished;
    const ids = new Set(requests('mark.add').map(({ commandId }) => commandId));
    assert.equal(ids.size, 1);
    assert.ok(requests('mark.add').length >= 2);
  });

  it('takes the socket alone where there is no data channel', async () => {
    marks.close();
    await room.close();
    room = await LiveRoom.open();
    session = room.client.join('room1', { media: false });
    await session.joined();
    room.server.commit([joined(session.peerId, 'coordinator', 'Dr. Wang'), published('v1')]);
    await until('the camera', () => session.state.sources.v1 !== undefined);
    marks = createMarks(session, clock);
    const pen = marks.begin(START);
    await until('begun', () => requests('mark.begin').length === 1);
    await pass(40);
    pen.move(line(30));
    await pass(400);
    await until('relayed', () => requests('mark.points').length >= 1);
    const relayed = requests('mark.points').map(({ params }) => JSON.stringify(params));
    assert.ok(relayed.every((params) => params.includes('"relay":true')));
    const before = relayed.length;
    await pass(1100);
    await until('repeated while it rests', () => requests('mark.points').length > before);
    pen.cancel();
    await until('cancelled', () => requests('mark.cancel').length === 1);
    assert.deepEqual(shown(), []);
  });

  it('keeps the draft when it was refused, so that it can be tried again', async () => {
    const pen = marks.begin(START);
    room.server.handlers['mark.add'] = () => {
      throw new TestRefusal('forbidden');
    };
    await assert.rejects(pen.finish(), { code: 'forbidden' });
    assert.equal(shown().length, 1);
    delete room.server.handlers['mark.add'];
    await pen.finish();
    room.server.commit([added(mark(pen.markId, session.peerId))]);
    await until('the fact', () => shown()[0]?.isDraft === false);
    assert.equal(shown().length, 1);
  });

  it('states the whole mark anew when it was held to be abandoned, and erases what stood for it', async () => {
    const pen = marks.begin(START);
    pen.move(line(20));
    room.server.commit([added({ ...mark(pen.markId, session.peerId), truncated: true })]);
    await until('the fact', () => session.state.marks.scene.order.length === 1);
    await pen.finish();
    const stated = JSON.stringify(requests('mark.add')[0]?.params);
    assert.ok(!stated.includes(pen.markId) && stated.includes('0.52'));
    assert.deepEqual(requests('mark.erase')[0]?.params, { markIds: [pen.markId] });
  });

  it('shows drafts of others by name and colour, and lets nobody add to the draft of another', async () => {
    const { shape: _, ...draft } = { ...mark('m1'), kind: 'stroke' as const };
    const begun = JSON.parse(JSON.stringify(draft));
    room.server.notify('mark.begun', { draft: begun });
    room.server.notify('mark.points', {
      peerId: 'crew',
      points: { markId: 'm1', n: 1, from: 0, points: [[0, 0, 0, 0]] },
    });
    room.server.notify('mark.points', {
      peerId: 'other',
      points: { markId: 'm1', n: 2, from: 0, points: [[0.5, 0.5, 0.5, 0]] },
    });
    await until('the draft', () => shown().length === 1);
    const [seen] = shown();
    assert.deepEqual(seen?.mark.shape, mark('m1').shape);
    assert.equal(seen?.authorName, 'Dr. Li');
    assert.equal(seen?.state, 'waiting');
    assert.deepEqual([...marks.drawing.keys()], ['other']);
    room.server.notify('mark.cancelled', { peerId: 'crew', markId: 'm1' });
    room.server.notify('mark.cancelled', { peerId: 'other', markId: 'm1' });
    await until('the end', () => shown().length === 0);
    assert.equal(marks.drawing.size, 0);
  });

  it('shows a mark where its device holds it, and nothing within a tenth of a second when it is lost', async () => {
    room.server.commit([added(mark('m1'))]);
    await until('the mark', () => shown().length === 1);
    assert.equal(shown()[0]?.state, 'waiting');
    posed('other', pose(1000, 'held'));
    posed('crew', pose(1040, 'held'));
    await until('held', () => shown()[0]?.state === 'held');
    assert.deepEqual(shown()[0]?.homography?.slice(0, 3), [1, 0, 0.1]);
    posed('crew', pose(1080, 'lost'));
    await until('lost', () => shown()[0]?.state === 'lost');
    clock.advance(50);
    assert.ok((shown()[0]?.opacity ?? 1) <= 0.5);
    clock.advance(51);
    assert.equal(shown()[0]?.opacity, 0);
    assert.equal(shown()[0]?.homography, undefined);
  });

  it('shows nothing in place when the device falls silent, except on the frozen frame it was drawn on', async () => {
    room.server.commit([added(mark('m1'))]);
    posed('crew', pose(1000, 'held'));
    await until('held', () => shown()[0]?.state === 'held');
    clock.advance(1500);
    assert.equal(shown()[0]?.state, 'lost');
    clock.advance(150);
    assert.equal(shown()[0]?.opacity, 0);
    assert.equal(shown(true)[0]?.state, 'fixed');
    assert.equal(shown(true)[0]?.opacity, 1);
  });

  it('hides the marks of a wearer who has switched them off, and says so', async () => {
    room.server.commit([added(mark('m1')), { type: 'MarksSwitched', peerId: 'crew', on: false }]);
    await until('off', () => shown()[0]?.state === 'off');
    assert.equal(shown()[0]?.opacity, 0);
  });

  it('hides marks on the patient from others while the wearer sees only what is fixed to the display', async () => {
    const fixed: Mark = { ...mark('m2'), anchor: { kind: 'corner', corner: 'top-left' } };
    const report = { display: 'head-locked' as const };
    room.server.commit([added(mark('m1')), added(fixed), { type: 'WearerReported', peerId: 'crew', report }]);
    await until('off', () => shown()[0]?.state === 'off');
    assert.deepEqual(
      shown().map(({ state, opacity }) => [state, opacity]),
      [
        ['off', 0],
        ['fixed', 1],
      ],
    );
  });

  it('shows marks on shared images as they were drawn', async () => {
    const onImage: Mark = {
      ...mark('m1'),
      surface: { kind: 'image', imageId: 'i1' },
      anchor: { kind: 'surface' },
    };
    room.server.commit([added(onImage), added(mark('m2'))]);
    await until('both', () => session.state.marks.scene.order.length === 2);
    const [seen, ...more] = marks.shown({ kind: 'image', imageId: 'i1' });
    assert.deepEqual([seen?.mark.markId, seen?.state, seen?.opacity, more.length], ['m1', 'fixed', 1, 0]);
  });
});
