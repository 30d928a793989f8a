/** Everything the recording of rooms counts (`goldenhour_recording_*`) on the side of the rooms' owner. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from '../../platform/metrics.ts';

export type RecordingMetrics = ReturnType<typeof createRecordingMetrics>;

export function createRecordingMetrics(registry: Registry) {
  const registers = [registry];
  return {
    recorders: new Gauge({
      name: 'goldenhour_recording_recorders',
      help: 'Recorders that can be reached',
      registers,
    }),
    rooms: new Gauge({
      name: 'goldenhour_recording_rooms',
      help: 'Rooms whose recording is followed, by what it does',
      labelNames: ['state'] as const,
      registers,
    }),
    stalled: new Gauge({
      name: 'goldenhour_recording_stalled',
      help: 'Tracks that should be recorded and are not, and rooms without a recorder',
      registers,
    }),
    stalls: new Counter({
      name: 'goldenhour_recording_stalls_total',
      help: 'Stalls by cause',
      labelNames: ['cause'] as const,
      registers,
    }),
    alarms: new Counter({
      name: 'goldenhour_recording_alarms_total',
      help: 'Alarms of recorders by code',
      labelNames: ['code'] as const,
      registers,
    }),
    requests: new Counter({
      name: 'goldenhour_recording_requests_total',
      help: 'Requests to recorders by method and outcome',
      labelNames: ['method', 'code'] as const,
      registers,
    }),
  };
}
