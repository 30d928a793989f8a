/** Everything the media node counts (`goldenhour_sfu_*`). Gauges are set once a second by the load meter. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../platform/metrics.ts';

export type SfuMetrics = ReturnType<typeof createSfuMetrics>;

export function createSfuMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `goldenhour_sfu_${name}`, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `goldenhour_sfu_${name}`, help, labelNames, registers });
  return {
    workers: gauge('workers', 'Media workers running', []),
    rooms: gauge('rooms', 'Rooms with something on this node', []),
    routers: gauge('routers', 'Routers', []),
    transports: gauge('transports', 'Transports by kind', ['kind']),
    producers: gauge('producers', 'Producers by kind; copies came through a pipe', ['kind', 'copy']),
    consumers: gauge('consumers', 'Consumers by kind; pipe consumers feed another router', ['kind', 'pipe']),
    dataProducers: gauge('data_producers', 'Data producers by label', ['label']),
    workerCpu: gauge('worker_cpu_ratio', 'Share of one core used by a worker in the last second', ['worker']),
    workerPacketsOut: gauge('worker_packets_out_per_second', 'Packets sent by a worker, estimated', [
      'worker',
    ]),
    packetsIn: counter('packets_in_total', 'RTP packets received from sources', []),
    bytesIn: counter('bytes_in_total', 'RTP bytes received from sources', []),
    packetsOut: counter('packets_out_total', 'RTP packets sent, estimated (see sfu/load.ts)', []),
    bytesOut: counter('bytes_out_total', 'RTP bytes sent, estimated (see sfu/load.ts)', []),
    keyframeRequests: counter('keyframe_requests_total', 'Keyframe requests sent to sources', []),
    tapDatagrams: counter('tap_datagrams_total', 'Datagrams of tap feeds sent to recorders', ['kind']),
    tapDatagramsLost: counter('tap_datagrams_lost_total', 'Datagrams of tap feeds that were not sent', [
      'reason',
    ]),
    workerDeaths: counter('worker_deaths_total', 'Workers that died unexpectedly', []),
    silences: counter('silences_total', 'Send transports that went silent', []),
    requests: counter('requests_total', 'Control requests by method and outcome', ['method', 'code']),
    requestSeconds: new Histogram({
      name: 'goldenhour_sfu_request_seconds',
      help: 'Duration of control requests in seconds',
      labelNames: ['method'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers,
    }),
  };
}
