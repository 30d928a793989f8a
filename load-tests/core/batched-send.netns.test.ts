import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createWorker } from 'mediasoup';
import { batchedWorker } from '../../platform/setup/batched-worker.ts';
import { packetise } from '../../recorder/frames/testing/packetise.ts';
import { inOwnNetwork } from '../network/host.ts';
import { DropLink, FIRST_PORT } from './drop-link.ts';
import { runPoint } from './point.ts';

const run = promisify(execFile);
const OPUS = { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const;
const SSRC = 4711;
const PACKETS = 300;

describe('A worker that sends in batches, over a link', function () {
  this.timeout(120_000);
  let folder: string;
  let workerBin: string;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    const plain = process.env.MEDIASOUP_WORKER_BIN;
    assert(plain !== undefined);
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-batched-'));
    workerBin = await batchedWorker(plain, folder);
  });
  after(async () => {
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('forwards 4K whose every packet is authenticated and in order', async () => {
    const wish = { sinks: 3, seconds: 2, retransmission: true, core: 0, sampleEvery: 1 };
    const point = await runPoint({ ...wish, suite: 'AEAD_AES_128_GCM' }, { workerBin });
    assert.equal(point.lostPackets, 0);
    assert.equal(point.verified, point.expectedPackets);
    assert.deepEqual([point.refused, point.disordered], [0, 0]);
  });

  it('loses nothing when a socket is full', async () => {
    const link = await DropLink.create();
    const worker = await createWorker({ logLevel: 'warn', workerBin });
    try {
      await run('ip', ['link', 'set', 'dev', link.device, 'gso_max_segs', '1']);
      // A queue of 3 s behind a narrow link, which a socket with a small buffer never fills.
      const rate = ['rate', '2mbit', 'burst', '8kb', 'latency', '3s'];
      await run('tc', ['qdisc', 'add', 'dev', link.device, 'root', 'tbf', ...rate]);
      const router = await worker.createRouter({ mediaCodecs: [OPUS] });
      const inlet = await router.createDirectTransport();
      const { mimeType, clockRate, channels } = OPUS;
      const codecs = [{ mimeType, clockRate, channels, payloadType: 111 }];
      const producer = await inlet.produce({
        kind: 'audio',
        rtpParameters: { codecs, encodings: [{ ssrc: SSRC }] },
      });
      const outlet = await router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: link.here, sendBufferSize: 4608 },
      });
      await outlet.connect({ ip: link.there, port: FIRST_PORT });
      const consumer = await outlet.consume({
        producerId: producer.id,
        rtpCapabilities: router.rtpCapabilities,
      });
      const before = await link.dropped();
      for (let sequence = 0; sequence < PACKETS; sequence += 1) {
        const head = { ssrc: SSRC, sequence, timestamp: sequence * 960, marker: false, payloadType: 111 };
        producer.send(Buffer.from(packetise({ ...head, payload: Buffer.alloc(500) })));
      }
      const deadline = performance.now() + 30_000;
      let arrived = 0;
      while (arrived < PACKETS && performance.now() < deadline) {
        arrived = (await link.dropped()).packets - before.packets;
      }
      assert.equal(consumer.closed, false);
      // Sender reports share the port.
      assert.ok(arrived >= PACKETS && arrived < PACKETS + 10, `${arrived} of ${PACKETS} arrived`);
    } finally {
      const gone = once(worker, 'subprocessclose');
      worker.close();
      await gone;
      await link.close();
    }
  });
});
