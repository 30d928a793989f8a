import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createLogger } from '../../platform/log.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import { nodeStatus } from './node-status.ts';

describe('a media node of its own', () => {
  let server: Server;
  let origin: string;
  const node = { workers: [{ workerId: 'w1', pid: 1, port: 1 }] };

  before(async () => {
    const registry = createMetricsRegistry({ role: 'sfu', processMetrics: true });
    const logger = createLogger('test', {}, { level: 'silent' });
    const metrics = { token: 'a token of the operator' };
    server = createServer(nodeStatus({ node, registry, metrics, logger }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    origin = `http://127.0.0.1:${address.port}`;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  it('says that it runs, and that it is ready while it has workers', async () => {
    assert.deepEqual(await (await fetch(`${origin}/healthz`)).json(), { status: 'ok' });
    assert.equal((await fetch(`${origin}/readyz`)).status, 200);
    const [worker] = node.workers.splice(0);
    const empty = await fetch(`${origin}/readyz`);
    assert.deepEqual(
      [empty.status, await empty.json()],
      [503, { ready: false, checks: { workers: 'failed' } }],
    );
    assert.ok(worker);
    node.workers.push(worker);
  });

  it('gives its figures to the operator alone', async () => {
    const own = await fetch(`${origin}/metrics`);
    assert.match(await own.text(), /process_cpu_seconds_total/);
    const through = { 'x-forwarded-for': '192.0.2.1' };
    assert.equal((await fetch(`${origin}/metrics`, { headers: through })).status, 403);
    const wrong = { ...through, authorization: 'Bearer a token of somebody' };
    assert.equal((await fetch(`${origin}/metrics`, { headers: wrong })).status, 403);
    const right = { ...through, authorization: 'Bearer a token of the operator' };
    assert.equal((await fetch(`${origin}/metrics`, { headers: right })).status, 200);
  });

  it('speaks nothing else without the link', async () => {
    assert.equal((await fetch(`${origin}/`)).status, 426);
    assert.equal((await fetch(`${origin}/healthz`, { method: 'POST' })).status, 426);
  });
});
