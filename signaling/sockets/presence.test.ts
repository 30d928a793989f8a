import assert from 'node:assert/strict';
import { type City, openCity } from './testing/city.ts';
import { until } from './testing/client.ts';

describe('a peer whose connection is gone', () => {
  let city: City;
  beforeEach(async () => {
    // What lies between a loss and the end of the grace must be seen also where everything takes its time.
    city = await openCity({ linkLostMs: 20, graceMs: { staff: 1500, public: 30 } });
  });
  afterEach(() => city.stage.close());

  it('is lost first, leaves after the grace, and then its media ends', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    doctor.close();
    await crew.stateWhere(roomId, ({ peers }) => peers[doctor.peerId]?.link === 'lost', 'the lost link');
    assert.deepEqual(city.stage.media.told, []);
    await crew.stateWhere(roomId, ({ peers }) => !(doctor.peerId in peers), 'the leaving');
    await until(() => city.stage.media.told.includes(`gone ${doctor.peerId}`), 'the end of its media');
    const reasons = (crew.entries.get(roomId) ?? []).flatMap((entry) =>
      'events' in entry ? entry.events.flatMap((e) => (e.type === 'PeerLeft' ? [e.reason] : [])) : [],
    );
    assert.deepEqual(reasons, ['lost']);
  });

  it('leaves earlier when it is a member of the public', async () => {
    const roomId = await city.openRoom();
    const dispatcher = await city.dispatcher.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    const invite = { role: 'volunteer', name: 'Neighbour', minutes: 10 } as const;
    const { url } = await dispatcher.request('room.invite', invite, { roomId });
    const guest = await (await city.stage.guest(url)).enter(roomId);
    guest.close();
    doctor.close();
    await dispatcher.stateWhere(roomId, ({ peers }) => !(guest.peerId in peers), 'the leaving of the guest');
    assert.ok(doctor.peerId in dispatcher.state(roomId).peers, 'the doctor is given more time');
  });

  it('stays when it comes back within the grace', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    doctor.cut();
    await until(() => !doctor.socket.connected, 'the cut');
    await doctor.connected();
    await doctor.join(roomId, await city.coordinator.token(roomId));
    // A second peer's whole grace passes meanwhile, so that the first one's timer would have rung too.
    const witness = await city.specialist.enter(roomId);
    witness.close();
    await crew.stateWhere(roomId, ({ peers }) => !(witness.peerId in peers), 'the leaving of the witness');
    assert.equal(crew.state(roomId).peers[doctor.peerId]?.link, 'up');
  });

  it('is treated so after a restart too, unless it comes back', async () => {
    const roomId = await city.openRoom();
    const crew = await city.crew.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    doctor.socket.io.reconnection(false);
    await city.stage.restart();
    await crew.connected();
    await crew.join(roomId, await city.crew.token(roomId));
    await crew.stateWhere(roomId, ({ peers }) => !(doctor.peerId in peers), 'the leaving');
    assert.equal(crew.state(roomId).peers[crew.peerId]?.link, 'up');
  });
});
