import assert from 'node:assert/strict';
import { type City, openCity } from '../sockets/testing/city.ts';
import { until } from '../sockets/testing/client.ts';

describe('the board', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity();
  });
  afterEach(() => city.stage.close());

  it('shows each person the rooms they may enter, and changes as they happen', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.connect();
    const { rooms } = await doctor.request('rooms.list', {});
    assert.deepEqual(
      rooms.map((room) => [room.roomId, room.access, room.unitIds]),
      [[roomId, 'member', [city.unitId]]],
    );
    await city.crew.enter(roomId);
    const change = await doctor.seen('rooms.changed', ({ room }) => room?.peers.length === 1);
    assert.equal(change.room?.peers[0]?.role, 'crew');
    const second = await city.openRoom('Second');
    await doctor.seen('rooms.changed', ({ room }) => room?.roomId === second);
    const office = await city.dispatcher.enter(roomId);
    await office.request('room.close', { reason: 'over' }, { roomId });
    await doctor.seen('rooms.changed', ({ removedRoomId }) => removedRoomId === roomId);
  });

  it('names a room behind the glass to a duty doctor and tells nothing of its inside', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    await crew.request('patient.add', {}, { roomId });
    const doctor = await city.stranger.connect();
    const { rooms } = await doctor.request('rooms.list', {});
    assert.deepEqual(
      rooms.map(({ access, peers, patients, unitIds }) => ({ access, peers, patients, unitIds })),
      [{ access: 'break-glass', peers: [], patients: [], unitIds: [] }],
    );
    const nosy = await (await city.stage.person('specialist', city.organisations.foreign)).connect();
    assert.deepEqual((await nosy.request('rooms.list', {})).rooms, []);
  });

  it('is complete again after a restart', async () => {
    const roomId = await city.openRoom();
    await city.stage.restart();
    const doctor = await city.coordinator.connect();
    const { rooms } = await doctor.request('rooms.list', {});
    assert.deepEqual(
      rooms.map((room) => room.roomId),
      [roomId],
    );
  });

  it('pushes a busy room a few times only, the last state always', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.connect();
    await doctor.request('rooms.list', {});
    const added = Array.from({ length: 30 }, () => crew.request('patient.add', {}, { roomId }));
    await Promise.all(added);
    await doctor.seen('rooms.changed', ({ room }) => room?.patients.length === 30);
    assert.ok(doctor.of('rooms.changed').length <= 6, `${doctor.of('rooms.changed').length} pushes`);
  });
});

describe('a call for help', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity();
  });
  afterEach(() => city.stage.close());

  it('rings where someone may answer, tells the crew where, and stops when one of them does', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const [doctor, specialist, stranger, colleague] = await Promise.all([
      city.coordinator.connect(),
      city.specialist.connect(),
      city.stranger.connect(),
      city.crew.connect(),
    ]);
    for (const client of [doctor, specialist, stranger, colleague]) await client.request('rooms.list', {});
    const { callId } = await crew.request('help.call', { patientId: 'scene' }, { roomId });
    const ring = await doctor.seen('help.ringing');
    assert.deepEqual([ring.callId, ring.title, ring.drill], [callId, 'Chest pain', false]);
    assert.ok(Math.abs(ring.sinceUtc - Date.now()) < 60_000);
    await specialist.seen('help.ringing');
    await crew.stateWhere(roomId, ({ help }) => help[callId]?.ringingAt.length === 1, 'the places');
    assert.deepEqual(crew.state(roomId).help[callId]?.ringingAt, ['Riverside']);

    // Seen and answered from the board, before the room is entered.
    await specialist.request('help.seen', { callId }, { roomId });
    await crew.stateWhere(roomId, ({ help }) => help[callId]?.seenBy.length === 1, 'who saw it');
    await doctor.request('help.answer', { callId }, { roomId });
    assert.deepEqual(await specialist.seen('help.stopped'), { callId, reason: 'answered' });
    await crew.stateWhere(roomId, ({ help }) => help[callId]?.answeredBy !== undefined, 'the answer');
    assert.equal(crew.state(roomId).help[callId]?.answeredBy?.principalId, city.coordinator.principalId);
    assert.equal(await specialist.refused('help.answer', { callId }, { roomId }), 'conflict');
    assert.deepEqual(stranger.of('help.ringing'), []);
    assert.deepEqual(colleague.of('help.ringing'), []);
    assert.equal(await stranger.refused('help.answer', { callId }, { roomId }), 'not-found');
  });

  it('rings at once for someone who comes while it waits, and not twice', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const { callId } = await crew.request('help.call', { patientId: 'scene' }, { roomId });
    const doctor = await city.coordinator.connect();
    const { rooms } = await doctor.request('rooms.list', {});
    assert.equal(rooms[0]?.ringing?.callId, callId);
    await doctor.seen('help.ringing');
    await doctor.request('rooms.list', {});
    await crew.request('help.cancel', { callId }, { roomId });
    assert.deepEqual(await doctor.seen('help.stopped'), { callId, reason: 'cancelled' });
    assert.equal(doctor.of('help.ringing').length, 1);
  });

  it('rings at a hospital that is admitted while it waits', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const office = await city.dispatcher.enter(roomId);
    const far = await city.stranger.connect();
    await far.request('rooms.list', {});
    await crew.request('help.call', { patientId: 'scene' }, { roomId });
    const admission = { organisationId: city.organisations.foreign, why: 'guiding' } as const;
    await office.request('room.admit', admission, { roomId });
    await far.seen('help.ringing');
    const places = () => Object.values(crew.state(roomId).help)[0]?.ringingAt ?? [];
    await until(() => places().includes('Faraway'), 'the new place');
  });
});
