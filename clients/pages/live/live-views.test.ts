import assert from 'node:assert/strict';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';
import { modulesPath } from '../../ui/qr-path.ts';
import { GRAPH_SPAN_MS, linePath, niceTop } from './graph-path.ts';
import { defaultPatient, nameOf, patientIds, patientTitle, utcOf } from './names.ts';
import { orderOrders, waitingOrders } from './orders-view.ts';
import { isHeard, openInvites, orderPeers, peerLink } from './people-view.ts';
import { toConfirm } from './receipts.ts';
import { reportText } from './report-text.ts';
import { ageView, isFourK, mainPicture, orderPictures, rungBars } from './source-view.ts';
import { mergeViews, shownPixels, ViewsReporter } from './views.ts';

const peer = (
  peerId: string,
  more: Partial<RoomState['peers'][string]> = {},
): RoomState['peers'][string] => ({
  peerId,
  principalId: `who-${peerId}`,
  role: 'specialist',
  organisationId: 'o1',
  name: `Dr ${peerId}`,
  speaksHere: true,
  joinedAt: 0,
  link: 'up',
  muted: { audio: false, video: false },
  ...more,
});
const picture = (producerId: string, role: 'patient' | 'overview' | 'monitor' | 'face', height = 1080) => ({
  producerId,
  info: { role, label: producerId, patientId: 'P1', height },
});

describe('A stale picture', () => {
  it('shows its age after 1.5 s and is not live after 3 s, whatever the verdict was', () => {
    assert.deepEqual(ageView('live', 1400), { kind: 'live' });
    assert.deepEqual(ageView('live', 1600), { kind: 'age', ageMs: 1600 });
    assert.deepEqual(ageView('live', 3100), { kind: 'not-live', ageMs: 3100 });
    assert.deepEqual(ageView('not-live', undefined), { kind: 'not-live', ageMs: undefined });
    assert.deepEqual(ageView('aging', undefined), { kind: 'age', ageMs: 1500 });
  });

  it('is labelled a still when it is one, with its age once it is old', () => {
    assert.deepEqual(ageView('still', 900), { kind: 'still', ageMs: undefined });
    assert.deepEqual(ageView('still', 5000), { kind: 'still', ageMs: 5000 });
  });
});

describe('The main picture', () => {
  const pictures = [
    picture('room', 'overview'),
    picture('face', 'face'),
    picture('big', 'patient', 2160),
    picture('small', 'patient'),
  ];
  it('is the one chosen, else the spotlight, else the patient in most lines', () => {
    assert.deepEqual(
      orderPictures(pictures).map((each) => each.producerId),
      ['big', 'small', 'room', 'face'],
    );
    assert.equal(mainPicture(pictures, undefined, undefined)?.producerId, 'big');
    assert.equal(mainPicture(pictures, undefined, 'room')?.producerId, 'room');
    assert.equal(mainPicture(pictures, 'face', 'room')?.producerId, 'face');
    assert.equal(mainPicture(pictures, 'gone', undefined)?.producerId, 'big');
    assert.equal(mainPicture([], 'gone', undefined), undefined);
  });
  it('is marked 4K from 2160 lines on, and its rung fills bars', () => {
    assert.deepEqual(
      pictures.map((each) => isFourK(each.info)),
      [false, false, true, false],
    );
    assert.deepEqual((['2160', '1080', '540', 'still', 'audio'] as const).map(rungBars), [4, 3, 2, 1, 0]);
  });
});

describe('What tiles tell the media plan', () => {
  it('is the largest visible size of each source', () => {
    const merged = mergeViews([
      { producerId: 'a', width: 200, height: 100, visible: true, priority: 3 },
      { producerId: 'a', width: 1600, height: 900, visible: true, priority: 10 },
      { producerId: 'b', width: 1600, height: 900, visible: false },
      { producerId: 'b', width: 20, height: 10, visible: true },
    ]);
    assert.deepEqual(merged, [
      { producerId: 'a', width: 1600, height: 900, visible: true, priority: 10 },
      { producerId: 'b', width: 20, height: 10, visible: true },
    ]);
    assert.equal(shownPixels(1000, 2, 8), 16_000);
    assert.equal(shownPixels(100_000, 2, 8), 65_536);
  });

  it('is sent once for many changes, and without a tile that is gone', async () => {
    const { promise, resolve } = Promise.withResolvers<readonly unknown[]>();
    let sent = 0;
    const reporter = new ViewsReporter((views) => {
      sent += 1;
      resolve(views);
    });
    const gone = {};
    reporter.report(gone, { producerId: 'x', width: 1, height: 1, visible: true });
    reporter.report({}, { producerId: 'y', width: 2, height: 2, visible: true });
    reporter.report(gone, undefined);
    assert.deepEqual(await promise, [{ producerId: 'y', width: 2, height: 2, visible: true }]);
    assert.equal(sent, 1);
    reporter.close();
  });
});

describe('Names in a room', () => {
  const state: RoomState = {
    ...initialRoomState(),
    anchor: { at: 1000, utc: 500_000 },
    leadPeerId: 'b',
    peers: {
      a: peer('a', { joinedAt: 1 }),
      b: peer('b', { role: 'coordinator', joinedAt: 2 }),
      c: peer('c', { role: 'crew', link: 'lost' }),
    },
    patients: { P10: {}, P2: { description: 'man, about 60' }, P1: { movedTo: 'other' } },
  };
  it('are found by peer and by principal', () => {
    assert.equal(nameOf(state, 'a'), 'Dr a');
    assert.equal(nameOf(state, 'who-b'), 'Dr b');
    assert.equal(nameOf(state, 'nobody'), undefined);
    assert.equal(utcOf(state, 1500), 500_500);
  });
  it('put patients in the order of their numbers, without those who moved', () => {
    assert.deepEqual(patientIds(state), ['P2', 'P10']);
    assert.equal(patientTitle(state, 'P2'), 'P2 · man, about 60');
    assert.equal(defaultPatient(state), 'P2');
    assert.equal(defaultPatient(initialRoomState()), 'scene');
  });
  it('put the lead first and oneself second, and tell a silent link from a lost one', () => {
    assert.deepEqual(
      orderPeers(state, 'a').map((each) => each.peerId),
      ['b', 'a', 'c'],
    );
    assert.equal(peerLink(peer('c', { link: 'lost' }), new Set()), 'lost');
    assert.equal(peerLink(peer('a'), new Set(['a'])), 'silent');
    assert.equal(isHeard(state, 'a'), false);
  });
  it('list invitations that still open the room', () => {
    const invite = { role: 'specialist' as const, name: 'x', expiresAt: 10, revoked: false };
    const invites = {
      a: { ...invite, inviteId: 'a' },
      b: { ...invite, inviteId: 'b', revoked: true },
      c: { ...invite, inviteId: 'c', expiresAt: 5 },
    };
    assert.deepEqual(
      openInvites({ ...state, invites }, 7).map((each) => each.inviteId),
      ['a'],
    );
  });
});

describe('Orders and messages', () => {
  const order = { text: 'x', patientId: 'P1', by: 'b' };
  it('put what waits first and what is finished last', () => {
    const orders = {
      done: { ...order, orderId: 'done', at: 1, readBackBy: 'c', outcome: 'done' as const },
      read: { ...order, orderId: 'read', at: 2, readBackBy: 'c' },
      late: { ...order, orderId: 'late', at: 4 },
      early: { ...order, orderId: 'early', at: 3 },
    };
    const state = { ...initialRoomState(), orders };
    assert.deepEqual(
      orderOrders(state).map((each) => each.orderId),
      ['early', 'late', 'read', 'done'],
    );
    assert.equal(waitingOrders(state).length, 2);
  });
  it('leave to confirm only what others wrote and this peer has not read', () => {
    const message = {
      messageId: 'm',
      peerId: 'a',
      name: 'A',
      text: 'x',
      patientId: 'scene',
      at: 1,
      utc: 1,
      deliveredTo: [],
      readBy: [],
    };
    const mine = { ...message, messageId: 'mine', peerId: 'me' };
    const read = { ...message, messageId: 'read', readBy: ['me'] };
    assert.deepEqual(toConfirm([message, mine, read], 'me'), ['m']);
  });
});

describe('The connection panel', () => {
  it('draws gaps where nothing was measured', () => {
    const now = 200_000;
    const points = [
      { at: now - GRAPH_SPAN_MS - 1, value: 5 },
      { at: now - 60_000, value: 5 },
      { at: now - 59_000, value: 10 },
      { at: now - 58_000, value: undefined },
      { at: now, value: 0 },
    ];
    assert.equal(linePath(points, now, 10, 120, 100), 'M60.0 50.0L61.0 0.0M120.0 100.0');
    assert.deepEqual([0, 3, 12_300_000, 10].map(niceTop), [1, 5, 20_000_000, 10]);
  });
  it('reports figures and ids, and no label of a source', () => {
    const text = reportText({
      at: 0,
      version: '1',
      roomId: 'r',
      peerId: 'p',
      userAgent: 'ua',
      connection: { status: 'weak', reason: 'loss', since: 0, media: 'up' },
      reconnects: 2,
      joinMs: 120,
      firstFrameMs: undefined,
      link: [{ at: 0, upBitrate: 1_500_000, downBitrate: 64_000, rttMs: 41.7, upLoss: 0.021 }],
      sources: [{ producerId: 'src', rung: '1080', reason: 'link', freshness: 'live', sample: undefined }],
    });
    assert.match(text, /status weak \(loss\)/);
    assert.match(text, /up 1500 kbit\/s of –, down 64 kbit\/s, rtt 42 ms, loss 2\.1 %\/–/);
    assert.match(text, /src .*rung 1080 \(link\), live/);
  });
  it('draws a QR code as runs of dark modules', () => {
    assert.equal(
      modulesPath([1, 1, 0, 0, 1, 1, 1, 0, 1], 3),
      'M0 0h2v1h-2zM1 1h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z',
    );
  });
});
