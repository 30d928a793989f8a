/** A media node in a process of its own, for tests: prints one line of JSON when it listens, ends on SIGTERM. */
import { createLogger } from '../../platform/log.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import { serveControl } from '../control-server.ts';
import { createMediaNode } from '../media-node.ts';

const logger = createLogger('sfu', {}, { level: 'silent' });
const node = await createMediaNode({
  nodeId: 'node-1',
  region: 'test',
  workers: 2,
  listenAddresses: [{ ip: '127.0.0.1' }],
  rtcBasePort: 0,
  av1: false,
  logger,
  metrics: createMetricsRegistry({ role: 'sfu', processMetrics: false }),
});
const secret = process.env.TEST_CLUSTER_SECRET ?? '';
const control = await serveControl({ node, host: '127.0.0.1', port: 0, secret, logger });

process.once('SIGTERM', async () => {
  await control.close('SIGTERM');
  await node.close('SIGTERM');
});
process.stdout.write(`${JSON.stringify({ port: control.port })}\n`);
