import assert from 'node:assert/strict';
import type * as z from 'zod/mini';
import { isAppError } from '../platform/errors.ts';
import { newSecret } from '../platform/ids.ts';
import {
  CONTROL,
  type ControlClient,
  type ControlMethod,
  type ControlParams,
} from '../signaling/protocol/control.ts';
import { connectControl } from './control-client.ts';
import { type JsonChild, startChild } from './testing/child.ts';
import { type Count, createFarNode, type FarNode } from './testing/far-node.ts';
import { linkUp, quietLogger } from './testing/owner.ts';

const room = { roomId: 'room-1', epoch: 1 };

describe('an owner that is killed', function () {
  this.timeout(30_000);
  const secret = newSecret(256);
  let node: JsonChild;
  let owner: JsonChild;
  let far: FarNode;
  let url = '';
  let sink: Count;
  let stopSource = () => {};
  let successor: ControlClient | undefined;

  before(async () => {
    node = startChild('node-process.ts', { TEST_CLUSTER_SECRET: secret });
    const [started, made] = await Promise.all([node.next(), createFarNode()]);
    far = made;
    assert.ok(typeof started === 'object' && started !== null && 'port' in started);
    url = `ws://127.0.0.1:${started.port}`;
    owner = startChild('owner-process.ts', { TEST_CLUSTER_SECRET: secret, TEST_CONTROL_URL: url });
    await publishThroughNode();
  });

  after(async () => {
    stopSource();
    await successor?.close('end of test');
    await owner.end('SIGKILL');
    await node.end('SIGTERM');
    await far.close();
  });

  /** The doomed owner's request, asked of it by its standard input. */
  async function ask<M extends ControlMethod>(method: M, params: ControlParams<M>) {
    owner.send({ method, params });
    const parser: (typeof CONTROL)[M]['result'] = CONTROL[method].result;
    const answer: z.infer<(typeof CONTROL)[M]['result']> = Reflect.apply(parser.parse, parser, [
      await owner.next(),
    ]);
    return answer;
  }

  /** far source → pipe → the node's worker → pipe → far sink. */
  async function publishThroughNode(): Promise<void> {
    const { workers } = await ask('node.describe', {});
    const workerId = workers[0]?.workerId ?? '';
    await ask('router.create', { ...room, workerId });
    const pipes = await Promise.all([far.createPipe(), far.createPipe()]);
    for (const [index, transportId] of (['in', 'out'] as const).entries()) {
      const there = pipes[index];
      assert.ok(there?.srtpParameters !== undefined);
      await there.connect(await ask('transport.createPipe', { ...room, workerId, transportId }));
      const { localAddress: ip, localPort: port } = there.tuple;
      await ask('transport.connectPipe', {
        ...room,
        transportId,
        ip,
        port,
        srtpParameters: there.srtpParameters,
      });
    }
    const [into, out] = pipes;
    const source = await far.publish(2_222);
    const { kind, rtpParameters } = await into.consume({ producerId: source.producer.id });
    const base = { ...room, producerId: 'camera', paused: false };
    await ask('producer.create', { ...base, transportId: 'in', kind, rtpParameters });
    const consumer = await ask('consumer.create', { ...base, transportId: 'out', consumerId: 'c-1' });
    const arrived = await out.produce({ kind: consumer.kind, rtpParameters: consumer.rtpParameters });
    sink = await far.count(arrived.id);
    stopSource = source.start();
    await sink.grow(20);
  }

  it('leaves media flowing, and its successor finds everything and goes on', async () => {
    const before = await ask('node.dump', {});
    await owner.end('SIGKILL');
    const atDeath = sink.packets;
    await sink.grow(150);
    assert.ok(sink.packets >= atDeath + 150);

    successor = connectControl({ nodeId: 'node-1', url, secret, logger: quietLogger });
    await linkUp(successor);
    const { rooms } = await successor.request('node.dump', {});
    assert.deepEqual(rooms, before.rooms);
    await successor.request('room.claim', { ...room, epoch: 2 });
    await assert.rejects(successor.request('room.claim', room), (error) => isAppError(error, 'stale-epoch'));
    const epoch = 2;
    await successor.request('consumer.setPaused', { ...room, epoch, consumerId: 'c-1', paused: true });
    await successor.request('consumer.setPaused', { ...room, epoch, consumerId: 'c-1', paused: false });
    await sink.grow(50);
    await successor.request('room.close', { ...room, epoch });
    assert.deepEqual((await successor.request('node.dump', {})).rooms, []);
  });
});
