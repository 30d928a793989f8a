import assert from 'node:assert/strict';
import { newId } from '../../platform/ids.ts';
import { type City, openCity } from './testing/city.ts';
import { type TestClient, until } from './testing/client.ts';

/** A small generator of numbers, so that a failure can be played again (Mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('a connection that is cut', () => {
  let city: City;
  beforeEach(async () => {
    const unlimited = { points: 1_000_000, window: 1 };
    city = await openCity({
      linkLostMs: 20,
      limits: { fact: unlimited, media: unlimited, volatile: unlimited, join: unlimited },
    });
  });
  afterEach(() => city.stage.close());

  /** Joins again after each reconnect, as the client's own code does. */
  async function resume(client: TestClient, roomId: string, token: string): Promise<string> {
    await client.connected();
    return (await client.join(roomId, token)).token;
  }

  it('resumes by number over 200 cuts at random moments without loss, double or disorder', async () => {
    const random = randomFrom(20261120);
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.connect();
    let token = (await doctor.join(roomId, await city.coordinator.token(roomId))).token;
    const said: string[] = [];
    let sent = Promise.resolve();
    for (let cut = 0; cut < 200; cut += 1) {
      const words = Math.floor(random() * 4);
      for (let n = 0; n < words; n += 1) {
        const text = `word ${said.length}`;
        said.push(text);
        sent = sent.then(async () => {
          await crew.request('chat.send', { text, patientId: 'scene', to: 'room' }, { roomId });
        });
      }
      if (random() < 0.5) await sent;
      doctor.cut();
      await until(() => !doctor.socket.connected, 'the cut');
      token = await resume(doctor, roomId, token);
    }
    await sent;
    const last = (await city.stage.rooms.at(roomId).state()).seq;
    await doctor.stateWhere(roomId, ({ seq }) => seq >= last, 'the last entry');
    const seqs = (doctor.entries.get(roomId) ?? []).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      Array.from(seqs, (_, index) => (seqs[0] ?? 0) + index),
      'no hole, no double',
    );
    const heard = (doctor.entries.get(roomId) ?? []).flatMap((entry) =>
      'events' in entry
        ? entry.events.flatMap((event) => (event.type === 'MessageSent' ? [event.text] : []))
        : [],
    );
    assert.deepEqual(heard, said);
  }).timeout(60_000);

  it('is answered from the log when the answer to its command was lost', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.coordinator.enter(roomId);
    const commandId = newId();
    const chat = { text: 'once', patientId: 'scene', to: 'room' } as const;
    const first = await doctor.request('chat.send', chat, { roomId, commandId });
    doctor.cut();
    await until(() => !doctor.socket.connected, 'the cut');
    await resume(doctor, roomId, await city.coordinator.token(roomId));
    const second = await doctor.request('chat.send', chat, { roomId, commandId });
    assert.deepEqual(second, first);
    assert.equal((await city.stage.rooms.at(roomId).state()).messages.length, 1);
  });

  it('is stated as lost and then as back, and media is told of neither as a leaving', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    doctor.socket.io.reconnection(false);
    doctor.cut();
    await crew.stateWhere(roomId, ({ peers }) => peers[doctor.peerId]?.link === 'lost', 'the lost link');
    doctor.socket.connect();
    await resume(doctor, roomId, await city.coordinator.token(roomId));
    await crew.stateWhere(roomId, ({ peers }) => peers[doctor.peerId]?.link === 'up', 'the link back');
    assert.deepEqual(city.stage.media.told, [`back ${doctor.peerId}`]);
  });

  it('hears what it missed of a room that closed meanwhile, and is then refused', async () => {
    const roomId = await city.openRoom();
    const dispatcher = await city.dispatcher.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    const token = await city.coordinator.token(roomId);
    doctor.socket.io.reconnection(false);
    doctor.cut();
    await until(() => !doctor.socket.connected, 'the cut');
    await dispatcher.request('room.close', { reason: 'handed over' }, { roomId });
    doctor.socket.connect();
    await resume(doctor, roomId, token);
    assert.equal(doctor.state(roomId).phase, 'closed');
    const fresh = { token, peerId: newId(), speaksHere: false };
    assert.equal(await doctor.refused('room.join', fresh, { roomId }), 'closed');
  });
});
