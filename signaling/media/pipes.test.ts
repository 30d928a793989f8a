import assert from 'node:assert/strict';
import { createFarNode, type FarNode, vp8Parameters } from '../../sfu/testing/far-node.ts';
import { pipeToFar } from '../../sfu/testing/owner.ts';
import type { ControlClient, ControlMethod, ControlParams, ControlResult } from '../protocol/control.ts';
import { crew, doctor } from '../rooms/testing/people.ts';
import { wrapRequests } from './testing/faults.ts';
import { opus, vp8Simulcast } from './testing/rtp.ts';
import { until, World, type WorldOptions } from './testing/world.ts';

/** Every peer gets a worker of its own, so that everything goes through pipes. */
const spread = { spreadAt: { peers: 1, consumers: 400, packetsOutPerSecond: 60_000 } };

for (const [where, options] of [
  ['two workers of one node', { nodes: 1, workers: 2 }],
  ['two nodes', { nodes: 2, workers: 1 }],
] satisfies [string, WorldOptions][]) {
  describe(`a room that spreads over ${where}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await World.start({ ...options, config: spread });
    });
    afterEach(() => world.close());

    const everything = async () => {
      const dumps = await Promise.all(world.nodes.map((node) => world.dump(node)));
      return {
        consumers: dumps.flatMap((dump) => dump?.consumers ?? []),
        producers: dumps.flatMap((dump) => dump?.producers ?? []),
        transports: dumps.flatMap((dump) => dump?.transports ?? []),
        workers: dumps.flatMap((dump) => dump?.workerIds ?? []),
      };
    };

    it('carries a voice both ways and a picture only while it is seen', async () => {
      const ambulance = await world.join(crew);
      const specialist = await world.join(doctor);
      const [there, back] = await Promise.all([
        ambulance.publish('audio', opus()),
        specialist.publish('audio', opus()),
      ]);
      const picture = await ambulance.publish('video', vp8Simulcast());
      await until('both hear', () => specialist.of(there) !== undefined && ambulance.of(back) !== undefined);
      const { transports, workers, producers } = await everything();
      assert.equal(workers.length, 2);
      assert.equal(transports.filter((t) => t.kind === 'pipe').length, 2);
      assert.equal(producers.filter((p) => p.kind === 'video').length, 1, 'nobody sees the picture yet');

      await specialist.show({ producerId: picture });
      await until('it flows', async () =>
        (await everything()).consumers.some(
          (c) => c.transportId === specialist.recv && c.kind === 'video' && !c.paused,
        ),
      );
      assert.equal(ambulance.demands.get(picture)?.rung, '1080');
      await specialist.show({ producerId: picture, visible: false });
      await until('the pipe rests', async () =>
        (await everything()).consumers.filter((c) => c.kind === 'video').every((c) => c.paused),
      );
    });

    it('takes the pipe down with the last peer on its other side', async () => {
      const ambulance = await world.join(crew);
      await world.join(doctor);
      const voice = await ambulance.publish('audio', opus());
      await until('it is piped', async () => (await everything()).producers.length === 2);
      await world.room.execute('peer.leave', { peerId: doctor.peerId, reason: 'left' }, doctor);
      await until('the pipe is gone', async () =>
        (await everything()).transports.every((t) => t.kind !== 'pipe'),
      );
      await until('its router too', async () => (await everything()).workers.length === 1);
      assert.deepEqual(
        (await everything()).producers.map((p) => p.producerId),
        [voice],
      );
    });

    it('hears a publisher again that was lost with its worker and came back elsewhere', async () => {
      const ambulance = await world.join(crew);
      const specialist = await world.join(doctor);
      const voice = await ambulance.publish('audio', opus());
      await until('it flows', () => specialist.of(voice) !== undefined);
      const before = specialist.of(voice);
      const { media } = await world.room.state();
      const home = world.nodes.find((n) => n.node.nodeId === media?.nodeId)?.node;
      const pid = home?.workers.find((worker) => worker.workerId === media?.workerId)?.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await until('it is told', () => world.tellings('media.lost', crew.peerId).length === 1);
      assert.equal(world.tellings('media.lost', doctor.peerId).length, 0, 'the other worker goes on');
      await ambulance.start();
      await ambulance.publish('audio', opus(), {}, voice);
      await until('it flows again', async () => {
        const now = specialist.of(voice);
        if (!now || now.rtpParameters.mid === undefined || now === before) return false;
        const { consumers } = await everything();
        return consumers.some((c) => c.consumerId === now.consumerId && !c.paused);
      });
    });
  });
}

describe('packets of a room that spreads over two nodes', () => {
  let world: World;
  let far: FarNode;
  afterEach(async () => {
    await world.close();
    await far.close();
  });

  /**
   * Test clients send no packets, so the publisher's producer is made on a pipe from a worker of the test instead of its
   * own transport; everything else is as the service asks for it.
   */
  it('flow through the pipe, and stop in it while nobody sees them', async () => {
    far = await createFarNode();
    const source = await far.publish(4_711);
    let arriving = vp8Parameters(4_711);
    const instead = (client: ControlClient): ControlClient =>
      wrapRequests(client, async (method, params, ask) => ask(method, redirected(method, params)));
    const redirected = <M extends ControlMethod>(method: M, params: ControlParams<M>): ControlParams<M> =>
      method === 'producer.create' && 'producerId' in params && params.producerId === 'camera'
        ? { ...params, transportId: 'from-far', rtpParameters: arriving }
        : params;
    world = await World.start({ nodes: 2, workers: 1, config: spread, wrap: instead });
    const ambulance = await world.join(crew);
    const specialist = await world.join(doctor);
    const { media } = await world.room.state();
    const home = world.nodes.find((n) => n.node.nodeId === media?.nodeId);
    assert.ok(home && media);
    const epoch = (await world.dump(home))?.epoch ?? 0;
    const ids = { roomId: world.room.roomId, epoch };
    const end = { workerId: media.workerId, transportId: 'from-far' };
    const outOfFar = await pipeToFar(home.client, ids, end, far);
    arriving = (await outOfFar.consume({ producerId: source.producer.id })).rtpParameters;

    const stop = source.start();
    await ambulance.publish('video', vp8Simulcast(), { width: 640, height: 360 }, 'camera');
    await specialist.show({ producerId: 'camera' });
    const other = world.nodes.find((n) => n !== home);
    const received = async () => {
      const pipe = (await world.dump(other))?.transports.find((t) => t.kind === 'pipe');
      if (!pipe) return 0;
      const stats: ControlResult<'transport.stats'> | undefined = await other?.client.request(
        'transport.stats',
        {
          ...ids,
          transportId: pipe.transportId,
        },
      );
      return Number(stats?.stats[0]?.rtpBytesReceived ?? 0);
    };
    await until('packets arrive on the other node', async () => (await received()) > 20_000);
    await specialist.show({ producerId: 'camera', visible: false });
    let before = -1;
    await until('they stop', async () => {
      const now = await received();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const rests = now === before && now === (await received());
      before = now;
      return rests;
    });
    stop();
  });
});
