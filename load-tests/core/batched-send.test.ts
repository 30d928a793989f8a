import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorker } from 'mediasoup';
import type * as mediasoup from 'mediasoup/types';
import { batchedWorker } from '../../platform/setup/batched-worker.ts';
import { packetise } from '../../recorder/frames/testing/packetise.ts';

const SSRC = 4711;
const PACKETS = 400;
const VIEWERS = 5;
const OPUS = { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const;

/** Sizes that follow each other in every way: equal ones, a shorter last one, a longer one behind it. */
const sizeOf = (n: number) => 40 + (n % 13 === 0 ? 7 : n % 17 === 0 ? 900 : 400);

describe('A worker that sends in batches', function () {
  this.timeout(60_000);
  let folder: string;
  let worker: mediasoup.Worker;
  const sockets: Socket[] = [];

  before(async () => {
    const plain = process.env.MEDIASOUP_WORKER_BIN;
    assert(plain !== undefined);
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-batched-'));
    const workerBin = await batchedWorker(plain, folder);
    assert.notEqual(workerBin, plain);
    worker = await createWorker({ logLevel: 'warn', workerBin });
  });
  after(async () => {
    for (const socket of sockets) socket.close();
    if (worker) {
      const gone = once(worker, 'subprocessclose');
      worker.close();
      await gone;
    }
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Viewers without encryption, so that what arrives can be compared byte by byte. */
  async function viewer(router: mediasoup.Router, producerId: string): Promise<Buffer[]> {
    const socket = createSocket('udp4');
    sockets.push(socket);
    const packets: Buffer[] = [];
    socket.on('message', (packet) => {
      // Control packets share the port.
      if ((packet[1] ?? 0) < 200 || (packet[1] ?? 0) > 207) packets.push(packet);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.setRecvBufferSize(4 * 1024 * 1024);
    const transport = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });
    await transport.connect({ ip: '127.0.0.1', port: socket.address().port });
    await transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
    return packets;
  }

  it('gives every viewer every packet, once, in order and unchanged', async () => {
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const inlet = await router.createDirectTransport();
    const { mimeType, clockRate, channels } = OPUS;
    const producer = await inlet.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType, clockRate, channels, payloadType: 111 }],
        encodings: [{ ssrc: SSRC }],
      },
    });
    const received: Buffer[][] = [];
    for (let n = 0; n < VIEWERS; n += 1) received.push(await viewer(router, producer.id));
    const payloads = Array.from({ length: PACKETS }, (_, n) => Buffer.alloc(sizeOf(n), n));
    for (const [n, payload] of payloads.entries()) {
      const head = { ssrc: SSRC, sequence: n, timestamp: n * 960, marker: false, payloadType: 111 };
      producer.send(Buffer.from(packetise({ ...head, payload })));
    }
    const deadline = performance.now() + 20_000;
    while (received.some(({ length }) => length < PACKETS) && performance.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const packets of received) {
      assert.equal(packets.length, PACKETS);
      const [first] = packets;
      const begin = first?.readUInt16BE(2) ?? 0;
      for (const [n, packet] of packets.entries()) {
        assert.equal(packet.readUInt16BE(2), (begin + n) & 0xffff);
        assert.deepEqual(packet.subarray(-sizeOf(n)), payloads[n]);
      }
    }
  });
});
