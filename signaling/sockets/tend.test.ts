import assert from 'node:assert/strict';
import { type City, openCity } from './testing/city.ts';

describe('room tokens while someone sits in a room', () => {
  let city: City;
  before(async () => {
    // Longer than tokens live: each round renews every token.
    city = await openCity({ renewBeforeMs: 3_600_000, tendMs: 3_600_000 });
  });
  after(() => city.stage.close());

  it('are renewed before they end, and the new one joins', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    await city.stage.live.sockets.tend();
    const { token } = await doctor.seen('token.renewed');
    const claims = await city.stage.people.tokens.verify(token);
    assert.deepEqual([claims.sub, claims.room], [city.coordinator.principalId, roomId]);
    doctor.cut();
    await doctor.connected();
    await doctor.join(roomId, token);
  });

  it('are not renewed for whoever may no longer be here: the seat ends', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const office = await city.dispatcher.enter(roomId);
    await office.request('room.releaseUnit', { unitId: city.unitId }, { roomId });
    await city.stage.live.sockets.tend();
    assert.deepEqual(await crew.seen('session.ended'), { reason: 'revoked' });
    await office.stateWhere(roomId, ({ peers }) => !(crew.peerId in peers), 'the leaving');
    assert.equal(await crew.refused('patient.add', {}, { roomId }), 'not-found');
  });
});
