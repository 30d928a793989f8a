import assert from 'node:assert/strict';
import { ManualClock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { type City, openCity } from './testing/city.ts';
import { until } from './testing/client.ts';

describe('a request', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity({ linkLostMs: 20, maxPending: 4, maxPerPerson: 2 });
  });
  afterEach(() => city.stage.close());

  const start = { rtpCapabilities: {} };

  it('that takes longer than its caller waits is answered with a code, and the next one is served', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const slow = Promise.withResolvers<void>();
    city.stage.media.before = slow.promise;
    const options = { roomId, deadlineMs: 100 };
    assert.equal(await crew.refused('media.start', start, options), 'deadline-exceeded');
    await crew.request('patient.add', {}, { roomId });
    slow.resolve();
  });

  it('is refused while too many others of the same connection are in work', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const slow = Promise.withResolvers<void>();
    city.stage.media.before = slow.promise;
    const waiting = Array.from({ length: 4 }, () => crew.refused('media.start', start, { roomId }));
    await until(() => city.stage.media.told.length === 4, 'four requests in work');
    assert.equal(await crew.refused('clock.sync', {}), 'too-many');
    slow.resolve();
    assert.deepEqual(await Promise.all(waiting), Array(4).fill('media-unavailable'));
  });

  it('is counted by method and outcome', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    await crew.refused('order.give', { text: 'x', patientId: 'P1' }, { roomId });
    await crew.refused(`nothing-${newId()}`, {});
    const text = await city.stage.registry.metrics();
    for (const line of [
      'goldenhour_requests_total{method="room.join",outcome="ok",role="test"} 1',
      'goldenhour_requests_total{method="order.give",outcome="forbidden",role="test"} 1',
      'goldenhour_requests_total{method="unknown",outcome="unknown-method",role="test"} 1',
      'goldenhour_errors_total{code="forbidden",role="test"} 1',
      'goldenhour_rooms{role="test"} 1',
      'goldenhour_join_seconds_count{role="test"} 1',
      'goldenhour_peers{peer_role="crew",role="test"} 1',
    ])
      assert.ok(text.includes(line), line);
  });

  it('comes from a few connections of one person at most', async () => {
    await city.coordinator.connect();
    await city.coordinator.connect();
    const third = city.stage.connect(city.coordinator.cookie);
    const error = await new Promise<Error>((resolve) => third.socket.once('connect_error', resolve));
    assert.match(JSON.stringify('data' in error ? error.data : ''), /too-many/);
  });
});

describe('a room that goes to another owner', () => {
  it('sends its peers away to come back, and they lose nothing', async () => {
    const city = await openCity({ linkLostMs: 20 });
    try {
      const roomId = await city.openRoom();
      const crew = await city.crew.enter(roomId);
      await crew.request('patient.add', {}, { roomId });
      // A process whose clock is far ahead sees our lease as over and takes the room.
      const other = await city.stage.otherRooms(new ManualClock(Date.now() + 3_600_000));
      await other.at(roomId).state();
      const commandId = newId();
      const lost = crew.reply('patient.add', {}, { roomId, commandId }).catch(() => ({ ok: false }));
      assert.equal((await lost).ok, false);
      await until(() => !crew.socket.connected, 'the end of the connection');
      await other.close('test');
      await crew.connected();
      await crew.join(roomId, await city.crew.token(roomId));
      await crew.request('patient.add', {}, { roomId, commandId });
      await crew.stateWhere(roomId, ({ patients }) => 'P2' in patients, 'the second patient');
    } finally {
      await city.stage.close();
    }
  });
});
