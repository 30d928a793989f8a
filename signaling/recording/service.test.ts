import assert from 'node:assert/strict';
import { opus, vp8Simulcast, vp9Svc } from '../media/testing/rtp.ts';
import { type TestClient, until } from '../media/testing/world.ts';
import { crew, dispatcher, doctor } from '../rooms/testing/people.ts';
import { Studio } from './testing/studio.ts';

describe('the recording of a room', () => {
  let studio: Studio;
  let ambulance: TestClient;

  beforeEach(async () => {
    studio = await Studio.open();
    ambulance = await studio.world.join(crew);
  });
  afterEach(() => studio.close());

  const track = (trackId: string) => studio.held()?.tracks.get(trackId);
  const tapConsumers = async () => {
    const dump = await studio.world.dump();
    const taps = dump?.transports.filter(({ kind }) => kind === 'tap').map(({ transportId }) => transportId);
    return dump?.consumers.filter(({ transportId }) => taps?.includes(transportId)) ?? [];
  };

  it('begins by itself, as a fact of the system, with log, clock and every track', async () => {
    const voice = await ambulance.publish('audio', opus());
    const camera = await ambulance.publish('video', vp9Svc(), { role: 'patient' });
    await until('both tracks', () => track(voice) !== undefined && track(camera) !== undefined);
    const { recording } = await studio.state();
    assert.deepEqual([recording?.on, recording?.by, recording?.reason], [true, 'system', 'default']);
    const made = track(camera)?.track;
    assert.ok(made && 'rtpParameters' in made);
    assert.deepEqual(made.owner, {
      peerId: crew.peerId,
      organisationId: crew.organisationId,
      patientId: 'scene',
      unitId: crew.unitId,
    });
    await until('they flow', async () => {
      const consumers = await tapConsumers();
      return consumers.length === 2 && consumers.every(({ paused }) => !paused);
    });
    const consumer = (await tapConsumers()).find(({ kind }) => kind === 'video');
    assert.deepEqual(made.rtpParameters, consumer?.rtpParameters);
    await until('a demand although nobody watches', () => ambulance.demands.get(camera)?.rung === '1080');
    const room = studio.held();
    const roomTime = performance.now() + (room?.offsetMs ?? 0);
    assert.ok(Math.abs(roomTime - (await studio.world.room.roomTime())) < 20);
    const { seq } = await studio.state();
    await until('the whole log', () => room?.lines.at(-1)?.seq === seq);
    assert.deepEqual(
      room?.lines.map((line) => line.seq),
      Array.from({ length: seq }, (_, index) => index + 1),
    );
    const [stored] = await studio.world.store.read(studio.world.room.roomId, 1, 1);
    assert.equal(room?.lines[0]?.body, Buffer.from(stored?.body ?? []).toString('base64'));
    assert.equal(room?.lines[0]?.hash, stored?.hash);
  });

  it('is switched off and on by people, and says by whom', async () => {
    const camera = await ambulance.publish('video', vp8Simulcast());
    await until('the track', () => track(camera) !== undefined);
    await until('the demand', () => ambulance.demands.get(camera)?.rung === '1080');
    await studio.world.room.execute('recording.stop', { reason: 'consent withdrawn' }, dispatcher);
    await until('the pause', () => studio.held()?.recording === false);
    await until('nothing is tapped', async () => (await tapConsumers()).length === 0);
    await until('nothing is asked for', () => ambulance.demands.get(camera)?.rung === null);
    await studio.world.room.execute('recording.start', { reason: 'consent given' }, dispatcher);
    await until('it goes on', () => studio.held()?.recording === true && track(camera)?.stretches === 2);
    const by = dispatcher.principalId;
    assert.deepEqual(studio.held()?.by, ['system', `paused by ${by}`, by]);
  });

  it('is switched off at a recorder that was away then, also under a new owner', async () => {
    await until('it is recorded', () => studio.held()?.recording === true);
    await studio.recorder.kill();
    await studio.world.room.execute('recording.stop', { reason: 'consent withdrawn' }, dispatcher);
    await studio.world.takeOver();
    assert.equal(studio.held()?.recording, true);
    await studio.recorder.listen();
    await until('the pause', () => studio.held()?.recording === false);
    assert.equal(studio.held()?.by.at(-1), `paused by ${dispatcher.principalId}`);
    await studio.world.room.execute('recording.start', { reason: 'consent given' }, dispatcher);
    await until('it goes on', () => studio.held()?.recording === true);
  });

  it('names why nothing arrives, and ends tracks with their sources', async () => {
    const voice = await ambulance.publish('audio', opus());
    await until('the track', () => track(voice) !== undefined);
    await ambulance.ask('media.pauseProducer', { producerId: voice, paused: true });
    await ambulance.ask('media.pauseProducer', { producerId: voice, paused: false });
    const mute = { peerId: crew.peerId, kind: 'audio' as const, muted: true };
    await studio.world.room.execute('peer.mute', mute, dispatcher);
    await studio.world.room.execute('peer.link', { peerId: crew.peerId, link: 'lost' }, dispatcher);
    await until('the notes', () => (track(voice)?.notes.length ?? 0) >= 4);
    assert.deepEqual(track(voice)?.notes, ['paused', 'resumed', 'muted', 'link-lost']);
    await ambulance.ask('media.closeProducer', { producerId: voice });
    await until('the end', () => track(voice)?.ended !== undefined);
    assert.equal(track(voice)?.ended, 'stopped');
  });

  it('names the recorder that keeps it, again after its restart and under a new owner', async () => {
    await until('it is recorded', () => studio.held()?.recording === true);
    await until('it is named', () => studio.kept.length === 1);
    await ambulance.publish('video', vp9Svc());
    await until('the track', () => studio.held()?.tracks.size === 1);
    await studio.world.takeOver();
    await until('the new owner names it', () => studio.kept.length === 2);
    await studio.recorder.kill();
    await studio.recorder.listen();
    await until('its next run is named', () => studio.kept.length === 3);
    assert.deepEqual(new Set(studio.kept), new Set([studio.recorder.nodeId]));
  });

  it('keeps the tap and its tracks under a new owner', async () => {
    const camera = await ambulance.publish('video', vp9Svc());
    await until('it flows', async () => (await tapConsumers()).some(({ paused }) => !paused));
    const before = await tapConsumers();
    const { asked } = studio.recorder;
    const mark = asked.length;
    await studio.world.takeOver();
    await until('the new owner has it', () => (studio.held()?.epoch ?? 0) > 1);
    await until('the track is known', () => asked.indexOf('track.start', mark) >= 0);
    assert.deepEqual(await tapConsumers(), before);
    assert.equal(track(camera)?.stretches, 1);
    assert.ok(!asked.slice(mark).includes('tap.close') && !asked.slice(mark).includes('track.stop'));
    assert.equal((await studio.state()).recording?.by, 'system');
  });

  it('goes on in a recorder that was killed, with the tracks it had', async () => {
    const camera = await ambulance.publish('video', vp9Svc());
    await until('it flows', async () => (await tapConsumers()).some(({ paused }) => !paused));
    const [former] = await tapConsumers();
    await studio.recorder.kill();
    await studio.recorder.listen();
    const back = performance.now();
    await until('it flows again', async () => {
      const [now] = await tapConsumers();
      return now !== undefined && now.transportId !== former?.transportId && !now.paused;
    });
    assert.ok(performance.now() - back < 10_000);
    assert.equal(track(camera)?.stretches, 2);
    const taps = (await studio.world.dump())?.transports.filter(({ kind }) => kind === 'tap');
    assert.equal(taps?.length, 1);
  });

  it('goes on where the room goes when its worker dies', async () => {
    const camera = await ambulance.publish('video', vp9Svc());
    await until('it flows', async () => (await tapConsumers()).some(({ paused }) => !paused));
    const [former] = await tapConsumers();
    const { workerId } = (await studio.state()).media ?? {};
    const worker = studio.world.nodes[0]?.node.workers.find((one) => one.workerId === workerId);
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await until('the room has moved', async () => (await studio.state()).media?.workerId !== workerId);
    await ambulance.start();
    await ambulance.publish('video', vp9Svc(), {}, camera);
    await until('it flows again', async () => {
      const [now] = await tapConsumers();
      return now !== undefined && now.transportId !== former?.transportId && !now.paused;
    });
    await until('the track goes on', () => track(camera)?.stretches === 2);
    assert.equal(track(camera)?.ended, undefined);
  });

  it('finishes with the whole log when the room closes', async () => {
    await ambulance.publish('video', vp9Svc());
    await until('it is recorded', () => studio.held()?.tracks.size === 1);
    await studio.world.room.execute('room.close', { reason: 'handed over' }, dispatcher);
    await until('the end', () => studio.held()?.finished !== undefined);
    const { seq } = await studio.state();
    const last = studio.held()?.lines.at(-1);
    assert.equal(last?.seq, seq);
    // The recorder's own files are not encrypted: words of people stay in the log.
    assert.deepEqual(studio.held()?.finished, { endedAt: last?.at, reason: 'the room was closed' });
  });

  it('finishes a room that closed while its recorder was away, also under another owner', async () => {
    await until('it is recorded', () => studio.held()?.recording === true);
    await studio.recorder.kill();
    await studio.world.room.execute('room.close', { reason: 'over' }, dispatcher);
    await studio.world.takeOver();
    assert.equal(studio.held()?.finished, undefined);
    await studio.recorder.listen();
    await until('the end', () => studio.held()?.finished !== undefined);
    assert.equal(studio.held()?.lines.at(-1)?.seq, (await studio.state()).seq);
  });

  it('finishes a room that its recorder could not open when it closed, without another reconnect', async () => {
    await until('it is recorded', () => studio.held()?.recording === true);
    studio.recorder.refuses.set('recorder.dump', 'recording-locked');
    await studio.world.room.execute('room.close', { reason: 'over' }, dispatcher);
    const { asked } = studio.recorder;
    const mark = asked.length;
    await until('it was refused', () => asked.slice(mark).filter((m) => m === 'recorder.dump').length > 1);
    studio.recorder.refuses.delete('recorder.dump');
    await until('the end', () => studio.held()?.finished !== undefined);
  });

  it('stops acting for a room that a newer owner records', async () => {
    await until('it is recorded', () => studio.held()?.recording === true);
    const held = studio.held();
    if (held) held.epoch = 99;
    await ambulance.publish('video', vp9Svc());
    await studio.world.join(doctor);
    const count = () => studio.recorder.asked.filter((method) => !method.startsWith('recorder.')).length;
    await until('it has fallen silent', async () => {
      const before = count();
      // As long as a clock is told to every room that is recorded, twice over.
      await new Promise((resolve) => setTimeout(resolve, 1200));
      return count() === before;
    });
    assert.equal(studio.held()?.tracks.size, 0);
  });
});
