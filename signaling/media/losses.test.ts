import assert from 'node:assert/strict';
import { crew, doctor } from '../rooms/testing/people.ts';
import { opus, vp8Simulcast } from './testing/rtp.ts';
import { type TestClient, until, World } from './testing/world.ts';

describe('a room whose media is lost', () => {
  let world: World;
  let ambulance: TestClient;
  let specialist: TestClient;

  async function begin(options: Parameters<typeof World.start>[0]): Promise<void> {
    world = await World.start(options);
    ambulance = await world.join(crew);
    specialist = await world.join(doctor);
  }
  afterEach(() => world.close());

  const homePid = async () => {
    const { media } = await world.room.state();
    const node = world.nodes.find((n) => n.node.nodeId === media?.nodeId)?.node;
    return node?.workers.find((worker) => worker.workerId === media?.workerId)?.pid ?? 0;
  };

  it('is placed anew at once when its worker dies, tells everyone, and takes the same sources up again', async () => {
    await begin({ workers: 2 });
    const voice = await ambulance.publish('audio', opus());
    await until('it flows', () => specialist.of(voice) !== undefined);
    const { media: before, seq } = await world.room.state();
    const generation = ambulance.started?.generation ?? 0;

    process.kill(await homePid(), 'SIGKILL');
    await until('both are told', () =>
      [crew, doctor].every(({ peerId }) => world.tellings('media.lost', peerId).length === 1),
    );
    const [lost] = world.tellings('media.lost', crew.peerId);
    assert.equal(lost?.reason, 'worker-died');
    assert.ok((lost?.generation ?? 0) > generation);
    await until(
      'it is placed anew',
      async () => (await world.room.state()).media?.workerId !== before?.workerId,
    );

    await Promise.all([ambulance.start(), specialist.start()]);
    assert.equal(ambulance.started?.generation, lost?.generation);
    await ambulance.publish('audio', opus(), {}, voice);
    await until('the voice flows again', async () => {
      const dump = await world.dump();
      return dump?.consumers.some((c) => c.producerId === voice && !c.paused) ?? false;
    });
    // The only fact is where the media lives now: the source never left the room.
    assert.equal((await world.room.state()).seq, seq + 1);
  });

  it('closes the sources of a peer that does not come back in time', async () => {
    await begin({ workers: 1, config: { rejoinMs: 1500 } });
    const voice = await ambulance.publish('audio', opus());
    process.kill(await homePid(), 'SIGKILL');
    await until('it is told', () => world.tellings('media.lost', crew.peerId).length === 1);
    assert.ok((await world.room.state()).sources[voice]);
    await until('it is closed', async () => (await world.room.state()).sources[voice] === undefined);
  });

  it('moves to another node when its own is out of reach for too long', async () => {
    await begin({ nodes: 2, workers: 1, config: { nodeLostMs: 200 } });
    const { media: before } = await world.room.state();
    const index = world.nodes.findIndex((n) => n.node.nodeId === before?.nodeId);
    await world.nodes[index]?.close();
    await until('both are told', () =>
      [crew, doctor].every(
        ({ peerId }) => world.tellings('media.lost', peerId).at(-1)?.reason === 'node-lost',
      ),
    );
    await until('it is placed anew', async () => (await world.room.state()).media?.nodeId !== before?.nodeId);
    await ambulance.start();
    const { media } = await world.room.state();
    const other = world.nodes.find((n) => n.node.nodeId === media?.nodeId);
    assert.deepEqual(
      (await world.dump(other))?.transports.map((t) => t.transportId).sort(),
      [ambulance.recv, ambulance.send].sort(),
    );
  });

  it('moves off a node that drains, and what flows goes on until its peers have started anew', async () => {
    await begin({ nodes: 2, workers: 1 });
    const voice = await ambulance.publish('audio', opus());
    await until('it flows', () => specialist.of(voice) !== undefined);
    const { media: before } = await world.room.state();
    const old = world.nodes.find((n) => n.node.nodeId === before?.nodeId);
    await old?.node.drain();
    await until('both are told', () =>
      [crew, doctor].every(({ peerId }) => world.tellings('media.lost', peerId).length === 1),
    );
    const { media } = await world.room.state();
    assert.notEqual(media?.nodeId, before?.nodeId);
    assert.equal((await world.dump(old))?.consumers.length, 1, 'nothing is taken away yet');
    await ambulance.start();
    await ambulance.publish('audio', opus(), {}, voice);
    await until('it flows over a pipe', () => specialist.of(voice) !== undefined);
    await specialist.start();
    await until('it flows on the new node alone', async () => {
      const there = await world.dump(world.nodes.find((n) => n !== old));
      return there?.consumers.some((c) => c.transportId === specialist.recv && !c.paused) ?? false;
    });
    await until('the old node is empty', async () => (await world.dump(old))?.workerIds.length === 0);
  });

  it('keeps what flows when only the link to the node was away', async () => {
    await begin({ workers: 1, websocket: true });
    const picture = await ambulance.publish('video', vp8Simulcast());
    await specialist.show({ producerId: picture });
    await until('it flows', async () => (await world.dump())?.consumers[0]?.paused === false);
    const before = await world.dump();
    world.dropLinks();
    await specialist.show({ producerId: picture, width: 100, height: 100 });
    await until('its wishes count again', () => ambulance.demands.get(picture)?.rung === '540');
    assert.deepEqual((await world.dump())?.consumers, before?.consumers);
    assert.equal(world.tellings('media.lost', doctor.peerId).length, 0);
  });

  it('is told of by a new owner who finds nothing of it anywhere', async () => {
    await begin({ workers: 1 });
    await ambulance.publish('audio', opus());
    const pid = await homePid();
    await world.service.close('the owner sleeps');
    process.kill(pid, 'SIGKILL');
    await until('the node has a fresh worker', async () => {
      const { workers } = (await world.nodes[0]?.client.request('node.describe', {})) ?? {};
      return workers?.length === 1 && (await world.dump())?.workerIds.length === 0;
    });
    await world.takeOver();
    await until('both are told', () =>
      [crew, doctor].every(({ peerId }) => world.tellings('media.lost', peerId).length === 1),
    );
    await Promise.all([ambulance.start(), specialist.start()]);
    assert.equal((await world.dump())?.transports.length, 4);
  });
});
