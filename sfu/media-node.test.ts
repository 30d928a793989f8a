import assert from 'node:assert/strict';
import { ManualClock } from '../platform/clock.ts';
import { isAppError } from '../platform/errors.ts';
import { createMetricsRegistry } from '../platform/metrics.ts';
import { connectInMemory } from './control-client.ts';
import { createMediaNode } from './media-node.ts';
import { watchWorkers } from './testing/media-workers.ts';
import { linkUp, nextEvent, quietLogger, startOwnedNode, twoWorkers } from './testing/owner.ts';

const room = { roomId: 'room-1', epoch: 5 };
const send = { transportId: 'send-1', peerId: 'peer-1', direction: 'send' } as const;

describe('a worker that dies', () => {
  it('is reported with its rooms at once and replaced on the same port', async () => {
    const owned = await startOwnedNode();
    const { client, node } = owned;
    const [first, second] = twoWorkers(node);
    for (const workerId of [first, second]) await client.request('router.create', { ...room, workerId });
    await client.request('router.create', { roomId: 'elsewhere', epoch: 1, workerId: second });
    await client.request('transport.createWebRtc', { ...room, workerId: first, ...send });
    const [{ pid, port } = { pid: 0, port: 0 }] = node.workers;
    const started = nextEvent(client, 'worker.started');
    const died = nextEvent(client, 'worker.died');
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await died, { workerId: first, roomIds: ['room-1'] });
    const { workerId } = await started;
    assert.notEqual(workerId, first);
    assert.ok(node.workers.some((worker) => worker.workerId === workerId && worker.port === port));
    const { rooms } = await client.request('node.dump', { roomIds: ['room-1'] });
    assert.deepEqual([rooms[0]?.workerIds, rooms[0]?.transports], [[second], []]);
    await client.request('router.create', { ...room, workerId });
    const { iceCandidates } = await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    assert.deepEqual(
      iceCandidates.map(({ protocol, port: listening }) => [protocol, listening]),
      [
        ['udp', port],
        ['tcp', port],
      ],
    );
    assert.match(await owned.metrics.metrics(), /goldenhour_sfu_worker_deaths_total\{role="sfu"\} 1/);
    await owned.close();
  });
});

describe('a media node whose owner has gone', () => {
  it('keeps its rooms for a while, and closes them when nobody came back and nobody is connected', async () => {
    const clock = new ManualClock();
    const owned = await startOwnedNode({ clock, orphanAfterMs: 60_000, workers: 1 });
    const { node } = owned;
    const [{ workerId } = { workerId: '' }] = node.workers;
    const other = connectInMemory(node, quietLogger);
    await linkUp(other);
    await owned.client.request('router.create', { ...room, workerId });
    await owned.client.request('router.create', { roomId: 'claimed', epoch: 1, workerId });
    await other.request('router.create', { roomId: 'of-another', epoch: 1, workerId });
    await owned.client.close('the owner dies');
    clock.advance(50_000);
    await other.request('room.claim', { roomId: 'claimed', epoch: 2 });
    clock.advance(50_000);
    await nextEvent(other, 'node.status', ({ workers: [status] }) => status?.routers === 2);
    await nextEvent(other, 'node.status');
    const { rooms } = await other.request('node.dump', {});
    assert.deepEqual(rooms.map(({ roomId }) => roomId).sort(), ['claimed', 'of-another']);
    await other.close('end of test');
    await node.close('end of test');
  });
});

describe('the life of a media node', () => {
  it('says that it drains and refuses requests once it closes', async () => {
    const owned = await startOwnedNode({ workers: 1 });
    const draining = nextEvent(owned.client, 'node.status', (status) => status.draining);
    await owned.node.drain();
    await draining;
    assert.equal((await owned.client.request('node.describe', {})).draining, true);
    const closing = owned.node.close('first');
    await assert.rejects(owned.client.request('node.describe', {}), (error) =>
      isAppError(error, 'media-unavailable'),
    );
    await closing;
    await owned.node.close('second');
    await owned.client.close('end of test');
  });

  it('leaves signals to the process, so that a drain can come first', async () => {
    const before = process.listenerCount('SIGTERM');
    const owned = await startOwnedNode({ workers: 2 });
    assert.equal(process.listenerCount('SIGTERM'), before);
    await owned.close();
  });

  it('says what to do when its port is taken, and leaves no worker behind', async () => {
    const workers = watchWorkers();
    const owned = await startOwnedNode({ workers: 1 });
    const [{ port } = { port: 0 }] = owned.node.workers;
    const again = createMediaNode({
      nodeId: 'node-2',
      region: 'test',
      workers: 1,
      listenAddresses: [{ ip: '127.0.0.1' }],
      rtcBasePort: port,
      av1: false,
      logger: quietLogger,
      metrics: createMetricsRegistry({
        role: 'sfu',
        processMetrics: false,
      }),
    });
    await assert.rejects(again, (error) => isAppError(error, 'worker-start-failed'));
    await owned.close();
    assert.ok(workers.all.every((worker) => worker.closed));
    workers.stop();
  });

  it('listens on IPv4 and IPv6 wildcards at once and offers only real addresses', async () => {
    const owned = await startOwnedNode({ workers: 1, listenAddresses: [{ ip: '0.0.0.0' }, { ip: '::' }] });
    const [{ workerId } = { workerId: '' }] = owned.node.workers;
    await owned.client.request('router.create', { ...room, workerId });
    const { iceCandidates } = await owned.client.request('transport.createWebRtc', {
      ...room,
      workerId,
      ...send,
    });
    const addresses = iceCandidates.map(({ address }) => address ?? '');
    assert.ok(addresses.length >= 2);
    assert.ok(
      addresses.every((address) => address !== '0.0.0.0' && address !== '::' && !address.startsWith('fe80')),
    );
    await owned.close();
  });

  it('announces the public address in place of the private one', async () => {
    const owned = await startOwnedNode({
      workers: 1,
      listenAddresses: [{ ip: '127.0.0.1', announced: '203.0.113.7' }],
    });
    const [{ workerId } = { workerId: '' }] = owned.node.workers;
    await owned.client.request('router.create', { ...room, workerId });
    const { iceCandidates } = await owned.client.request('transport.createWebRtc', {
      ...room,
      workerId,
      ...send,
    });
    assert.deepEqual([...new Set(iceCandidates.map(({ address }) => address))], ['203.0.113.7']);
    await owned.close();
  });
});
