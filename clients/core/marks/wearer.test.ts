import assert from 'node:assert/strict';
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import type { Mark } from '../../../ar-annotations/scene/types.ts';
import type { PoseState } from '../../../ar-annotations/tracker/types.ts';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import { Emitter } from '../emitter.ts';
import { fakeTrack } from '../testing/fake-media.ts';
import { LiveRoom, SOURCE } from '../testing/live-room.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { until } from '../testing/until.ts';
import type { LocalSource, RoomSession } from '../types.ts';
import type { Locator, LocatorEvents } from './locator.ts';
import { createMarks } from './mark-session.ts';
import { fromBytes, type SceneAnchor } from './room.ts';
import { createWearerMarks, type WearerMarks } from './wearer.ts';

const PRINT = new Uint8Array(72).fill(7);
const ANCHOR: SceneAnchor = {
  kind: 'scene',
  frame: { print: toBase64url(PRINT) },
  reference: 'AAAA',
  region: { x: 0.4, y: 0.4, width: 0.2, height: 0.2 },
};
const MOVED = [1, 0, 0.1, 0, 1, 0, 0, 0, 1] as const;

/** World tracking as a test has it: what is found is told by hand. */
class HandLocator implements Locator {
  readonly events = new Emitter<LocatorEvents>();
  readonly anchors = new Map<string, SceneAnchor>();
  isAble = true;
  isKeeping = false;
  isClosed = false;
  #mediaMs = 1000;

  on<N extends keyof LocatorEvents>(name: N, listener: (data: LocatorEvents[N]) => void): () => void {
    return this.events.on(name, listener);
  }
  add(markId: string, anchor: SceneAnchor): void {
    this.anchors.set(markId, anchor);
  }
  remove(markId: string): void {
    this.anchors.delete(markId);
  }
  setKeeping(keeping: boolean): void {
    this.isKeeping = keeping;
  }
  close(): void {
    this.isClosed = true;
  }
  locate(state: PoseState): void {
    this.#mediaMs += 33;
    const poses = [...this.anchors.keys()].map((anchorId) => ({
      ...{ anchorId, state, confidence: 0.8, by: 'world' as const },
      ...(state === 'held' ? { homography: MOVED } : {}),
    }));
    this.events.emit('located', { mediaMs: this.#mediaMs, print: PRINT, aspect: 16 / 9, poses, tookMs: 3 });
  }
}

describe('marks on a wearer', () => {
  let room: LiveRoom;
  let session: RoomSession;
  let source: LocalSource;
  let clock: ManualClock;
  let locator: HandLocator;
  let marks: WearerMarks;
  const mark = (markId: string, anchor: Mark['anchor'] = ANCHOR): Mark => ({
    ...{ markId, author: 'other', patientId: 'scene', anchor, aspect: 16 / 9 },
    surface: { kind: 'video', producerId: source.producerId },
    shape: { kind: 'pointer', at: { x: 0.5, y: 0.5 } },
  });
  const add = async (...given: Mark[]) => {
    room.server.commit(
      given.map((each): RoomEvent => ({ type: 'MarkAdded', mark: JSON.parse(JSON.stringify(each)) })),
    );
    await until('the facts', () =>
      given.every(({ markId }) => session.state.marks.scene.marks[markId] !== undefined),
    );
  };
  const sent = () =>
    (room.media.get('send')?.sent ?? []).flatMap(({ label, data }) =>
      label === 'pose' && data instanceof ArrayBuffer
        ? [JSON.parse(JSON.stringify(fromBytes(new Uint8Array(data))))]
        : [],
    );
  const locate = (state: PoseState) => {
    clock.advance(40);
    locator.locate(state);
  };

  beforeEach(async () => {
    room = await LiveRoom.open();
    session = await room.join();
    source = await session.publish(fakeTrack('video'), SOURCE);
    await until('live', () => source.status === 'live');
    const about = { principalId: 'p', organisationId: 'o', name: 'Dr. Li', speaksHere: true } as const;
    room.server.commit([
      { type: 'PeerJoined', peerId: session.peerId, role: 'wearer', ...about },
      {
        type: 'SourcePublished',
        producerId: source.producerId,
        peerId: session.peerId,
        kind: 'video',
        mimeType: 'video/VP8',
        source: SOURCE,
      },
    ]);
    await until('the fact', () => session.state.sources[source.producerId] !== undefined);
    clock = new ManualClock();
    locator = new HandLocator();
    marks = createWearerMarks(session, source, { clock, locator });
  });
  afterEach(async () => {
    marks.close();
    assert.equal(locator.isClosed, true);
    assert.equal(clock.pending, 0);
    await room.close();
  });

  it('keeps frames as soon as somebody may draw, and follows what is on its own camera alone', async () => {
    assert.equal(locator.isKeeping, false);
    const about = { principalId: 'q', organisationId: 'o', name: 'Dr. Li', speaksHere: true } as const;
    room.server.commit([{ type: 'PeerJoined', peerId: 'other', role: 'coordinator', ...about }]);
    await until('kept', () => locator.isKeeping);
    await add(mark('m1'), { ...mark('m2'), surface: { kind: 'video', producerId: 'another' } });
    assert.deepEqual([...locator.anchors.keys()], ['m1']);
    assert.equal(marks.tracking, 'following');
    room.server.commit([{ type: 'MarksErased', markIds: ['m1'], author: 'other', reason: 'erased' }]);
    await until('forgotten', () => locator.anchors.size === 0);
    assert.equal(marks.tracking, 'resting');
  });

  it('shows only what is held, fades what is lost within a tenth of a second, and names it', async () => {
    await add(mark('m1'));
    assert.equal(marks.shown.length, 0);
    assert.equal(marks.unseen[0]?.state, 'searching');
    locate('held');
    assert.deepEqual(marks.shown[0]?.homography, MOVED);
    assert.equal(marks.unseen.length, 0);
    locate('lost');
    assert.ok((marks.shown[0]?.opacity ?? 0) < 1);
    assert.equal(marks.unseen[0]?.state, 'lost');
    clock.advance(100);
    assert.deepEqual(marks.shown, []);
  });

  it('shows nothing when frames stop coming, or when what finds the marks was interrupted', async () => {
    await add(mark('m1'));
    locate('held');
    assert.equal(marks.shown.length, 1);
    let changes = 0;
    marks.on('change', () => {
      changes += 1;
    });
    clock.advance(300);
    assert.ok(changes > 0);
    assert.deepEqual(marks.shown, []);
    locate('held');
    assert.equal(marks.shown.length, 1);
    locator.events.emit('interrupted', undefined);
    assert.deepEqual(marks.shown, []);
  });

  it('tells everybody where marks are, by the data channel, and this page itself', async () => {
    const own = createMarks(session, clock);
    await add(mark('m1'));
    locate('held');
    await until('asked for the channel', () =>
      room.paramsOf('media.produceData').some((p) => p.includes('"pose"')),
    );
    await until('sent', () => {
      locate('held');
      return sent().length > 0;
    });
    const message = sent().at(-1);
    assert.equal(message.producerId, source.producerId);
    assert.deepEqual(message.poses, [
      { markId: 'm1', state: 'held', confidence: 0.8, by: 'world', h: [...MOVED] },
    ]);
    assert.equal(message.print, toBase64url(PRINT));
    const [seen] = own.shown({ kind: 'video', producerId: source.producerId }, { print: PRINT });
    assert.deepEqual([seen?.state, seen?.homography], ['held', MOVED]);
    own.close();
  });

  it('tells by the socket while there is no data channel, ten times a second', async () => {
    room.server.swallowAnswers.add('media.produceData');
    await add(mark('m1'));
    for (let frame = 0; frame < 30; frame += 1) {
      locate('held');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until('told', () => room.server.countOf('mark.pose') > 0);
    assert.ok(room.server.countOf('mark.pose') <= 12, `${room.server.countOf('mark.pose')}`);
    assert.deepEqual(sent(), []);
  });

  it('shows no marks that the wearer has switched off, and tells nobody a place then', async () => {
    await add(mark('m1'));
    room.server.commit([{ type: 'MarksSwitched', peerId: session.peerId, on: false }]);
    await until('off', () => marks.isOff);
    locate('held');
    assert.deepEqual(marks.shown, []);
    await until('sent', () => {
      clock.advance(500);
      locator.locate('held');
      return sent().length > 0;
    });
    assert.deepEqual(sent().at(-1).poses, [{ markId: 'm1', state: 'off', confidence: 0, by: 'world' }]);
  });

  it('tells nobody a place while the display shows only what is fixed to it', async () => {
    await add(mark('m1'));
    const report = { display: 'head-locked' as const };
    room.server.commit([{ type: 'WearerReported', peerId: session.peerId, report }]);
    await until('told', () => session.state.marks.wearers[session.peerId]?.display === 'head-locked');
    await until('sent', () => {
      clock.advance(500);
      locator.locate('held');
      return sent().length > 0;
    });
    assert.deepEqual(sent().at(-1).poses, [{ markId: 'm1', state: 'off', confidence: 0, by: 'world' }]);
  });

  it('follows a mark while it is drawn, by its new anchor when it is finished, and shows corner marks without following', async () => {
    const { shape: _, ...draft } = { ...mark('m1'), kind: 'pointer' as const };
    room.server.notify('mark.begun', { draft: JSON.parse(JSON.stringify(draft)) });
    await until('followed', () => locator.anchors.has('m1'));
    assert.deepEqual([...marks.drawing.keys()], ['other']);
    locate('held');
    assert.deepEqual(marks.shown, [], 'nothing is drawn yet');
    await add({ ...mark('m1'), anchor: { ...ANCHOR, reference: 'BBBB' } });
    await until('its own anchor', () => locator.anchors.get('m1')?.reference === 'BBBB');
    assert.equal(marks.drawing.size, 0);
    await add(mark('m2', { kind: 'corner', corner: 'top-left' }));
    assert.equal(locator.anchors.has('m2'), false);
    locate('held');
    assert.deepEqual(
      marks.shown.map(({ mark: { markId }, state }) => [markId, state]),
      [
        ['m1', 'held'],
        ['m2', 'fixed'],
      ],
    );
  });

  it('ends with its source', async () => {
    await source.close();
    assert.equal(locator.isClosed, true);
  });
});
