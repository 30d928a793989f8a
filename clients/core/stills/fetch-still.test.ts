import assert from 'node:assert/strict';
import { LiveRoom, published } from '../testing/live-room.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { TestRefusal } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';
import type { RoomSession } from '../types.ts';
import { fetchStill } from './fetch-still.ts';

const PEN = { producerId: 'camera', frame: { print: 'AAAA' }, point: { x: 0.2, y: 0.3 } };

describe('Asking for a still', () => {
  let room: LiveRoom;
  let session: RoomSession;

  beforeEach(async () => {
    room = await LiveRoom.open();
    room.server.handlers['still.signal'] = () => ({});
    session = await room.join();
    room.server.commit([published('camera')]);
    await until('the camera', () => session.state.sources.camera !== undefined);
  });
  afterEach(() => room.close());

  const signals = () => room.paramsOf('still.signal').map((text) => JSON.parse(text));
  const asked = () => until('the ask', () => signals().length > 0);

  it('asks the device whose camera it is, and tells its refusal with the reason', async () => {
    const fetch = fetchStill(session, PEN);
    await asked();
    assert.deepEqual(signals()[0], {
      toPeerId: 'crew',
      signal: { kind: 'ask', fetchId: fetch.fetchId, ...PEN },
    });
    const signal = { kind: 'refused', fetchId: fetch.fetchId, why: 'too-old' } as const;
    room.server.notify('still.signal', { fromPeerId: 'another', signal });
    room.server.notify('still.signal', { fromPeerId: 'crew', signal: { ...signal, fetchId: 'another' } });
    room.server.notify('still.signal', { fromPeerId: 'crew', signal });
    await fetch.ended();
    assert.equal(fetch.status, 'failed');
    assert.deepEqual([fetch.error?.code, fetch.error?.details.reason], ['conflict', 'too-old']);
    assert.equal(fetch.canvas, undefined);
  });

  it('ends at its deadline when nobody answers, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const fetch = fetchStill(session, PEN, clock);
    await asked();
    clock.advance(10_000);
    await fetch.ended();
    assert.deepEqual([fetch.status, fetch.error?.code], ['failed', 'deadline-exceeded']);
    assert.equal(clock.pending, 0);
  });

  it('ends when it is taken back, once, and tells the device', async () => {
    const clock = new ManualClock();
    const fetch = fetchStill(session, PEN, clock);
    let changes = 0;
    fetch.on('change', () => {
      changes += 1;
    });
    await asked();
    fetch.cancel();
    fetch.cancel();
    await fetch.ended();
    assert.deepEqual([fetch.status, changes, clock.pending], ['cancelled', 1, 0]);
    await until('the stop', () => signals().length === 2);
    assert.deepEqual(signals()[1]?.signal, { kind: 'stop', fetchId: fetch.fetchId });
  });

  it('fails with the refusal of the server, with a camera that is gone, and with a session that has ended', async () => {
    room.server.handlers['still.signal'] = () => {
      throw new TestRefusal('forbidden');
    };
    const refused = fetchStill(session, PEN);
    await refused.ended();
    assert.equal(refused.error?.code, 'forbidden');
    const gone = fetchStill(session, { ...PEN, producerId: 'none' });
    await gone.ended();
    assert.equal(gone.error?.code, 'not-found');
    room.server.handlers['still.signal'] = () => ({});
    const left = fetchStill(session, PEN);
    session.close('the page goes');
    await left.ended();
    assert.equal(left.status, 'failed');
  });

  it('believes no device that announces more pixels than any camera has', async () => {
    const fetch = fetchStill(session, PEN);
    await asked();
    const found = { kind: 'found', fetchId: fetch.fetchId, mediaMs: 1, offsetMs: 0 } as const;
    room.server.notify('still.signal', {
      fromPeerId: 'crew',
      signal: { ...found, width: 16_384, height: 16_384 },
    });
    await fetch.ended();
    assert.equal(fetch.error?.details.reason, 'damaged');
  });
});
