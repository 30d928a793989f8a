/** The registry that every part declares its metrics on, each in its own `metrics.ts`, and that `/metrics` prints. */
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * Returns a new registry for one process (or one test), with `role` as a label on everything. Node's own figures
 * (event loop delay, heap, file descriptors) are added unless `processMetrics` is false: tests leave them out
 * because they install observers for the life of the process.
 */
export function createMetricsRegistry(options: { role: string; processMetrics?: boolean }): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role: options.role });
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry, prefix: 'goldenhour_' });
  return registry;
}

export type { Registry } from 'prom-client';
