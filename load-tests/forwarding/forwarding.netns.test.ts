import assert from 'node:assert/strict';
import { hasProgram } from '../../recorder/frames/testing/programs.ts';
import { inOwnNetwork } from '../network/host.ts';
import { audioInput, publishers, videoInput } from './input.ts';
import { type MediasoupServer, startMediasoup, startMediasoupWith } from './mediasoup-server.ts';
import { startNone } from './no-server.ts';
import { measurePoint } from './point.ts';
import { openRealClients, type RealReport } from './real-clients.ts';
import type { Point, ServerOptions } from './types.ts';

/** What holds however slow the machine is. */
function assertWhole({ expectedPackets, verified, lostPackets, refused, disordered }: Point): void {
  assert.ok(expectedPackets > 0);
  const found = { verified, lostPackets, refused, disordered };
  assert.deepEqual(found, { verified: expectedPackets, lostPackets: 0, refused: 0, disordered: 0 });
}

describe('A measured point of forwarding', function () {
  this.timeout(120_000);

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
  });

  it('verifies every packet of all sinks through mediasoup with AES-GCM', async function () {
    if (!hasProgram('ffmpeg', 'a video through mediasoup')) return this.skip();
    const input = await videoInput('1080p-4mbit');
    const point = await measurePoint({
      ...{ start: startMediasoup, streams: [{ input, sinks: 3 }], suite: 'AEAD_AES_128_GCM' },
      ...{ seconds: 1, sampleEvery: 1 },
    });
    assertWhole(point);
    assert.ok(point.delay.p50 > 0 && point.delay.p50 <= point.delay.p99);
  });

  it('verifies AES-CM, several publishers, and a pipe to a second worker', async () => {
    const start = (options: ServerOptions) => startMediasoupWith({ piped: true }, options);
    const streams = publishers(await audioInput(), 2).map((input) => ({ input, sinks: 2 }));
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    assertWhole(await measurePoint({ start, streams, suite, seconds: 1, sampleEvery: 1 }));
  });

  it('verifies one sink of fifty and counts the packets of all', async () => {
    const input = await audioInput();
    const request = { streams: [{ input, sinks: 60 }], suite: 'AEAD_AES_128_GCM', seconds: 1 } as const;
    const { expectedPackets, lostPackets, verified } = await measurePoint({
      start: startMediasoup,
      ...request,
    });
    assert.deepEqual({ lostPackets, verified: verified * 60 }, { lostPackets: 0, verified: expectedPackets });
  });

  it('has real WebRTC clients beside the sinks, who say what encryption they agreed on', async () => {
    const streams = [{ input: await audioInput(), sinks: 1 }];
    let report: RealReport | undefined;
    const beside = async (server: MediasoupServer) => {
      const [outlet] = server.outlets();
      assert.ok(outlet);
      const real = await openRealClients(outlet, { count: 2, ip: server.listenIp, core: 0 });
      return {
        close: async () => {
          report = await real.report();
          await real.close();
        },
      };
    };
    const request = { start: startMediasoup, streams, suite: 'AEAD_AES_128_GCM', seconds: 1 } as const;
    assertWhole(await measurePoint({ ...request, beside }));
    assert.ok(report && report.received > 0, JSON.stringify(report));
    assert.equal(report.lost, 0);
    assert.match(report.srtpCiphers.join(), /^AE/);
  });

  it('runs without a server for the floor', async () => {
    const streams = [{ input: await audioInput(), sinks: 2 }];
    const request = { start: startNone, streams, suite: 'AEAD_AES_128_GCM' } as const;
    assertWhole(await measurePoint({ ...request, seconds: 1, sampleEvery: 1 }));
  });

  it('counts as lost what a server does not forward', async () => {
    const streams = [{ input: await audioInput(), sinks: 2 }];
    const start = async (options: ServerOptions) => {
      const server = await startMediasoup(options);
      let sinks = 0;
      return {
        ...server,
        // A server that forgets its second viewer.
        addSink: async (...[inletId, sink]: Parameters<typeof server.addSink>) => {
          sinks += 1;
          return sinks === 2 ? { key: sink.key } : server.addSink(inletId, sink);
        },
      };
    };
    const point = await measurePoint({
      ...{ start, streams, suite: 'AEAD_AES_128_GCM', seconds: 1, sampleEvery: 1 },
    });
    assert.equal(point.lostPackets, point.expectedPackets / 2);
    assert.equal(point.verified, point.expectedPackets / 2);
  });
});
