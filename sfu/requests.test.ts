import assert from 'node:assert/strict';
import { isAppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { vp8Parameters } from './testing/far-node.ts';
import { countEntities, type WatchedWorkers, watchWorkers } from './testing/media-workers.ts';
import { nextEvent, type OwnedNode, startOwnedNode, twoWorkers } from './testing/owner.ts';

const send = { transportId: 'send-1', peerId: 'peer-1', direction: 'send' } as const;
const cameraOnly = {
  transportId: 'send-1',
  producerId: 'camera',
  kind: 'video',
  rtpParameters: vp8Parameters(1_234),
  paused: false,
} as const;

describe('a media node and the owner of a room', () => {
  let owned: OwnedNode;
  let workers: WatchedWorkers;
  let workerId: string;
  /** Each test has a room of its own, since a room remembers its highest epoch. */
  let room = { roomId: '', epoch: 5 };
  let camera = { ...cameraOnly, ...room };

  before(async () => {
    workers = watchWorkers();
    owned = await startOwnedNode();
    [workerId] = twoWorkers(owned.node);
  });
  after(async () => {
    await owned.close();
    workers.stop();
    assert.ok(workers.all.every((worker) => worker.subprocessClosed));
  });
  beforeEach(() => {
    room = { roomId: newId(), epoch: 5 };
    camera = { ...cameraOnly, ...room };
  });

  it('describes itself with the codecs of the design', async () => {
    const about = await owned.client.request('node.describe', {});
    assert.deepEqual(
      [about.nodeId, about.region, about.draining, about.workers.length],
      ['node-1', 'test', false, 2],
    );
    const codecs = (about.rtpCapabilities.codecs ?? []).filter(({ mimeType }) => !mimeType.endsWith('/rtx'));
    assert.deepEqual(
      codecs.map(({ mimeType, parameters }) => [mimeType, parameters?.['profile-level-id']]),
      [
        ['audio/opus', undefined],
        ['video/VP9', undefined],
        ['video/H264', '42e034'],
        ['video/H264', '640034'],
        ['video/VP8', undefined],
      ],
    );
  });

  it('lets requests be sent without waiting for the answers they build on', async () => {
    const { client } = owned;
    const answers = await Promise.all([
      client.request('router.create', { ...room, workerId }),
      client.request('transport.createWebRtc', { ...room, workerId, ...send }),
      client.request('producer.create', camera),
      client.request('transport.createWebRtc', {
        ...room,
        workerId,
        transportId: 'recv-1',
        peerId: 'peer-2',
        direction: 'recv',
      }),
      client.request('transport.beat', { ...room, transportId: 'recv-1' }),
      client.request('consumer.create', {
        ...room,
        transportId: 'recv-1',
        consumerId: 'consumer-1',
        producerId: 'camera',
        rtpCapabilities: (await client.request('node.describe', {})).rtpCapabilities,
        paused: true,
      }),
    ]);
    assert.equal(answers[2].type, 'simple');
    assert.equal(answers[5].type, 'simple');
    const { rooms } = await client.request('node.dump', { roomIds: [room.roomId] });
    const [dump] = rooms;
    assert.deepEqual(
      [dump?.transports.length, dump?.producers.length, dump?.consumers.length, dump?.dataConsumers.length],
      [2, 1, 1, 1],
    );
    assert.deepEqual(dump?.consumers[0]?.rtpParameters, answers[5].rtpParameters);
  });

  it('answers a repeated request as it answered the first, and refuses another thing under the same id', async () => {
    const { client } = owned;
    const twice = async <T>(ask: () => Promise<T>) => {
      const [first, second, third] = [...(await Promise.all([ask(), ask()])), await ask()];
      assert.deepEqual(second, first);
      assert.deepEqual(third, first);
    };
    await twice(() => client.request('router.create', { ...room, workerId }));
    await twice(() => client.request('transport.createWebRtc', { ...room, workerId, ...send }));
    await twice(() => client.request('producer.create', camera));
    await twice(() => client.request('transport.createPipe', { ...room, workerId, transportId: 'pipe-1' }));
    const consume = {
      ...room,
      transportId: 'pipe-1',
      consumerId: 'consumer-1',
      producerId: 'camera',
      paused: false,
    };
    await twice(() => client.request('consumer.create', consume));
    await twice(() => client.request('consumer.close', { ...room, consumerId: 'consumer-1' }));
    const { dtlsParameters } = await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    const remote = { ...dtlsParameters, role: 'client' } as const;
    const connect = { ...room, transportId: 'send-1', dtlsParameters: remote };
    await twice(() => client.request('transport.connectWebRtc', connect));
    await assert.rejects(
      client.request('transport.connectWebRtc', {
        ...connect,
        dtlsParameters: {
          role: 'client',
          fingerprints: [{ algorithm: 'sha-256', value: 'AA:'.repeat(31).concat('AA') }],
        },
      }),
      (error) => isAppError(error, 'conflict'),
    );
    await assert.rejects(
      client.request('transport.createPipe', { ...room, workerId, transportId: 'send-1' }),
      (error) => isAppError(error, 'conflict'),
    );
    await assert.rejects(client.request('producer.create', { ...camera, kind: 'audio' }), (error) =>
      isAppError(error, 'conflict'),
    );
  });

  it('refuses what cannot be consumed, with the code that makes the publisher add an encoding', async () => {
    const { client } = owned;
    await client.request('router.create', { ...room, workerId });
    await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    await client.request('producer.create', camera);
    const { rtpCapabilities } = await client.request('node.describe', {});
    const withoutVp8 = {
      codecs: rtpCapabilities.codecs?.filter(({ mimeType }) => mimeType !== 'video/VP8') ?? [],
    };
    const consume = { ...room, transportId: 'send-1', consumerId: 'c', producerId: 'camera', paused: true };
    await assert.rejects(
      client.request('consumer.create', { ...consume, rtpCapabilities: withoutVp8 }),
      (error) => isAppError(error, 'cannot-consume'),
    );
    // A failed request leaves nothing behind: the same id works with better parameters.
    await client.request('consumer.create', { ...consume, rtpCapabilities });
  });

  it('turns what mediasoup refuses into coded errors', async () => {
    const { client } = owned;
    await client.request('router.create', { ...room, workerId });
    await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    const nonsense = { codecs: [{ mimeType: 'video/none', payloadType: 96, clockRate: 90_000 }] };
    await assert.rejects(
      client.request('producer.create', { ...camera, rtpParameters: nonsense }),
      (error) => isAppError(error, 'cannot-consume') || isAppError(error, 'bad-request'),
    );
    await assert.rejects(client.request('router.create', { ...room, workerId: 'gone' }), (error) =>
      isAppError(error, 'media-unavailable'),
    );
    await assert.rejects(client.request('transport.restartIce', { ...room, transportId: 'gone' }), (error) =>
      isAppError(error, 'not-found'),
    );
    const dataProducer = { ...room, transportId: 'send-1', dataProducerId: 'd', label: 'beat' } as const;
    await assert.rejects(client.request('dataProducer.create', dataProducer), (error) =>
      isAppError(error, 'bad-request'),
    );
  });

  it('obeys the highest epoch only, also after the room was closed', async () => {
    const { client } = owned;
    await client.request('router.create', { ...room, workerId });
    await client.request('room.claim', { ...room, epoch: 7 });
    await client.request('room.claim', { ...room, epoch: 7 });
    const stale = (error: unknown) => isAppError(error, 'stale-epoch');
    await assert.rejects(client.request('room.claim', room), stale);
    await assert.rejects(client.request('transport.createWebRtc', { ...room, workerId, ...send }), stale);
    await assert.rejects(client.request('room.close', room), stale);
    await client.request('transport.createWebRtc', { ...room, epoch: 8, workerId, ...send });
    await assert.rejects(client.request('room.claim', { ...room, epoch: 7 }), stale);
    await client.request('room.close', { ...room, epoch: 8 });
    await assert.rejects(client.request('router.create', { ...room, workerId }), stale);
    await client.request('room.close', { ...room, epoch: 8 });
    await client.request('router.create', { ...room, epoch: 8, workerId });
  });

  it('refuses names of RTP that another producer of the transport has, by a code', async () => {
    const { client } = owned;
    await client.request('router.create', { ...room, workerId });
    await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    const named = (ssrc: number, mid: string) => ({ ...vp8Parameters(ssrc), mid });
    await client.request('producer.create', { ...camera, rtpParameters: named(1, 'a') });
    const isRefused = (error: unknown) => isAppError(error, 'bad-request');
    for (const [ssrc, mid] of [
      [2, 'a'],
      [1, 'b'],
    ] as const) {
      const again = { ...camera, producerId: 'again', rtpParameters: named(ssrc, mid) };
      await assert.rejects(client.request('producer.create', again), isRefused, `${ssrc} ${mid}`);
    }
    await client.request('producer.create', {
      ...camera,
      producerId: 'again',
      rtpParameters: named(2, 'b'),
    });
    await client.request('room.close', room);
  });

  it('leaves nothing in any worker after a room is closed', async () => {
    const { client } = owned;
    const before = await countEntities(workers);
    await client.request('router.create', { ...room, workerId });
    await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    await client.request('producer.create', camera);
    await client.request('transport.createPipe', { ...room, workerId, transportId: 'pipe-1' });
    await client.request('consumer.create', {
      ...room,
      transportId: 'pipe-1',
      consumerId: 'c',
      producerId: 'camera',
      paused: true,
    });
    assert.ok((await countEntities(workers)) > before);
    // The last create is under way when the room is closed.
    const late = client.request('transport.createWebRtc', {
      ...room,
      workerId,
      ...send,
      transportId: 'late',
    });
    const refused = assert.rejects(late);
    await client.request('room.close', room);
    await refused;
    assert.equal(await countEntities(workers), before);
    assert.deepEqual((await client.request('node.dump', { roomIds: [room.roomId] })).rooms, []);
  });

  it('forgets producers and consumers with their transport', async () => {
    const { client } = owned;
    await client.request('router.create', { ...room, workerId });
    await client.request('transport.createWebRtc', { ...room, workerId, ...send });
    await client.request('producer.create', camera);
    await client.request('transport.createPipe', { ...room, workerId, transportId: 'pipe-1' });
    await client.request('consumer.create', {
      ...room,
      transportId: 'pipe-1',
      consumerId: 'c',
      producerId: 'camera',
      paused: true,
    });
    const closed = nextEvent(client, 'transport.state', ({ state }) => state === 'closed');
    await client.request('transport.close', { ...room, transportId: 'send-1' });
    assert.equal((await closed).peerId, 'peer-1');
    await client.request('transport.close', { ...room, transportId: 'send-1' });
    // The worker tells of the consumer's end a moment after that of its producer.
    for (;;) {
      const { rooms } = await client.request('node.dump', { roomIds: [room.roomId] });
      assert.deepEqual([rooms[0]?.transports.length, rooms[0]?.producers.length], [1, 0]);
      if (rooms[0]?.consumers.length === 0) break;
    }
    await client.request('room.close', room);
  });
});
