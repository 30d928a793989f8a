import assert from 'node:assert/strict';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import { createClient } from '../create-client.ts';
import { ROOM, RoomServer, TestRefusal } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';
import type { Client } from '../types.ts';

const created: RoomEvent = {
  type: 'RoomCreated',
  incidentId: 'i1',
  title: 'Collapse',
  drill: false,
  organisations: ['centre'],
  createdBy: 'd1',
};
const patient = (n: number): RoomEvent => ({ type: 'PatientAdded', patientId: `P${n}`, by: 'd1' });

describe('room session over a real socket', () => {
  let server: RoomServer;
  let client: Client;

  beforeEach(async () => {
    server = await RoomServer.start();
    server.commit([created]);
    client = createClient({ url: server.url });
  });
  afterEach(async () => {
    client.close('test over');
    await server.close();
  });

  const join = async () => {
    const session = client.join(ROOM, { media: false });
    await session.joined();
    return session;
  };

  it('joins with a room token and folds the log', async () => {
    const session = await join();
    assert.equal(session.state.title, 'Collapse');
    assert.equal(session.seq, 1);
    assert.equal(session.role, 'specialist');
    assert.equal(session.connection.status, 'live');
    server.commit([patient(1)]);
    await until('the pushed fact', () => session.state.patients.P1 !== undefined);
  });

  it('joins with a token of the caller, from a door that has a route of its own', async () => {
    let asked = 0;
    const roomToken = async () => {
      asked += 1;
      return client.http.roomToken(ROOM);
    };
    const session = client.join(ROOM, { media: false, roomToken });
    await session.joined();
    assert.equal(asked, 1);
  });

  it('says what is safe on the recorder, in the room time that it heard it', async () => {
    const session = await join();
    let told = 0;
    session.on('recording', () => {
      told += 1;
    });
    const track = { producerId: 'cot', durableUntil: 900, state: 'recording' as const };
    server.notify('recording.status', { tracks: [track] });
    await until('the status', () => told === 1);
    const [safety] = session.recordedTracks.values();
    assert.equal(safety?.durableUntil, 900);
    // The server of these tests says that room time is 1000 as it joins.
    assert.ok((safety?.toldAt ?? 0) >= 1000 && (safety?.toldAt ?? 0) <= session.roomTime);
  });

  it('fills a hole by asking for the entries it missed, and keeps order', async () => {
    const session = await join();
    server.handlers['room.entries'] = ({ since }) => ({ entries: server.log.filter((e) => e.seq > since) });
    server.commit([patient(1)], { quiet: true });
    server.commit([patient(2)]);
    await until('both facts', () => session.seq === 3);
    assert.deepEqual(Object.keys(session.state.patients), ['P1', 'P2']);
    assert.equal(server.countOf('room.entries'), 1);
  });

  it('resumes after a cut with the last seq it folded, on the renewed token', async () => {
    const session = await join();
    server.cut();
    await until('the loss is seen', () => session.connection.status === 'reconnecting');
    server.commit([patient(1)], { quiet: true });
    await until('the missed fact', () => session.seq === 2);
    const joins = server.requests.filter((request) => request.method === 'room.join');
    assert.equal(joins.length, 2);
    assert.deepEqual(joins[1]?.params, { token: 'next', peerId: session.peerId, speaksHere: true, since: 1 });
    assert.equal(server.tokens, 1);
    assert.equal(session.connection.status, 'live');
  });

  it('repeats a fact with the same command id when the answer was lost, so that it is written once', async () => {
    const session = await join();
    server.swallowAnswers.add('chat.send');
    const sent = session.request('chat.send', { text: 'help', patientId: 'scene', to: 'room' });
    await until('the first attempt', () => server.countOf('chat.send') === 1);
    server.swallowAnswers.clear();
    server.cut();
    const { messageId } = await sent;
    const attempts = server.requests.filter((request) => request.method === 'chat.send');
    assert.equal(attempts.length, 2);
    assert.equal(attempts[0]?.commandId, attempts[1]?.commandId);
    assert.match(attempts[0]?.commandId ?? '', /^[0-9a-f]{32}$/);
    await until('the message', () => session.state.messages.length === 1);
    assert.equal(server.log.filter((e) => e.events[0]?.type === 'MessageSent').length, 1);
    assert.ok(messageId);
  });

  it('gives a request up at its own deadline while the server is away', async () => {
    const session = await join();
    await server.close();
    await assert.rejects(session.request('room.entries', { since: 0 }, { deadlineMs: 300 }), {
      code: 'deadline-exceeded',
    });
  });

  it('waits as long as the server asks before it repeats', async () => {
    const session = await join();
    let refusals = 1;
    server.handlers['help.call'] = () => {
      refusals -= 1;
      if (refusals >= 0) throw new TestRefusal('too-many', 60);
      return { callId: 'c1' };
    };
    const { callId } = await session.request('help.call', { patientId: 'P1' });
    assert.equal(callId, 'c1');
    assert.equal(server.countOf('help.call'), 2);
  });

  it('fetches a new token once when the old one is refused', async () => {
    const session = await join();
    let refused = 0;
    server.handlers['room.join'] = (params) => {
      if (params.token === 'next') {
        refused += 1;
        throw new TestRefusal('unauthenticated');
      }
      return { peerId: params.peerId, role: 'specialist', roomTime: 0, token: 'next', entries: [] };
    };
    server.cut();
    await until('the return', () => server.tokens === 2 && session.connection.status === 'live');
    assert.equal(refused, 1);
  });

  it('says refused, and does not try again, when the session is no longer signed in', async () => {
    server.tokenStatus = 401;
    const session = client.join(ROOM, { media: false });
    await assert.rejects(session.joined(), { code: 'unauthenticated' });
    assert.equal(session.connection.status, 'refused');
    assert.equal(session.connection.reason, 'unauthenticated');
    assert.equal(server.tokens, 1);
  });

  it('ends when the room is closed, when another tab takes over, and when it leaves', async () => {
    const first = await join();
    server.commit([{ type: 'RoomClosed', reason: 'done', by: 'd1' }]);
    await until('the end', () => first.connection.status === 'ended');
    assert.equal(first.connection.reason, 'room-closed');
    server.log.splice(1);
    const second = await join();
    server.notify('session.ended', { reason: 'replaced' });
    await until('the end', () => second.connection.reason === 'replaced');
    const third = await join();
    await third.leave();
    await third.leave();
    assert.equal(third.connection.reason, 'left');
    assert.equal(server.countOf('room.leave'), 1);
    await assert.rejects(third.request('room.entries', { since: 0 }), { code: 'closed' });
  });

  it('keeps its peer id over a reload of the page, and answers the open session to a second join', async () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => {
        kept.set(key, value);
      },
    };
    const page = createClient({ url: server.url, storage });
    const before = page.join(ROOM, { media: false });
    assert.equal(page.join(ROOM), before);
    page.close('reload');
    const reloaded = createClient({ url: server.url, storage });
    const after = reloaded.join(ROOM, { media: false });
    await after.joined();
    assert.equal(after.peerId, before.peerId);
    reloaded.close('test over');
  });

  it('takes a snapshot in place of a long gap', async () => {
    const session = await join();
    server.joinAnswer = () => ({
      snapshot: { seq: 40, state: { ...session.state, seq: 40, title: 'Later' } },
    });
    server.cut();
    await until('the snapshot', () => session.seq === 40);
    assert.equal(session.state.title, 'Later');
  });

  it('says of messages of others that they were delivered, once', async () => {
    const session = await join();
    const message = { type: 'MessageSent', peerId: 'other', text: 'hello', patientId: 'scene' } as const;
    server.commit([{ ...message, messageId: 'm1' }]);
    server.commit([{ ...message, messageId: 'm2', peerId: session.peerId }]);
    await until('the receipt', () => server.countOf('chat.receipt') === 1);
    const receipt = server.requests.find((request) => request.method === 'chat.receipt');
    assert.deepEqual(receipt?.params, { messageIds: ['m1'], state: 'delivered' });
  });
});
