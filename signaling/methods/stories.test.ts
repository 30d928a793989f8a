import assert from 'node:assert/strict';
import { newId } from '../../platform/ids.ts';
import { type City, openCity } from '../sockets/testing/city.ts';
import { until } from '../sockets/testing/client.ts';

describe('methods around rooms', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity({ linkLostMs: 50 });
  });
  afterEach(() => city.stage.close());

  describe('opening a room', () => {
    it('is for the centre, coordinators and a crew for its own unit, once per command', async () => {
      const device = await city.crew.connect();
      const room = { title: 'Fall', drill: false, organisations: [] };
      const commandId = newId();
      const { roomId } = await device.request('room.create', room, { commandId });
      assert.deepEqual(await device.request('room.create', room, { commandId }), { roomId });
      const state = await city.stage.rooms.at(roomId).state();
      assert.deepEqual(state.unitIds, [city.unitId]);
      assert.deepEqual(
        new Set(state.organisations.map(({ organisationId }) => organisationId)),
        new Set([city.organisations.operator, city.organisations.centre]),
      );
      const other = await city.stage.unit('Ambulance 2', city.organisations.operator);
      assert.equal(await device.refused('room.create', { ...room, unitId: other }), 'forbidden');
      const specialist = await city.specialist.connect();
      assert.equal(await specialist.refused('room.create', room), 'forbidden');
    });

    it('names only organisations and units that exist', async () => {
      const office = await city.dispatcher.connect();
      const room = { title: 'Fall', drill: true, organisations: ['nobody'] };
      assert.equal(await office.refused('room.create', room), 'bad-request');
      const params = { title: 'Fall', drill: true, organisations: [], unitId: 'none' };
      assert.equal(await office.refused('room.create', params), 'bad-request');
    });

    it('puts the unit on it, until the unit is released or the room closes', async () => {
      const roomId = await city.openRoom();
      const { directory } = city.stage.people;
      const office = await city.dispatcher.enter(roomId);
      const isOn = (wanted: string | undefined) => async () =>
        (await directory.unitRoom(city.unitId)) === wanted;
      await until(isOn(roomId), 'the unit on its room');
      await office.request('room.releaseUnit', { unitId: city.unitId }, { roomId });
      await until(isOn(undefined), 'the unit released');
      await office.request('room.assignUnit', { unitId: city.unitId }, { roomId });
      await until(isOn(roomId), 'the unit back');
      await office.request('room.close', { reason: 'over' }, { roomId });
      await until(isOn(undefined), 'the unit free');
    });
  });

  describe('a token', () => {
    it('of another session, another room, or none is refused', async () => {
      const roomId = await city.openRoom();
      const other = await city.openRoom('Fall');
      const doctor = await city.coordinator.connect();
      const join = (token: string) => ({ token, peerId: newId(), speaksHere: false });
      const foreign = join(await city.specialist.token(roomId));
      assert.equal(await doctor.refused('room.join', foreign, { roomId }), 'unauthenticated');
      const own = join(await city.coordinator.token(roomId));
      assert.equal(await doctor.refused('room.join', own, { roomId: other }), 'not-found');
      assert.equal(await doctor.refused('room.join', join('e30.e30.e30'), { roomId }), 'unauthenticated');
    });

    it('does not let anyone take the peer id of somebody else, nor disturbs them', async () => {
      const roomId = await city.openRoom();
      const victim = await city.crew.enter(roomId);
      const thief = await city.coordinator.connect();
      const params = { token: await city.coordinator.token(roomId), peerId: victim.peerId, speaksHere: true };
      assert.equal(await thief.refused('room.join', params, { roomId }), 'conflict');
      await victim.request('patient.add', {}, { roomId });
      assert.deepEqual(victim.of('session.ended'), []);
    });

    it('ends with its session, and the person has left', async () => {
      const roomId = await city.openRoom();
      const doctor = await city.coordinator.enter(roomId);
      await city.stage.people.sessions.end(city.coordinator.sid, 'signed-out');
      assert.deepEqual(await doctor.seen('session.ended'), { reason: 'signed-out' });
      await until(() => !doctor.socket.connected, 'the end of the connection');
      await until(
        async () => Object.keys((await city.stage.rooms.at(roomId).state()).peers).length === 0,
        'the leaving',
      );
    });
  });

  it('leaving is a fact, and coming again is a new arrival', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    await doctor.request('room.leave', {}, { roomId });
    await crew.stateWhere(roomId, ({ peers }) => !(doctor.peerId in peers), 'the leaving');
    assert.equal(await doctor.refused('patient.add', {}, { roomId }), 'not-found');
    await doctor.join(roomId, await city.coordinator.token(roomId));
    await crew.stateWhere(roomId, ({ peers }) => doctor.peerId in peers, 'the arrival');
  });

  it('a removed peer is told, its tokens are refused and its connection ends', async () => {
    const roomId = await city.openRoom();
    const office = await city.dispatcher.enter(roomId);
    const doctor = await city.specialist.enter(roomId);
    const token = await city.specialist.token(roomId);
    const crew = await city.crew.enter(roomId);
    assert.equal(
      await crew.refused('room.removePeer', { peerId: doctor.peerId }, { roomId }),
      'forbidden',
      'only those who direct remove',
    );
    await office.request('room.removePeer', { peerId: doctor.peerId }, { roomId });
    assert.deepEqual(await doctor.seen('session.ended'), { reason: 'removed' });
    await until(() => !doctor.socket.connected, 'the end of the connection');
    const again = await city.specialist.connect();
    const params = { token, peerId: newId(), speaksHere: false };
    assert.equal(await again.refused('room.join', params, { roomId }), 'unauthenticated');
  });

  it('a guest of a clinical role invites nobody, so that its own end is the end', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const invite = { role: 'specialist', name: 'Colleague', minutes: 10 } as const;
    const { inviteId, url } = await doctor.request('room.invite', invite, { roomId });
    const guest = await (await city.stage.guest(url)).enter(roomId);
    assert.equal(guest.state(roomId).peers[guest.peerId]?.role, 'specialist');
    assert.equal(await guest.refused('room.invite', invite, { roomId }), 'forbidden');
    assert.equal(await guest.refused('room.revokeInvite', { inviteId }, { roomId }), 'forbidden');
    assert.equal(Object.keys(doctor.state(roomId).invites).length, 1);
  });

  it('only organisations and units that exist are let in', async () => {
    const roomId = await city.openRoom();
    const dispatcher = await city.dispatcher.enter(roomId);
    const before = dispatcher.state(roomId).seq;
    const nobody = { organisationId: 'nobody', why: 'guiding' };
    assert.equal(await dispatcher.refused('room.admit', nobody, { roomId }), 'bad-request');
    assert.equal(
      await dispatcher.refused('room.assignUnit', { unitId: 'nothing' }, { roomId }),
      'bad-request',
    );
    assert.equal(dispatcher.state(roomId).seq, before);
    await dispatcher.request(
      'room.admit',
      { organisationId: city.organisations.foreign, why: 'guiding' },
      { roomId },
    );
  });

  it('a guest comes by an invitation, in its role only, and goes when it is taken back', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const invite = { role: 'interpreter', name: 'Interpreter', minutes: 10 } as const;
    const { inviteId, url } = await doctor.request('room.invite', invite, { roomId });
    assert.match(url, /#[\w-]{22}$/);
    const guest = await (await city.stage.guest(url)).enter(roomId);
    assert.equal(guest.state(roomId).peers[guest.peerId]?.role, 'interpreter');
    assert.equal(await guest.refused('room.invite', invite, { roomId }), 'forbidden');
    assert.equal(
      await doctor.refused('room.invite', { ...invite, role: 'admin' }, { roomId }),
      'bad-request',
    );
    await doctor.request('room.revokeInvite', { inviteId }, { roomId });
    assert.deepEqual(await guest.seen('session.ended'), { reason: 'revoked' });
    await doctor.stateWhere(roomId, ({ peers }) => !(guest.peerId in peers), 'the leaving of the guest');
  });

  it('the glass is broken by a duty doctor with a reason, and by nobody else', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.stranger.connect();
    await assert.rejects(city.stranger.token(roomId));
    await doctor.request('room.breakGlass', { reason: 'only neurologist awake' }, { roomId });
    await doctor.join(roomId, await city.stranger.token(roomId));
    const { glassBrokenBy } = await city.stage.rooms.at(roomId).state();
    assert.deepEqual(glassBrokenBy, [city.stranger.principalId]);
    const nosy = await (await city.stage.person('specialist', city.organisations.foreign)).connect();
    assert.equal(await nosy.refused('room.breakGlass', { reason: 'curious' }, { roomId }), 'not-found');
    const records = (await city.stage.people.audit.list({ limit: 50 })).filter(
      ({ action }) => action === 'room.breakGlass',
    );
    assert.deepEqual(records.map(({ allowed }) => allowed).sort(), [false, true]);
  });

  it('a person watches several rooms and speaks visibly into one', async () => {
    const [one, two] = [await city.openRoom('One'), await city.openRoom('Two')];
    const doctor = await city.coordinator.enter(one);
    await doctor.join(two, await city.coordinator.token(two), { speaksHere: false });
    const speaks = async (roomId: string) =>
      (await city.stage.rooms.at(roomId).state()).peers[doctor.peerId]?.speaksHere;
    assert.deepEqual([await speaks(one), await speaks(two)], [true, false]);
    await doctor.request('peer.speakHere', {}, { roomId: two });
    assert.deepEqual([await speaks(one), await speaks(two)], [false, true]);
  });

  it('a patient moves to another room once, however often the command is repeated', async () => {
    const [from, to] = [await city.openRoom('From'), await city.openRoom('To')];
    const office = await city.dispatcher.enter(from);
    await office.request('patient.add', { description: 'red coat' }, { roomId: from });
    const commandId = newId();
    const move = { patientId: 'P1', toRoomId: to };
    const moved = await office.request('patient.move', move, { roomId: from, commandId });
    assert.deepEqual(await office.request('patient.move', move, { roomId: from, commandId }), moved);
    assert.deepEqual(await office.request('patient.move', move, { roomId: from }), moved);
    const target = await city.stage.rooms.at(to).state();
    assert.equal(target.patients[moved.patientId]?.description, 'red coat');
    assert.equal(Object.keys(target.patients).length, 1);
    assert.equal((await city.stage.rooms.at(from).state()).patients.P1?.movedTo, to);
    const crew = await city.crew.enter(from);
    const away = { patientId: 'P1', toRoomId: newId() };
    assert.equal(await crew.refused('patient.move', away, { roomId: from }), 'not-found');
  });

  it('a move that stopped half way is completed by its repeat, and the patient is never in none', async () => {
    const [from, to] = [await city.openRoom('From'), await city.openRoom('To')];
    const office = await city.dispatcher.enter(from);
    await office.request('patient.add', { description: 'red coat' }, { roomId: from });
    const actor = { principalId: city.dispatcher.principalId, role: 'dispatcher' } as const;
    const arrival = { fromRoomId: from, formerPatientId: 'P1', description: 'red coat' };
    await city.stage.rooms.at(to).execute('patient.moveIn', arrival, actor);
    const move = { patientId: 'P1', toRoomId: to };
    const { patientId } = await office.request('patient.move', move, { roomId: from });
    assert.deepEqual(Object.keys((await city.stage.rooms.at(to).state()).patients), [patientId]);
    assert.equal((await city.stage.rooms.at(from).state()).patients.P1?.movedTo, to);
  });

  it('merging moves the patients, admits who was there, and closes the other room with the way to go', async () => {
    const office = await city.dispatcher.connect();
    const create = { title: 'Caller two', drill: false, organisations: [city.organisations.foreign] };
    const { roomId: from } = await office.request('room.create', create);
    const into = await city.openRoom();
    await office.join(into, await city.dispatcher.token(into));
    const other = await city.stranger.enter(from);
    await other.request('patient.add', { description: 'blue coat' }, { roomId: from });
    const commandId = newId();
    await office.request('incident.merge', { fromRoomId: from }, { roomId: into, commandId });
    await office.request('incident.merge', { fromRoomId: from }, { roomId: into, commandId });
    const told = await other.stateWhere(from, ({ phase }) => phase === 'closed', 'the end of the room');
    assert.equal(told.mergedInto, into);
    assert.ok(told.closedReason?.includes(into));
    const target = await city.stage.rooms.at(into).state();
    assert.deepEqual(target.mergedFrom, [from]);
    assert.deepEqual(
      Object.values(target.patients).map(({ description }) => description),
      ['blue coat'],
    );
    await other.join(into, await city.stranger.token(into));
  });
});
