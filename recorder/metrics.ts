/** Everything the recorder counts (`goldenhour_recorder_*`). Gauges are set once a second. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../platform/metrics.ts';

export type RecorderMetrics = ReturnType<typeof createRecorderMetrics>;

export function createRecorderMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `goldenhour_recorder_${name}`, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `goldenhour_recorder_${name}`, help, labelNames, registers });
  return {
    rooms: gauge('rooms', 'Recordings that are open'),
    tracks: gauge('tracks', 'Tracks by state', ['state']),
    buffered: gauge('buffered_bytes', 'Bytes of journals that wait for the disk'),
    lag: gauge('durable_lag_seconds', 'Longest time that anything has waited for the disk'),
    diskFree: gauge('disk_free_bytes', 'Free space where recordings stand'),
    diskReserve: gauge('disk_reserve_bytes', 'Space that is kept in reserve'),
    diskLevel: gauge('disk_level', 'What space still allows: 0 all, 5 nothing'),
    receiveBuffer: gauge('receive_buffer_bytes', 'Receive buffer the kernel gives a tap'),
    packets: counter('packets_total', 'Packets received on taps by what became of them', ['fate']),
    bytes: counter('bytes_total', 'Bytes of packets received on taps'),
    kernelDrops: counter('kernel_drops_total', 'Packets the kernel dropped on sockets of taps'),
    keyframeRequests: counter('keyframe_requests_total', 'Keyframes asked for'),
    alarms: counter('alarms_total', 'Alarms by code', ['code']),
    finished: counter('finished_total', 'Recordings that ended, by what became of them', ['state']),
    requests: counter('requests_total', 'Requests by method and outcome', ['method', 'code']),
    requestSeconds: new Histogram({
      name: 'goldenhour_recorder_request_seconds',
      help: 'Duration of requests in seconds',
      labelNames: ['method'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers,
    }),
  };
}
