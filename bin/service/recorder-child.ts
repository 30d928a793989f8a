/**
 * The recorder of `--role all`: the same program in a process of its own, so that nothing that happens to signaling or media
 * takes a recording with it, and the other way round. What it needs comes over the channel to its parent and stands
 * neither in its arguments nor in its environment. It ends in good order when its parent is gone.
 */
import { once } from 'node:events';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { withDeadline } from '../../platform/deadline.ts';
import { createLogger, setLogLevel } from '../../platform/log.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import { cacheRoot } from '../../platform/setup/bring-node.mjs';
import { Shutdown } from '../../platform/shutdown.ts';
import { runToExitCode } from '../../platform/terminal.ts';
import { ChildOrder, type ChildReady } from './recorder-order.ts';

const ORDER_MS = 10_000;

async function serveAsChild(): Promise<number> {
  enableCompileCache(join(cacheRoot(), 'compiled'));
  const received = once(process, 'message');
  // Loaded while the order is on its way: a recorder that was killed has to be back within 2 s.
  const { openRecorder } = await import('./recorder.ts');
  const [raw]: unknown[] = await withDeadline(received, ORDER_MS, 'the order of the parent process');
  const { config, secret, masterKey, ready } = ChildOrder.parse(raw);
  setLogLevel(config.logLevel);
  const log = createLogger('main', { role: 'recorder' });
  const shutdown = new Shutdown(log);
  shutdown.listen();
  try {
    const { link } = await openRecorder({
      ...{ config, ready },
      masterKey: Buffer.from(masterKey, 'base64'),
      registry: createMetricsRegistry({ role: 'recorder', processMetrics: true }),
      register: (name, close) => shutdown.register(name, close),
      listen: { host: '127.0.0.1', port: 0, secret },
    });
    process.send?.({ type: 'recorder-ready', port: link.port } satisfies ChildReady);
    log.info({ pid: process.pid, port: link.port }, 'recorder ready');
    flushCompileCache();
  } catch (error) {
    await shutdown.close('start failed', 1);
    throw error;
  }
  return shutdown.done;
}

if (import.meta.main) process.exit(await runToExitCode(serveAsChild));
