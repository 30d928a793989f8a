import assert from 'node:assert/strict';
import type * as mediasoup from 'mediasoup/types';
import { isAppError } from '../platform/errors.ts';
import { type Count, createFarNode, type FarNode, type Source } from './testing/far-node.ts';
import { type OwnedNode, pipeToFar, pipeWorkers, startOwnedNode, twoWorkers } from './testing/owner.ts';

const room = { roomId: 'room-1', epoch: 1 };

/**
 * far source → pipe → worker 1 → pipe → worker 2 → pipe → far sink: three SRTP hops, as between three nodes.
 */
describe('a source piped through two workers', () => {
  let owned: OwnedNode;
  let far: FarNode;
  let source: Source;
  let sink: Count;
  let intoNode: mediasoup.PipeTransport;
  let outOfNode: mediasoup.PipeTransport;
  let stopSource = () => {};

  before(async () => {
    [owned, far] = await Promise.all([startOwnedNode(), createFarNode()]);
    const { client } = owned;
    const [first, second] = twoWorkers(owned.node);
    for (const workerId of [first, second]) await client.request('router.create', { ...room, workerId });
    intoNode = await pipeToFar(client, room, { workerId: first, transportId: 'in' }, far);
    await pipeWorkers(client, room, [
      { workerId: first, transportId: 'a' },
      { workerId: second, transportId: 'b' },
    ]);
    outOfNode = await pipeToFar(client, room, { workerId: second, transportId: 'out' }, far);

    source = await far.publish(1_111);
    const { kind, rtpParameters } = await intoNode.consume({ producerId: source.producer.id });
    const base = { ...room, producerId: 'camera', kind, paused: false };
    await client.request('producer.create', { ...base, transportId: 'in', rtpParameters });
    const hop = await consume('camera-a', 'a');
    await client.request('producer.create', { ...base, transportId: 'b', rtpParameters: hop.rtpParameters });
    const out = await consume('camera-out', 'out');
    assert.equal(out.type, 'pipe');
    const arrived = await outOfNode.produce({ kind: out.kind, rtpParameters: out.rtpParameters });
    sink = await far.count(arrived.id);
    stopSource = source.start();
  });

  after(async () => {
    stopSource();
    await owned.close();
    await far.close();
  });

  function consume(consumerId: string, transportId: string, producerId = 'camera') {
    return owned.client.request('consumer.create', {
      ...room,
      transportId,
      consumerId,
      producerId,
      paused: false,
    });
  }

  it('arrives at the far side', async () => {
    await sink.grow(50);
  });

  it('counts what each worker sends, near to the truth', async () => {
    const [first] = twoWorkers(owned.node);
    const rate = await untilStatus((status) => status.packetsOutPerSecond >= 80);
    assert.ok(rate.packetsOutPerSecond <= 120, String(rate.packetsOutPerSecond));
    assert.deepEqual([rate.workerId, rate.producers, rate.consumers, rate.routers], [first, 1, 1, 1]);
    const text = await owned.metrics.metrics();
    assert.match(text, /goldenhour_sfu_producers\{kind="video",copy="true",role="sfu"\} 2/);
    assert.match(text, /goldenhour_sfu_workers\{role="sfu"\} 2/);
  });

  function untilStatus(matches: (status: { packetsOutPerSecond: number }) => boolean) {
    return new Promise<{
      workerId: string;
      packetsOutPerSecond: number;
      producers: number;
      consumers: number;
      routers: number;
    }>((resolve) => {
      const stop = owned.client.on('node.status', ({ workers: [status] }) => {
        if (status === undefined || !matches(status)) return;
        stop();
        resolve(status);
      });
    });
  }

  it('stops when its pipe consumer is paused and goes on when it is resumed', async () => {
    await owned.client.request('consumer.setPaused', { ...room, consumerId: 'camera-a', paused: true });
    const stats = () => owned.client.request('transport.stats', { ...room, transportId: 'a' });
    const before = Number((await stats()).stats[0]?.rtpBytesSent);
    const seen = source.producer;
    await passPackets(seen, 20);
    assert.equal(Number((await stats()).stats[0]?.rtpBytesSent), before);
    await owned.client.request('consumer.setPaused', { ...room, consumerId: 'camera-a', paused: false });
    await sink.grow(20);
  });

  it('pauses the original and the copies on the node by one request', async () => {
    await owned.client.request('producer.setPaused', { ...room, producerId: 'camera', paused: true });
    const paused = async () => {
      const { rooms } = await owned.client.request('node.dump', {});
      return rooms[0]?.producers.map((producer) => producer.paused);
    };
    assert.deepEqual(await paused(), [true, true]);
    await owned.client.request('producer.setPaused', { ...room, producerId: 'camera', paused: false });
    assert.deepEqual(await paused(), [false, false]);
    await sink.grow(10);
  });

  it('gathers the keyframe requests of a moment and lets the original keep the floor', async () => {
    const before = source.keyframeRequests;
    const asked = Array.from({ length: 50 }, () =>
      owned.client.request('consumer.requestKeyFrame', { ...room, consumerId: 'camera-out' }),
    );
    await Promise.all(asked);
    await sink.grow(30);
    const reached = source.keyframeRequests - before;
    assert.ok(reached >= 1 && reached <= 3, `${reached} requests reached the source`);
  });

  it('refuses to consume what has not been piped to that worker', async () => {
    await assert.rejects(consume('x', 'a', 'no-such'), (error) => isAppError(error, 'not-found'));
  });

  it('drops one copy without touching the original', async () => {
    const { client } = owned;
    await client.request('producer.close', { ...room, producerId: 'camera', transportId: 'b' });
    // The worker tells of the consumer that closes with its producer a moment after the answer.
    const ids = async () => {
      const { rooms } = await client.request('node.dump', {});
      const producers = rooms[0]?.producers.map(({ transportId }) => transportId);
      return [...(producers ?? []), ...(rooms[0]?.consumers.map(({ consumerId }) => consumerId) ?? [])];
    };
    const deadline = performance.now() + 30_000;
    while ((await ids()).includes('camera-out') && performance.now() < deadline);
    assert.deepEqual(await ids(), ['in', 'camera-a']);
  });

  it('carries data from one worker to another', async () => {
    const { client } = owned;
    const direct = await far.router.createDirectTransport();
    const origin = await direct.produceData({ label: 'still' });
    // Unordered as a client makes it, and larger than the congestion window.
    const first = await intoNode.consumeData({
      dataProducerId: origin.id,
      ordered: false,
      maxPacketLifeTime: 1_000,
    });
    const unlimited = { streamId: first.sctpStreamParameters?.streamId ?? 0, ordered: false };
    const still = { ...room, dataProducerId: 'stills', label: 'still', producerId: 'camera' } as const;
    await client.request('dataProducer.create', {
      ...still,
      transportId: 'in',
      sctpStreamParameters: unlimited,
    });
    const hop = await client.request('dataConsumer.create', {
      ...room,
      transportId: 'a',
      dataConsumerId: 'stills-a',
      dataProducerId: 'stills',
    });
    assert.ok(hop.sctpStreamParameters !== undefined);
    await client.request('dataProducer.create', {
      ...still,
      transportId: 'b',
      sctpStreamParameters: hop.sctpStreamParameters,
    });
    const out = await client.request('dataConsumer.create', {
      ...room,
      transportId: 'out',
      dataConsumerId: 'stills-out',
      dataProducerId: 'stills',
    });
    assert.ok(out.sctpStreamParameters !== undefined);
    const arrived = await outOfNode.produceData({ sctpStreamParameters: out.sctpStreamParameters });
    const received = await direct.consumeData({ dataProducerId: arrived.id });
    const message = new Promise<Buffer>((resolve) => received.once('message', resolve));
    const still4k = Buffer.alloc(150_000, 7);
    const timer = setInterval(() => origin.send(still4k), 100);
    assert.deepEqual(await message, still4k);
    clearInterval(timer);
  });

  it('carries previews and poses as a page makes them, and keeps for whom a fetched frame is', async () => {
    const { client } = owned;
    const direct = await far.router.createDirectTransport();
    for (const label of ['preview', 'pose'] as const) {
      const origin = await direct.produceData({ label });
      const first = await intoNode.consumeData({ dataProducerId: origin.id, ordered: false });
      // As `createDataChannel({ ordered: false, maxRetransmits: 0 })` describes itself.
      const lossy = {
        streamId: first.sctpStreamParameters?.streamId ?? 0,
        ordered: false,
        maxRetransmits: 0,
      };
      const made = { ...room, dataProducerId: label, label, producerId: 'camera' } as const;
      await client.request('dataProducer.create', {
        ...made,
        transportId: 'in',
        sctpStreamParameters: lossy,
      });
      const hop = await client.request('dataConsumer.create', {
        ...{ ...room, transportId: 'a', dataConsumerId: `${label}-a`, dataProducerId: label },
      });
      assert.ok(hop.sctpStreamParameters !== undefined);
      const over = { transportId: 'b', sctpStreamParameters: hop.sctpStreamParameters };
      await client.request('dataProducer.create', { ...made, ...over });
      const out = await client.request('dataConsumer.create', {
        ...{ ...room, transportId: 'out', dataConsumerId: `${label}-out`, dataProducerId: label },
      });
      assert.equal(out.sctpStreamParameters?.ordered, false);
      const arrived = await outOfNode.produceData({ sctpStreamParameters: out.sctpStreamParameters });
      const received = await direct.consumeData({ dataProducerId: arrived.id });
      const message = new Promise<Buffer>((resolve) => received.once('message', resolve));
      const points = Buffer.alloc(3000, 7);
      const timer = setInterval(() => origin.send(points), 30);
      assert.deepEqual(await message, points);
      clearInterval(timer);
    }
    const fetched = { ...room, transportId: 'in', dataProducerId: 'frame', label: 'fetch' } as const;
    await client.request('dataProducer.create', {
      ...fetched,
      toPeerId: 'doctor',
      sctpStreamParameters: { streamId: 900, ordered: true },
    });
    const { rooms } = await client.request('node.dump', { roomIds: [room.roomId] });
    const dumped = rooms[0]?.dataProducers.find(({ dataProducerId }) => dataProducerId === 'frame');
    assert.equal(dumped?.toPeerId, 'doctor');
  });
});

/** Waits until a producer has received this many further packets. */
async function passPackets(producer: mediasoup.Producer, more: number): Promise<void> {
  const packets = async () => (await producer.getStats())[0]?.packetCount ?? 0;
  const wanted = (await packets()) + more;
  while ((await packets()) < wanted) await new Promise(setImmediate);
}
