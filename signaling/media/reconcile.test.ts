import assert from 'node:assert/strict';
import { bystander, crew, dispatcher, doctor, person } from '../rooms/testing/people.ts';
import { Faults } from './testing/faults.ts';
import { opus, vp8Simulcast, vp8Single, vp9Svc, without } from './testing/rtp.ts';
import { type TestClient, until, World } from './testing/world.ts';

describe('the reconcile loop over a node that fails', () => {
  let world: World;
  let faults: Faults;
  let ambulance: TestClient;
  let specialist: TestClient;

  beforeEach(async () => {
    faults = new Faults();
    world = await World.start({ workers: 1, wrap: faults.wrap, config: { requestDeadlineMs: 300 } });
    ambulance = await world.join(crew);
    specialist = await world.join(doctor);
    // Beats come first; with them over, each fault below strikes what its test means.
    await until('beats', () => ambulance.data.size === 1 && specialist.data.size === 1);
  });
  afterEach(() => world.close());

  const flows = async (client: TestClient, producerId: string) =>
    (await world.dump())?.consumers.some(
      (c) => c.transportId === client.recv && c.producerId === producerId && !c.paused,
    ) ?? false;

  it('repeats what was refused', async () => {
    faults.fail('consumer.create', 3);
    faults.fail('consumer.setPaused', 2);
    const voice = await ambulance.publish('audio', opus());
    await until('the voice flows', () => flows(specialist, voice));
  });

  it('repeats what never got an answer', async () => {
    faults.hang('consumer.create', 1);
    const voice = await ambulance.publish('audio', opus());
    await until('the voice flows', () => flows(specialist, voice));
  });

  it('finds what was made although its answer was lost', async () => {
    faults.forget('consumer.create', 1);
    faults.forget('transport.beat', 1);
    const voice = await ambulance.publish('audio', opus());
    await until('the voice flows', () => flows(specialist, voice));
    const made = (await world.dump())?.consumers.filter((c) => c.producerId === voice);
    assert.equal(made?.length, 1);
  });

  it('holds up nobody but the peer whose request hangs', async () => {
    await world.close();
    world = await World.start({ workers: 1, wrap: faults.wrap, config: { requestDeadlineMs: 4000 } });
    [ambulance, specialist] = [await world.join(crew), await world.join(doctor)];
    const third = await world.join(dispatcher);
    await until('their beats', () => specialist.data.size === 1 && third.data.size === 1);
    faults.hang('consumer.setPaused', 1);
    const voice = await ambulance.publish('audio', opus());
    const heardBy = async () => [await flows(specialist, voice), await flows(third, voice)].filter(Boolean);
    await until('one of them hears', async () => (await heardBy()).length > 0);
    assert.equal((await heardBy()).length, 1, 'the request for the other one still hangs');
    await until('both hear', async () => (await flows(specialist, voice)) && (await flows(third, voice)));
  });

  it('keeps the ids of consumers over a repeated publish', async () => {
    const voice = await ambulance.publish('audio', opus());
    await until('the voice flows', () => flows(specialist, voice));
    const first = specialist.of(voice)?.consumerId;
    await ambulance.ask('media.closeProducer', { producerId: voice });
    await until('it is closed', () => specialist.of(voice) === undefined);
    await ambulance.publish('audio', opus(), {}, voice);
    await until('it flows again', () => flows(specialist, voice));
    assert.equal(specialist.of(voice)?.consumerId, first);
  });

  it('closes on the node what the plan does not have', async () => {
    const voice = await ambulance.publish('audio', opus());
    await until('the voice flows', () => flows(specialist, voice));
    const [node] = world.nodes;
    const epoch = (await world.dump())?.epoch ?? 0;
    const ids = { roomId: world.room.roomId, epoch };
    const surplus = { ...ids, transportId: specialist.recv, producerId: voice, paused: false };
    const rtpCapabilities = ambulance.started?.routerRtpCapabilities ?? {};
    await node?.client.request('consumer.create', { ...surplus, consumerId: 'surplus', rtpCapabilities });
    // A lost answer makes the owner doubt what it knows, and compare.
    faults.hang('consumer.create', 1);
    await ambulance.publish('audio', opus(), { label: 'Second voice' });
    await until(
      'it is closed',
      async () => (await world.dump())?.consumers.every((c) => c.consumerId !== 'surplus') ?? false,
    );
    assert.ok(await flows(specialist, voice));
  });
});

describe('a source that a viewer cannot decode', () => {
  let world: World;
  let ambulance: TestClient;
  beforeEach(async () => {
    world = await World.start({ workers: 1, config: { keepHiddenMs: 100 } });
    ambulance = await world.join(crew);
  });
  afterEach(() => world.close());

  it('is asked for in a codec it can, and only while it is needed', async () => {
    const specialist = await world.join(doctor, (all) => without(all, 'video/VP9'));
    const picture = await ambulance.publish('video', vp9Svc());
    await specialist.show({ producerId: picture });
    await until('VP8 is asked for', () => ambulance.demands.get(picture)?.alternatives[0] === 'video/VP8');
    assert.equal(ambulance.demands.get(picture)?.rung, null, 'nobody can see the first encoding');

    const other = await ambulance.publish('video', vp8Simulcast(), {
      alternativeOf: picture,
      width: 1920,
      height: 1080,
    });
    await until('it flows', () => specialist.of(other) !== undefined);
    await until('it is asked for', () => ambulance.demands.get(other)?.rung === '1080');
    assert.deepEqual(ambulance.demands.get(picture)?.alternatives, ['video/VP8']);
    await specialist.show();
    await until('nobody needs it', () => ambulance.demands.get(picture)?.alternatives.length === 0);
  });

  it('is asked for in another codec when the browser says so although it seemed to fit', async () => {
    const specialist = await world.join(doctor);
    const picture = await ambulance.publish('video', vp9Svc());
    await specialist.show({ producerId: picture });
    await until('it is pushed', () => specialist.of(picture) !== undefined);
    const { consumerId } = specialist.of(picture) ?? { consumerId: '' };
    await specialist.ask('media.consumerFailed', { consumerId, reason: 'no decoder' });
    await until('VP8 is asked for', () => ambulance.demands.get(picture)?.alternatives[0] === 'video/VP8');
    await until('the useless one is closed', () => specialist.of(picture) === undefined);
  });
});

describe('what members of the public receive', () => {
  const near = person('neighbour', 'volunteer', 'public');

  it('is the face and voice of who guides them, never a patient camera', async () => {
    const world = await World.start({ workers: 1 });
    try {
      const ambulance = await world.join(crew);
      const guide = await world.join(dispatcher);
      const phone = await world.join(near);
      const patient = await ambulance.publish('video', vp8Simulcast(), { role: 'patient' });
      const crewVoice = await ambulance.publish('audio', opus());
      const voice = await guide.publish('audio', opus());
      const face = await guide.publish('video', vp8Single(), { role: 'face', width: 640, height: 480 });
      await phone.show({ producerId: patient }, { producerId: face });
      await until('it hears and sees the guide', () =>
        [voice, face].every((id) => phone.of(id) !== undefined),
      );
      await until('the crew hears the guide', () => ambulance.of(voice) !== undefined);
      const received = (await world.dump())?.consumers.filter((c) => c.transportId === phone.recv) ?? [];
      assert.deepEqual(received.map((c) => c.producerId).sort(), [voice, face].sort());
      assert.equal(phone.of(crewVoice), undefined);
      assert.equal(ambulance.demands.get(patient)?.rung, null);
    } finally {
      await world.close();
    }
  });

  it('is for a bystander a demonstration that it shows, and the centre once it was asked to speak', async () => {
    const world = await World.start({ workers: 1 });
    try {
      const ambulance = await world.join(crew);
      const guide = await world.join(dispatcher);
      const phone = await world.join(bystander);
      const face = await guide.publish('video', vp8Single(), { role: 'face', width: 640, height: 480 });
      const shown = await guide.publish('video', vp8Single(), {
        role: 'demonstration',
        width: 640,
        height: 480,
      });
      const voice = await guide.publish('audio', opus());
      const crewVoice = await ambulance.publish('audio', opus());
      await until('the crew hears the guide', () => ambulance.of(voice) !== undefined);
      assert.equal(phone.consumers.size, 0);
      await phone.show({ producerId: face }, { producerId: shown });
      await until('it sees the demonstration', () => phone.of(shown) !== undefined);
      await assert.rejects(phone.publish('audio', opus()), { code: 'forbidden' });
      const asked = { peerId: bystander.peerId, what: 'microphone', on: true } as const;
      await world.room.execute('bystander.ask', asked, dispatcher);
      const own = await phone.publish('audio', opus());
      const stopped = async () =>
        (await world.dump())?.producers.find(({ producerId }) => producerId === own)?.paused;
      await until(
        'both hear one another',
        () => phone.of(voice) !== undefined && guide.of(own) !== undefined,
      );
      assert.deepEqual([phone.of(face), phone.of(crewVoice), await stopped()], [undefined, undefined, false]);
      await world.room.execute('bystander.ask', { ...asked, on: false }, dispatcher);
      await until('it hears the centre no more', () => phone.of(voice) === undefined);
      await until('nobody hears it any more', async () => (await stopped()) === true);
    } finally {
      await world.close();
    }
  });
});
