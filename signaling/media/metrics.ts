/** Figures of the media side of signaling. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../../platform/metrics.ts';
import { RUNGS } from '../protocol/media.ts';

/** Seconds a person waits: from one frame to a patience's end. */
const WAIT_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

export type MediaMetrics = ReturnType<typeof createMediaMetrics>;

export function createMediaMetrics(registry: Registry) {
  const registers = [registry];
  return {
    consumersByRung: new Gauge({
      name: 'goldenhour_media_consumers_by_rung',
      help: 'Video consumers by the rung of the ladder their viewer stands on.',
      labelNames: ['rung'],
      registers,
    }),
    actions: new Counter({
      name: 'goldenhour_media_reconcile_actions_total',
      help: 'Requests made to bring the nodes to the plan, by what they do.',
      labelNames: ['action'],
      registers,
    }),
    failures: new Counter({
      name: 'goldenhour_media_reconcile_failures_total',
      help: 'Such requests that failed and are tried again, by what they do and the code of the error.',
      labelNames: ['action', 'code'],
      registers,
    }),
    firstConsumer: new Histogram({
      name: 'goldenhour_media_produce_to_consumer_seconds',
      help: 'From the answer to media.produce to the first consumer of the source.',
      buckets: WAIT_BUCKETS,
      registers,
    }),
    lost: new Counter({
      name: 'goldenhour_media_lost_total',
      help: 'Peers whose media was lost and had to be built anew, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    placed: new Counter({
      name: 'goldenhour_media_rooms_placed_total',
      help: 'Times a room was put on a worker, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    firstFrame: new Histogram({
      name: 'goldenhour_media_first_frame_seconds',
      help: 'From opening a source to its first frame, as the clients measured it.',
      buckets: WAIT_BUCKETS,
      registers,
    }),
    join: new Histogram({
      name: 'goldenhour_media_join_seconds',
      help: 'From joining a room to media, as the clients measured it.',
      buckets: WAIT_BUCKETS,
      registers,
    }),
    roundTrip: new Histogram({
      name: 'goldenhour_media_round_trip_seconds',
      help: 'Round trip between client and media node, as the clients report it.',
      buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
      registers,
    }),
    loss: new Histogram({
      name: 'goldenhour_media_loss_fraction',
      help: 'Share of packets lost between client and media node, as the clients report it.',
      buckets: [0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
      registers,
    }),
    reconnects: new Counter({
      name: 'goldenhour_media_reconnects_total',
      help: 'Times clients had to reconnect, as they report it.',
      registers,
    }),
  };
}

/** Sets the gauge of consumers by rung from a count; rungs that nobody stands on read 0. */
export function countRungs(metrics: MediaMetrics, counts: ReadonlyMap<string, number>): void {
  for (const rung of RUNGS) metrics.consumersByRung.set({ rung }, counts.get(rung) ?? 0);
}
