import assert from 'node:assert/strict';
import { type City, openCity } from './testing/city.ts';

const SECRET = 'cardiac-arrest-suspected';

describe('the id of a peer that has left', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity();
  });
  afterEach(() => city.stage.close());

  it('lets nobody else read what was meant for it', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const crew = await city.crew.enter(roomId);
    const invite = { role: 'relative', name: 'Relative', minutes: 10 } as const;
    const { url } = await doctor.request('room.invite', invite, { roomId });
    await crew.request('chat.send', { text: SECRET, patientId: 'scene', to: 'staff' }, { roomId });
    await crew.request('room.leave', {}, { roomId });

    const relative = await city.stage.guest(url);
    const thief = await relative.connect();
    thief.peerId = crew.peerId;
    const token = await relative.token(roomId);
    const asked = { token, peerId: crew.peerId, speaksHere: true };
    const reply = await thief.reply('room.join', asked, { roomId });
    assert.equal(JSON.stringify(reply).includes(SECRET), false, 'read what another wrote');
    assert.equal(reply.ok ? '' : reply.error.code, 'conflict');

    // Whose it was comes back by it, as after a reload.
    const back = await city.crew.connect();
    back.peerId = crew.peerId;
    await back.join(roomId, await city.crew.token(roomId));
    assert.equal(back.state(roomId).messages.at(-1)?.text, SECRET);
  });

  it('lets nobody else read it after the end of the room either', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const invite = { role: 'relative', name: 'Relative', minutes: 10 } as const;
    const { url } = await doctor.request('room.invite', invite, { roomId });
    const relative = await city.stage.guest(url);
    const token = await relative.token(roomId);
    await doctor.request('chat.send', { text: SECRET, patientId: 'scene', to: 'staff' }, { roomId });
    await doctor.request('room.close', { reason: 'over' }, { roomId });

    const thief = await relative.connect();
    const asked = { token, peerId: doctor.peerId, speaksHere: true, since: 0 };
    const reply = await thief.reply('room.join', asked, { roomId });
    assert.equal(JSON.stringify(reply).includes(SECRET), false, 'read what another wrote');
  });
});
