import assert from 'node:assert/strict';
import { isHidden, type ReadableEntry } from '../protocol/entry.ts';
import { type City, openCity } from './testing/city.ts';

const SECRET = 'cardiac-arrest-suspected';

function textOf(entries: readonly ReadableEntry[] | undefined): string {
  return JSON.stringify(entries ?? []);
}

describe('what a member of the public receives', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity();
  });
  afterEach(() => city.stage.close());

  it('never holds the words of those who treat: live, at a join, by number, in a list', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const crew = await city.crew.enter(roomId);
    const invite = { role: 'relative', name: 'Relative', minutes: 10 } as const;
    const { url } = await doctor.request('room.invite', invite, { roomId });
    const relative = await city.stage.guest(url);
    const guest = await relative.enter(roomId);

    const chat = { text: SECRET, patientId: 'scene' } as const;
    await doctor.request('chat.send', { ...chat, to: 'clinical' }, { roomId });
    await doctor.request('chat.send', { ...chat, to: 'staff' }, { roomId });
    await crew.request('patient.add', { description: SECRET }, { roomId });
    const identity = { name: SECRET };
    await crew.request('patient.identify', { patientId: 'P1', identity }, { roomId });
    const drug = { name: SECRET, dose: 1, unit: 'mg', route: 'iv' };
    await crew.request('drug.record', { drug, patientId: 'P1' }, { roomId });
    await doctor.request('order.give', { text: SECRET, patientId: 'P1' }, { roomId });
    await doctor.request('chat.send', { text: 'to all', patientId: 'scene', to: 'room' }, { roomId });

    const state = await guest.stateWhere(roomId, ({ messages }) => messages.length === 1, 'the open word');
    assert.equal(textOf(guest.entries.get(roomId)).includes(SECRET), false);
    assert.equal(JSON.stringify(state).includes(SECRET), false);
    assert.ok(guest.entries.get(roomId)?.some(isHidden), 'numbers stay without holes');

    const again = await guest.request('room.entries', { since: 0 }, { roomId });
    assert.equal(JSON.stringify(again).includes(SECRET), false);
    const fresh = await relative.connect();
    const joined = await fresh.join(roomId, await relative.token(roomId), { fresh: true });
    assert.equal(JSON.stringify(joined).includes(SECRET), false);
    const { rooms } = await fresh.request('rooms.list', {});
    assert.equal(JSON.stringify(rooms).includes(SECRET), false);
    assert.equal(JSON.stringify(guest.notifications).includes(SECRET), false);

    // The same facts reach those who treat, so that the silence above means something.
    await doctor.stateWhere(roomId, ({ seq }) => seq >= state.seq, 'the same entries');
    assert.equal(textOf(doctor.entries.get(roomId)).split(SECRET).length - 1, 6);
  });

  it('is decided by its token, not by what it asks for', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const invite = { role: 'relative', name: 'Relative', minutes: 10 } as const;
    const { url } = await doctor.request('room.invite', invite, { roomId });
    const relative = await city.stage.guest(url);
    await assert.rejects(relative.token(roomId, 'coordinator'));
    const other = await city.openRoom('Another');
    await assert.rejects(relative.token(other));
    const client = await relative.enter(roomId);
    const params = { text: 'x', patientId: 'P1' };
    assert.equal(await client.refused('order.give', params, { roomId }), 'forbidden');
    assert.equal(await client.refused('patient.add', {}, { roomId: other }), 'not-found');
  });
});
