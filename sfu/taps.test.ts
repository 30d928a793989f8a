import assert from 'node:assert/strict';
import type * as mediasoup from 'mediasoup/types';
import { isAppError } from '../platform/errors.ts';
import { createFarNode, type FarNode } from './testing/far-node.ts';
import { type LayeredSource, publishSimulcast, publishSvc } from './testing/layered.ts';
import { countEntities, type WatchedWorkers, watchWorkers } from './testing/media-workers.ts';
import { type OwnedNode, pipeToFar, pipeWorkers, startOwnedNode, twoWorkers } from './testing/owner.ts';
import { openTapSocket, type TapSocket } from './testing/tap-socket.ts';

const room = { roomId: 'room-1', epoch: 2 };
const tapId = 'tap-1';

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `in vain waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Sources arrive on worker 1, the tap is on worker 2: what is recorded goes over a pipe as well. */
describe('the tap of a room', () => {
  let workers: WatchedWorkers;
  let owned: OwnedNode;
  let far: FarNode;
  let tap: TapSocket;
  let intoNode: mediasoup.PipeTransport;
  const stops: (() => void)[] = [];

  before(async () => {
    workers = watchWorkers();
    [owned, far, tap] = await Promise.all([startOwnedNode(), createFarNode(), openTapSocket()]);
    const { client } = owned;
    const [first, second] = twoWorkers(owned.node);
    for (const workerId of [first, second]) await client.request('router.create', { ...room, workerId });
    intoNode = await pipeToFar(client, room, { workerId: first, transportId: 'in' }, far);
    await pipeWorkers(client, room, [
      { workerId: first, transportId: 'a' },
      { workerId: second, transportId: 'b' },
    ]);
  });

  after(async () => {
    for (const stop of stops) stop();
    await owned.close();
    await far.close();
    await tap.close();
  });

  const ask = () => owned.client;

  /** Brings a source of the far side to worker 1, from there to worker 2, and into the tap. */
  async function record(source: LayeredSource, id: string) {
    const [first] = twoWorkers(owned.node);
    const { kind, rtpParameters } = await intoNode.consume({ producerId: source.producer.id });
    const base = { ...room, kind, paused: false };
    await ask().request('producer.create', { ...base, transportId: 'in', producerId: id, rtpParameters });
    const hop = await ask().request('consumer.create', {
      ...room,
      transportId: 'a',
      consumerId: `${id}-hop`,
      producerId: id,
      paused: false,
    });
    await ask().request('producer.create', {
      ...base,
      transportId: 'b',
      producerId: `${id}-there`,
      rtpParameters: hop.rtpParameters,
    });
    const made = await ask().request('tap.consume', {
      ...room,
      tapId,
      consumerId: `${id}-tapped`,
      producerId: `${id}-there`,
      originalId: id,
      originalWorkerId: first,
    });
    return made.rtpParameters.encodings?.map(({ ssrc }) => ssrc ?? 0) ?? [];
  }

  const resume = (id: string) =>
    ask().request('consumer.setPaused', { ...room, consumerId: `${id}-tapped`, paused: false });
  const packetsOf = (ssrc: number | undefined) => tap.rtp.filter((packet) => packet.ssrc === ssrc);

  it('is made once, leads to one place, and is in the dump', async () => {
    const [, workerId] = twoWorkers(owned.node);
    const made = await ask().request('tap.create', { ...room, workerId, tapId });
    assert.deepEqual(await ask().request('tap.create', { ...room, workerId, tapId }), made);
    assert.equal(made.ip, '127.0.0.1');
    tap.senders = { rtpPort: made.port, feedPort: made.feedPort };
    const to = { ...room, tapId, ip: tap.ip, port: tap.port };
    await ask().request('tap.connect', to);
    await ask().request('tap.connect', to);
    const elsewhere = ask().request('tap.connect', { ...to, port: tap.port + 1 });
    await assert.rejects(elsewhere, (error) => isAppError(error, 'conflict'));
    const { rooms } = await ask().request('node.dump', {});
    const dumped = rooms[0]?.transports.find(({ transportId }) => transportId === tapId);
    assert.deepEqual(dumped, { transportId: tapId, workerId, kind: 'tap', connected: true, silent: false });
  });

  it('leaves nothing in its worker when it closes', async () => {
    const [, workerId] = twoWorkers(owned.node);
    const before = await countEntities(workers);
    await ask().request('tap.create', { ...room, workerId, tapId: 'tap-0' });
    assert.ok((await countEntities(workers)) > before);
    await ask().request('tap.close', { ...room, tapId: 'tap-0' });
    await ask().request('tap.close', { ...room, tapId: 'tap-0' });
    assert.equal(await countEntities(workers), before);
  });

  it('refuses an owner that slept, and what belongs on other transports', async () => {
    const stale = ask().request('tap.close', { roomId: room.roomId, epoch: 1, tapId });
    await assert.rejects(stale, (error) => isAppError(error, 'stale-epoch'));
    const wrong = ask().request('tap.connect', { ...room, tapId: 'in', ip: tap.ip, port: 1 });
    await assert.rejects(wrong, (error) => isAppError(error, 'conflict'));
  });

  it('carries every layer of one stream, and goes on when layers stop and return', async () => {
    const source = await publishSvc(far.router, 2_000);
    stops.push(source.start());
    const [ssrc] = await record(source, 'svc');
    // The layer stands in the third byte of the payload descriptor.
    const layer = (number: number) =>
      packetsOf(ssrc).filter(({ payload }) => ((payload[2] ?? 0) >> 1) % 8 === number).length;
    assert.equal(packetsOf(ssrc).length, 0);
    await resume('svc');
    await until('all three layers', () => [0, 1, 2].every((one) => layer(one) > 20));
    source.sending.delete(2);
    const before = [layer(0), layer(1), layer(2)];
    await until('two layers go on alone', () => layer(0) > 50 + (before[0] ?? 0));
    assert.ok(layer(1) > 40 + (before[1] ?? 0));
    assert.ok(layer(2) <= 3 + (before[2] ?? 0), 'the top layer was sent on after it had stopped');
    source.sending.delete(1);
    const single = layer(0);
    await until('one layer goes on alone', () => layer(0) > single + 50);
    source.sending.add(1).add(2);
    const returned = layer(2);
    await until('the top layer is back', () => layer(2) > returned + 20);
    assertUnbroken(packetsOf(ssrc));
  });

  it('carries all streams of a simulcast source, each by its own, and goes on when one stops', async () => {
    const source = await publishSimulcast(far.router, 3_000);
    stops.push(source.start());
    const ssrcs = await record(source, 'simulcast');
    assert.equal(new Set(ssrcs).size, 3);
    await resume('simulcast');
    await until('three streams', () => ssrcs.every((ssrc) => packetsOf(ssrc).length > 20));
    source.sending.delete(2);
    const [low, , high] = ssrcs.map((ssrc) => packetsOf(ssrc).length);
    await until('the others go on', () => packetsOf(ssrcs[0]).length > (low ?? 0) + 50);
    assert.ok(packetsOf(ssrcs[2]).length <= (high ?? 0) + 3);
    for (const ssrc of ssrcs) assertUnbroken(packetsOf(ssrc));
  });

  it("feeds the publisher's own sender reports under the names the tap gives", async () => {
    const dump = (await ask().request('node.dump', {})).rooms[0];
    for (const id of ['svc', 'simulcast']) {
      const consumer = dump?.consumers.find(({ consumerId }) => consumerId === `${id}-tapped`);
      const ssrcs = consumer?.rtpParameters.encodings?.map(({ ssrc }) => ssrc) ?? [];
      const reported = () =>
        new Set(
          tap.feed
            .filter((datagram) => datagram.kind === 'report' && datagram.id === id)
            .map(({ payload }) => Buffer.from(payload).readUInt32BE(4)),
        );
      await until(`a report of each stream of ${id}`, () => {
        const named = reported();
        // The top simulcast stream has stopped: whether it reported before is not ours to say.
        return ssrcs.slice(0, 2).every((ssrc) => ssrc === undefined || named.has(ssrc));
      });
      assert.ok([...reported()].every((ssrc) => ssrcs.includes(ssrc)));
    }
    const report = tap.feed.find(({ kind }) => kind === 'report');
    const [version, type] = report?.payload ?? [];
    assert.deepEqual([version, type, report?.payload.length], [0x80, 200, 28]);
    assert.ok(Math.abs(Number(process.hrtime.bigint() - (report?.at ?? 0n))) < 60e9);
  });

  it('brings keyframe requests of the recorder to the source', async () => {
    const source = await far.publish(4_000);
    stops.push(source.start());
    const [ssrc] = await record({ ...source, sending: new Set() }, 'camera');
    await resume('camera');
    // What starting to flow asks for by itself is over once the keyframe has come and another second has passed.
    await until('packets', () => packetsOf(ssrc).length > 300);
    const asked = source.keyframeRequests;
    tap.requestKeyFrame(ssrc ?? 0);
    await until('the request at the source', () => source.keyframeRequests > asked);
  });

  it('feeds the messages of data channels in order, and shows by their numbers what did not fit', async () => {
    const direct = await far.router.createDirectTransport();
    const origin = await direct.produceData({ label: 'preview' });
    const piped = await intoNode.consumeData({ dataProducerId: origin.id });
    const dataProducerId = 'marks';
    const { sctpStreamParameters } = piped;
    assert.ok(sctpStreamParameters !== undefined);
    const made = { ...room, dataProducerId, label: 'preview', sctpStreamParameters } as const;
    await ask().request('dataProducer.create', { ...made, transportId: 'in' });
    const hop = { ...room, transportId: 'a', dataConsumerId: 'marks-hop', dataProducerId };
    const onward = (await ask().request('dataConsumer.create', hop)).sctpStreamParameters;
    assert.ok(onward !== undefined);
    const there = { ...made, transportId: 'b', dataProducerId: 'marks-there', sctpStreamParameters: onward };
    await ask().request('dataProducer.create', there);
    await ask().request('tap.consumeData', {
      ...room,
      tapId,
      dataConsumerId: 'marks-tapped',
      dataProducerId: 'marks-there',
      originalId: dataProducerId,
    });
    const messages = () => tap.feed.filter(({ kind }) => kind === 'message');
    const timer = setInterval(() => origin.send('first'), 20);
    stops.push(() => clearInterval(timer));
    await until('a message', () => messages().length > 0);
    clearInterval(timer);
    origin.send(Buffer.alloc(100_000));
    origin.send('last');
    const text = ({ payload }: { payload: Uint8Array }) => Buffer.from(payload).toString();
    await until('the last message', () => messages().some((one) => text(one) === 'last'));
    assert.ok(messages().every(({ id }) => id === dataProducerId));
    const numbers = tap.feed.map(({ number }) => number);
    const missing = (numbers.at(-1) ?? 0) + 1 - numbers.length;
    assert.equal(missing, 1);
    const { value } = (await owned.metrics.getSingleMetric('goldenhour_sfu_tap_datagrams_lost_total')?.get())
      ?.values[0] ?? { value: 0 };
    assert.equal(value, 1);
  });

  it('stops with its sources and leaves nothing behind', async () => {
    await ask().request('producer.close', { ...room, producerId: 'svc' });
    const held = async () => (await ask().request('node.dump', {})).rooms[0];
    await ask().request('producer.close', { ...room, producerId: 'svc-there' });
    await until('the tapped consumer is gone', async () => {
      return (await held())?.consumers.every(({ consumerId }) => consumerId !== 'svc-tapped') ?? false;
    });
    await ask().request('tap.close', { ...room, tapId });
    for (const producerId of ['simulcast', 'camera', 'simulcast-there', 'camera-there'])
      await ask().request('producer.close', { ...room, producerId });
    for (const dataProducerId of ['marks', 'marks-there'])
      await ask().request('dataProducer.close', { ...room, dataProducerId });
    // The worker tells of what closes with its producer a moment after the answer.
    await until('nothing is left on any transport', async () => {
      const dump = await held();
      return dump?.consumers.length === 0 && dump.dataConsumers.length === 0;
    });
    const left = (await held())?.transports.map(({ transportId }) => transportId).sort();
    assert.deepEqual(left, ['a', 'b', 'in']);
  });
});

/** No packet missing, and the same distance between pictures as they were sent with. */
function assertUnbroken(packets: readonly { sequence: number; timestamp: number }[]): void {
  for (const [index, packet] of packets.entries()) {
    const former = packets[index - 1];
    if (former === undefined) continue;
    assert.equal(packet.sequence, (former.sequence + 1) & 0xffff);
    assert.ok([0, 1_800].includes(packet.timestamp - former.timestamp), 'a timestamp was rewritten');
  }
}
