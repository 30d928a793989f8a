import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { DataLabel } from '../protocol/methods-media.ts';
import { bystander, crew, dispatcher, doctor, person } from '../rooms/testing/people.ts';
import { opus, vp8Simulcast, vp9Svc, without } from './testing/rtp.ts';
import { type TestClient, until, World } from './testing/world.ts';

const coordinator = person('coordinator', 'coordinator', 'heart-hospital');

describe('the media of a room on one worker', () => {
  let world: World;
  let ambulance: TestClient;
  let specialist: TestClient;

  beforeEach(async () => {
    world = await World.start({ workers: 1, config: { keepHiddenMs: 1500 } });
    ambulance = await world.join(crew);
    specialist = await world.join(doctor);
  });
  afterEach(() => world.close());

  const consumerOn = async (client: TestClient, producerId: string) =>
    (await world.dump())?.consumers.find((c) => c.transportId === client.recv && c.producerId === producerId);

  it('places the room once and writes down where', async () => {
    const state = await world.room.state();
    const [worker] = world.nodes[0]?.node.workers ?? [];
    assert.deepEqual(state.media, { nodeId: 'node-1', workerId: worker?.workerId });
    assert.deepEqual((await world.dump())?.workerIds, [worker?.workerId]);
  });

  it('sends a voice to everyone else and a picture only to who shows it', async () => {
    const voice = await ambulance.publish('audio', opus());
    const picture = await ambulance.publish('video', vp8Simulcast());
    await until('the voice flows', async () => (await consumerOn(specialist, voice))?.paused === false);
    assert.equal(await consumerOn(specialist, picture), undefined);
    assert.deepEqual(ambulance.demands.get(picture)?.rung, null);

    await specialist.show({ producerId: picture, width: 3840, height: 2160 });
    await until('the picture flows', async () => (await consumerOn(specialist, picture))?.paused === false);
    await until('4K is asked for', () => ambulance.demands.get(picture)?.rung === '2160');
    await specialist.show({ producerId: picture, width: 320, height: 180 });
    await until('the lowest layer is asked for', () => ambulance.demands.get(picture)?.rung === '540');
    assert.equal(await consumerOn(ambulance, voice), undefined);
  });

  it('pauses a picture out of sight at once and closes it later', async () => {
    const picture = await ambulance.publish('video', vp8Simulcast());
    await specialist.show({ producerId: picture });
    await until('it flows', async () => (await consumerOn(specialist, picture))?.paused === false);
    await specialist.show({ producerId: picture, visible: false });
    await until('it is paused', async () => (await consumerOn(specialist, picture))?.paused === true);
    await until('nobody needs it', () => ambulance.demands.get(picture)?.rung === null);
    await until('it is closed', async () => (await consumerOn(specialist, picture)) === undefined);
    assert.equal(specialist.of(picture), undefined);
  });

  it('lets packets flow only when the receiver exists', async () => {
    specialist.answers = false;
    const voice = await ambulance.publish('audio', opus());
    await until('it is pushed', () => specialist.of(voice) !== undefined);
    assert.equal((await consumerOn(specialist, voice))?.paused, true);
    const consumerId = specialist.of(voice)?.consumerId ?? '';
    await ambulance.ask('media.consumerReady', { consumerId });
    assert.equal((await consumerOn(specialist, voice))?.paused, true, 'another peer cannot answer for it');
    await specialist.ask('media.consumerReady', { consumerId });
    await until('it flows', async () => (await consumerOn(specialist, voice))?.paused === false);
  });

  it('gives every receive transport a beat', async () => {
    await until('both have it', () =>
      [ambulance, specialist].every((c) => [...c.data.values()].some((d) => d.label === 'beat')),
    );
    assert.deepEqual(
      [...specialist.data.values()].map((d) => d.transportId),
      [specialist.recv],
    );
  });

  it('mutes by the lead at the node, and pauses for the publisher', async () => {
    const voice = await ambulance.publish('audio', opus());
    const paused = async () => (await world.dump())?.producers.find((p) => p.producerId === voice)?.paused;
    await ambulance.ask('media.pauseProducer', { producerId: voice, paused: true });
    await until('it is paused', async () => (await paused()) === true);
    await ambulance.ask('media.pauseProducer', { producerId: voice, paused: false });
    await until('it goes on', async () => (await paused()) === false);
    const lead = (await world.room.state()).leadPeerId ?? '';
    const actor = lead === doctor.peerId ? doctor : crew;
    await world.room.execute('peer.mute', { peerId: crew.peerId, kind: 'audio', muted: true }, actor);
    await until('it is muted', async () => (await paused()) === true);
  });

  it('publishes once however often it is asked, and closes a producer whose fact is refused', async () => {
    const voice = await ambulance.publish('audio', opus());
    const { seq } = await world.room.state();
    const again = (await world.dump())?.producers.find((p) => p.producerId === voice)?.rtpParameters;
    assert.ok(again);
    await ambulance.publish('audio', again, {}, voice);
    assert.equal((await world.room.state()).seq, seq);

    const refused = ambulance.publish('audio', opus(), { patientId: 'P7' }, 'ghost');
    await assert.rejects(refused, (error) => isAppError(error));
    assert.deepEqual(
      (await world.dump())?.producers.map((p) => p.producerId),
      [voice],
    );
  });

  it('refuses what is not the peer’s own, and roles its token does not allow', async () => {
    const picture = await ambulance.publish('video', vp8Simulcast());
    const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);
    await assert.rejects(specialist.publish('video', vp8Simulcast(), {}, picture), code('forbidden'));
    await assert.rejects(specialist.ask('media.closeProducer', { producerId: picture }), code('forbidden'));
    await assert.rejects(
      specialist.ask('media.pauseProducer', { producerId: picture, paused: true }),
      code('forbidden'),
    );
    await assert.rejects(
      specialist.ask('media.restartIce', { transportId: ambulance.send }),
      code('not-found'),
    );
    await assert.rejects(ambulance.publish('video', vp8Simulcast(), { role: 'glasses' }), code('forbidden'));
    await assert.rejects(ambulance.publish('video', vp8Simulcast(), { role: 'voice' }), code('bad-request'));
  });

  it('closes what a reloaded page had, and the tile of its camera when the new one is there', async () => {
    const old = await ambulance.publish('video', vp8Simulcast(), { label: 'Roof' });
    const transports = [ambulance.send, ambulance.recv];
    await ambulance.start();
    const held = (await world.dump())?.transports.map((t) => t.transportId) ?? [];
    assert.ok(transports.every((id) => !held.includes(id)));
    assert.ok((await world.room.state()).sources[old], 'the tile keeps its place while the page loads');
    await ambulance.publish('video', vp8Simulcast(), { label: 'Roof' });
    await until(
      'the old source is closed',
      async () => (await world.room.state()).sources[old] === undefined,
    );
  });

  it('forgets a peer that left and the room that closed', async () => {
    const voice = await ambulance.publish('audio', opus());
    await until('it flows', () => specialist.of(voice) !== undefined);
    await world.room.execute('peer.leave', { peerId: crew.peerId, reason: 'left' }, crew);
    await until(
      'its transports are closed',
      async () => (await world.dump())?.transports.every((t) => t.peerId !== crew.peerId) ?? false,
    );
    await until('its consumer is closed', () => specialist.of(voice) === undefined);
    const actor = { ...dispatcher, peerId: dispatcher.peerId };
    await world.room.execute('peer.join', { ...dispatcher, speaksHere: true }, actor);
    await world.room.execute('room.handOverLead', { toPeerId: dispatcher.peerId }, doctor);
    await world.room.execute('room.close', { reason: 'over' }, dispatcher);
    await until('the node forgets it', async () => (await world.dump()) === undefined);
  });

  it('tells a peer that is back everything again under the same ids', async () => {
    const voice = await ambulance.publish('audio', opus());
    await until('it flows', async () => (await consumerOn(specialist, voice))?.paused === false);
    const before = specialist.of(voice);
    specialist.consumers.clear();
    specialist.data.clear();
    world.service.peerBack(world.room.roomId, doctor.peerId);
    await until('told again', () => specialist.of(voice) !== undefined && specialist.data.size === 1);
    assert.equal(specialist.of(voice)?.consumerId, before?.consumerId);
    assert.equal((await consumerOn(specialist, voice))?.paused, false);
  });

  it('closes what a peer left behind that went while media was not looked after', async () => {
    const voice = await specialist.publish('audio', opus());
    await until('it flows', () => ambulance.of(voice) !== undefined);
    await world.takeOver(() =>
      world.room.execute('peer.leave', { peerId: crew.peerId, reason: 'left' }, crew),
    );
    const owners = async () => new Set((await world.dump())?.transports.map((t) => t.peerId));
    await until('its transports are closed', async () => !(await owners()).has(crew.peerId));
    assert.ok((await owners()).has(doctor.peerId));
  });

  it('pushes again what a former owner made and no client has answered', async () => {
    specialist.answers = false;
    const voice = await ambulance.publish('audio', opus());
    await until('it is pushed', () => specialist.of(voice) !== undefined);
    specialist.consumers.clear();
    specialist.answers = true;
    await world.takeOver();
    await until('it flows', async () => (await consumerOn(specialist, voice))?.paused === false);
  });

  it('knows under a new owner what each viewer can decode, also of pictures that come later', async () => {
    const old = await world.join(dispatcher, (all) => without(all, 'video/VP9'));
    await world.takeOver();
    const picture = await ambulance.publish('video', vp9Svc());
    await old.show({ producerId: picture });
    await until('another encoding is asked for', () =>
      Boolean(ambulance.demands.get(picture)?.alternatives.length),
    );
    assert.equal(await consumerOn(old, picture), undefined);
  });

  it('opens channels of marks for what they are, and for people at work alone', async () => {
    const phone = await world.join(bystander);
    const picture = await ambulance.publish('video', vp8Simulcast());
    const open = (client: TestClient, label: DataLabel, more: { producerId?: string; toPeerId?: string }) => {
      const dataProducerId = newId();
      streamId += 1;
      const stream = { sctpStreamParameters: { streamId, ordered: true } };
      const made = { transportId: client.send, dataProducerId, label, ...stream, ...more };
      return client.ask('media.produceData', made).then(() => dataProducerId);
    };
    let streamId = 0;
    const refused = async (code: string, ...wanted: Parameters<typeof open>) =>
      assert.rejects(open(...wanted), (error) => isAppError(error, code), wanted.slice(1).join(' '));
    await refused('bad-request', ambulance, 'pose', {});
    await refused('forbidden', specialist, 'pose', { producerId: picture });
    await refused('not-found', ambulance, 'pose', { producerId: 'none' });
    await refused('bad-request', ambulance, 'fetch', {});
    await refused('bad-request', ambulance, 'fetch', { toPeerId: 'none' });
    await refused('bad-request', ambulance, 'fetch', { toPeerId: crew.peerId });
    await refused('bad-request', ambulance, 'fetch', { toPeerId: bystander.peerId });
    await refused('bad-request', ambulance, 'preview', { toPeerId: doctor.peerId });
    await refused('forbidden', phone, 'preview', {});
    await refused('forbidden', phone, 'fetch', { toPeerId: doctor.peerId });
    const pose = await open(ambulance, 'pose', { producerId: picture });
    const frame = await open(ambulance, 'fetch', { toPeerId: doctor.peerId });
    const third = await world.join(dispatcher);
    const has = (client: TestClient) => [...client.data.values()].map((data) => data.dataProducerId);
    await until(
      'the doctor has both',
      () => has(specialist).includes(pose) && has(specialist).includes(frame),
    );
    await until('the dispatcher has the poses', () => has(third).includes(pose));
    assert.ok(!has(third).includes(frame) && !has(phone).includes(pose) && !has(phone).includes(frame));
    const told = [...specialist.data.values()].find((data) => data.dataProducerId === pose);
    assert.deepEqual([told?.label, told?.producerId, told?.peerId], ['pose', picture, crew.peerId]);

    await world.takeOver();
    const fourth = await world.join(coordinator);
    await until('the newcomer has the poses', () => has(fourth).includes(pose));
    assert.ok(!has(fourth).includes(frame), 'a fetched frame is for its peer alone under a new owner too');
    await world.room.execute('peer.leave', { peerId: doctor.peerId, reason: 'left' }, doctor);
    const held = async () => (await world.dump())?.dataProducers.map((data) => data.dataProducerId);
    await until('the frame is closed with its peer', async () => !(await held())?.includes(frame));
    assert.ok((await held())?.includes(pose));
  });

  it('goes on under a new owner without touching what flows', async () => {
    const voice = await ambulance.publish('audio', opus());
    const picture = await ambulance.publish('video', vp8Simulcast());
    await specialist.show({ producerId: picture });
    await until('it flows', async () => (await consumerOn(specialist, picture))?.paused === false);
    const before = await world.dump();
    const toldBefore = world.told.length;
    await world.takeOver();
    const third = await world.join(dispatcher);
    await until('the newcomer hears', async () => (await consumerOn(third, voice))?.paused === false);
    const after = await world.dump();
    assert.ok((after?.epoch ?? 0) > (before?.epoch ?? 0));
    for (const consumer of before?.consumers ?? []) {
      const now = after?.consumers.find((c) => c.consumerId === consumer.consumerId);
      assert.deepEqual(now, consumer);
    }
    assert.ok(world.told.slice(toldBefore).every((told) => told.name !== 'media.lost'));
    await specialist.show({ producerId: picture, width: 3840, height: 2160 });
    await until('its wishes count again', () => ambulance.demands.get(picture)?.rung === '2160');
  });
});
