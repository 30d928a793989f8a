import assert from 'node:assert/strict';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { createClient } from '../create-client.ts';
import { RoomServer } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';
import type { Client } from '../types.ts';

const summary = (roomId: string, createdUtc: number, callId?: string): RoomSummary => ({
  roomId,
  incidentId: 'i',
  title: roomId,
  drill: false,
  createdUtc,
  peers: [],
  patients: [],
  pictures: 0,
  unitIds: [],
  access: 'member',
  ...(callId ? { ringing: { callId, sinceUtc: 1, fromName: 'Ambulance 1' } } : {}),
});
const call = {
  callId: 'c1',
  fromName: 'Ambulance 1',
  patientId: 'P1',
  sinceUtc: 1,
  title: 'Fall',
  drill: false,
};

describe('live list of rooms', () => {
  let server: RoomServer;
  let client: Client;

  beforeEach(async () => {
    server = await RoomServer.start();
    client = createClient({ url: server.url });
  });
  afterEach(async () => {
    client.close('test over');
    await server.close();
  });

  it('shows what the server lists, newest first, and follows its changes', async () => {
    server.handlers['rooms.list'] = () => ({ rooms: [summary('old', 1), summary('new', 2)] });
    await client.rooms.open();
    const names = () => client.rooms.rooms.map((room) => room.roomId);
    assert.deepEqual(names(), ['new', 'old']);
    server.notify('rooms.changed', { room: summary('newest', 3) }, 'newest');
    server.notify('rooms.changed', { removedRoomId: 'old' }, 'old');
    await until('the changes', () => names().join() === 'newest,new');
  });

  it('asks again after a reconnect, since changes were missed, and stops calls that ended meanwhile', async () => {
    let rooms = [summary('a', 1, 'c1')];
    server.handlers['rooms.list'] = () => ({ rooms });
    await client.rooms.open();
    server.notify('help.ringing', call, 'a');
    await until('the call', () => client.rooms.ringing.length === 1);
    rooms = [summary('a', 1), summary('b', 2)];
    server.cut();
    await until('the new list', () => client.rooms.rooms.length === 2);
    assert.equal(client.rooms.ringing.length, 0);
  });

  it('rings, says who looked, and stops when it was answered here', async () => {
    await client.rooms.open();
    server.notify('help.ringing', call, 'a');
    await until('the call', () => client.rooms.ringing.length === 1);
    const [ringing] = client.rooms.ringing;
    assert.ok(ringing);
    await client.rooms.seen(ringing);
    await client.rooms.answer(ringing);
    assert.equal(client.rooms.ringing.length, 0);
    const told = server.requests.filter((request) => request.method.startsWith('help.'));
    assert.deepEqual(
      told.map(({ method, roomId }) => [method, roomId]),
      [
        ['help.seen', 'a'],
        ['help.answer', 'a'],
      ],
    );
  });

  it('stops ringing when another answered', async () => {
    await client.rooms.open();
    server.notify('help.ringing', call, 'a');
    await until('the call', () => client.rooms.ringing.length === 1);
    server.notify('help.stopped', { callId: 'c1', reason: 'answered' }, 'a');
    await until('silence', () => client.rooms.ringing.length === 0);
  });

  it('refuses facts outside a session', async () => {
    const outside: unknown = Reflect.apply(client.request, client, ['chat.send', {}]);
    await assert.rejects(Promise.resolve(outside), { code: 'bad-request' });
  });
});
