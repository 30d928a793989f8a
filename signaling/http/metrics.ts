/** Metrics of the HTTP interface, on the registry that `/metrics` prints. */
import { Counter, Histogram } from 'prom-client';
import type { Registry } from '../../platform/metrics.ts';

export interface HttpMetrics {
  /** `route` is the pattern of the table, never the path; `status` its first digit with `xx`. */
  readonly requests: Counter<'route' | 'method' | 'status'>;
  readonly seconds: Histogram<'route' | 'method'>;
}

const made = new WeakMap<Registry, HttpMetrics>();

/** The figures of all doors of a process together: a registry takes each name once. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const known = made.get(registry) ?? createHttpMetrics(registry);
  made.set(registry, known);
  return known;
}

function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'goldenhour_http_requests_total',
      help: 'HTTP requests by route, method and class of status',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'goldenhour_http_request_seconds',
      help: 'Time from a request to its answer, in seconds',
      labelNames: ['route', 'method'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
  };
}
