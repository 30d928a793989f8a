import assert from 'node:assert/strict';
import { type City, openCity } from './testing/city.ts';

describe('joining a room over the live connection', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity({ linkLostMs: 30, graceMs: { staff: 80, public: 40 } });
  });
  afterEach(() => city.stage.close());

  it('answers before the first entry and passes every fact on in order', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    for (let n = 1; n <= 5; n += 1)
      await crew.request('chat.send', { text: `word ${n}`, patientId: 'scene', to: 'room' }, { roomId });
    const state = await doctor.stateWhere(roomId, ({ messages }) => messages.length === 5, 'five messages');
    assert.deepEqual(
      state.messages.map(({ text }) => text),
      ['word 1', 'word 2', 'word 3', 'word 4', 'word 5'],
    );
    const seqs = doctor.entries.get(roomId)?.map(({ seq }) => seq) ?? [];
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((a, b) => a - b),
    );
  });

  it('is a return when the same peer comes on a newer connection, and ends the older one', async () => {
    const roomId = await city.openRoom();
    const first = await city.crew.enter(roomId);
    const second = await city.crew.connect();
    second.peerId = first.peerId;
    await second.join(roomId, await city.crew.token(roomId));
    assert.deepEqual(await first.seen('session.ended'), { reason: 'replaced' });
    assert.equal(Object.keys(second.state(roomId).peers).length, 1);
    assert.equal(
      await first.refused('chat.send', { text: 'x', patientId: 'scene', to: 'room' }, { roomId }),
      'not-found',
    );
    await second.request('chat.send', { text: 'x', patientId: 'scene', to: 'room' }, { roomId });
  });
});
