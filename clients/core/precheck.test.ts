import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { systemClock } from './clock.ts';
import { ClientError } from './errors.ts';
import { precheck } from './precheck.ts';

describe('link pre-check', () => {
  let server: Server;
  let base: string;

  before(async () => {
    server = createServer((request, response) => {
      const bytes = Number(new URL(request.url ?? '', 'http://x').searchParams.get('bytes') ?? 0);
      request.resume().on('end', () => response.end(new Uint8Array(bytes)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    base = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('measures round trip and both directions and says each step as it is done', async () => {
    const steps: string[] = [];
    const result = await precheck(
      { base, fetch, clock: systemClock, ping: async () => {} },
      { onProgress: (step) => steps.push(step) },
    );
    assert.deepEqual(steps, ['rtt', 'down', 'up', 'devices']);
    assert.equal(result.lossFraction, 0);
    assert.ok((result.rttMs ?? -1) >= 0);
    assert.ok((result.downBitrate ?? 0) > 10_000_000, `down ${result.downBitrate}`);
    assert.ok((result.upBitrate ?? 0) > 10_000_000, `up ${result.upBitrate}`);
    assert.equal(result.expectedRung, '2160');
    // There are no cameras in Node, and the result says so in place of pretending.
    assert.deepEqual(result.failures, ['devices']);
  });

  it('names what failed and goes on when the server is away', async () => {
    const ping = () => Promise.reject(ClientError.deadline('clock.sync', 1000));
    const result = await precheck({ base: 'http://127.0.0.1:9', fetch, clock: systemClock, ping });
    assert.deepEqual(result.failures, ['rtt', 'down', 'up', 'devices']);
    assert.equal(result.expectedRung, 'audio');
  });

  it('counts round trips without an answer as loss', async () => {
    let n = 0;
    const ping = async () => {
      n += 1;
      if (n % 2 === 0) throw ClientError.deadline('clock.sync', 1000);
    };
    const result = await precheck({ base, fetch, clock: systemClock, ping });
    assert.equal(result.lossFraction, 0.5);
  });

  it('stops when it is aborted', async () => {
    const abort = new AbortController();
    const run = precheck(
      { base, fetch, clock: systemClock, ping: async () => abort.abort(new Error('enough')) },
      { signal: abort.signal },
    );
    await assert.rejects(run, { message: 'enough' });
  });
});
