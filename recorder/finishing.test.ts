import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../platform/log.ts';
import { createMetricsRegistry } from '../platform/metrics.ts';
import type { Packager } from './core/packager.ts';
import { createRecorder } from './recorder.ts';
import { until } from './testing/tap-sender.ts';

describe('a recording that has ended', () => {
  it('is packaged when what was being stored in it is through', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-finishing-'));
    const order: string[] = [];
    const packager: Packager = {
      advance: () => undefined,
      finish: async () => {
        order.push('packaged');
        return { state: 'checked', tracks: 0, gaps: 0, durationMs: 0, bytes: 0 };
      },
      lagMs: () => 0,
      setDiskLevel: () => undefined,
      close: async () => undefined,
    };
    const recorder = await createRecorder({
      ...{ dataDir, nodeId: 'n1', masterKey: randomBytes(32), ready: true, reserveBytes: 0, packager },
      logger: createLogger('test', {}, { level: 'silent' }),
      metrics: createMetricsRegistry({ role: 'recorder', processMetrics: false }),
    });
    try {
      const room = { roomId: 'r1', epoch: 3 };
      const about = { incidentId: 'i1', drill: false, createdUtc: 1, by: 'system', reason: 'default' };
      await recorder.handle('room.open', { ...room, ...about });
      const gate = Promise.withResolvers<void>();
      const store = recorder.stores.run('r1', async () => {
        await gate.promise;
        order.push('stored');
      });
      await recorder.handle('room.finish', { ...room, endedAt: 100, reason: 'closed' });
      // Long enough for a packager that waits for nothing to be asked.
      await recorder.handle('recorder.dump', {});
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(order, []);
      gate.resolve();
      await store;
      await until(() => order.length === 2, 'the package');
      assert.deepEqual(order, ['stored', 'packaged']);
    } finally {
      await recorder.close('the test is over');
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
