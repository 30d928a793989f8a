/**
 * What each worker sends, once a second, for placement and metrics. Packets out are not counted by any transport, and asking
 * each consumer would cost most exactly when a worker is full. So each source is asked what came in, per stream, and
 * multiplied by who receives it: a worker multiplies packets, it makes none. A 60-viewer room costs one
 * question per source instead of 60.
 */
import type * as mediasoup from 'mediasoup/types';
import { messageOf } from '../platform/errors.ts';
import type { WorkerStatus } from '../signaling/protocol/control.ts';
import type { NodeContext } from './context.ts';
import type { ConsumerEntry, ProducerEntry } from './entries.ts';
import type { RoomMedia } from './room-media.ts';
import type { MediaWorker } from './workers.ts';

interface Counts {
  packets: number;
  bytes: number;
}

interface Stream extends Counts {
  /** What this stream had received when it was last asked, and keyframes asked of it. */
  totalPackets: number;
  totalBytes: number;
  keyframeRequests: number;
}

export class LoadMeter {
  readonly #context: NodeContext;
  /** Per producer, its streams in the order of its encodings. */
  readonly #streams = new WeakMap<mediasoup.Producer, Stream[]>();
  readonly #cpuMs = new WeakMap<mediasoup.Worker, number>();
  #measuredAt: number;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#measuredAt = context.clock.monotonic();
  }

  /** Measures the time since the last call; call it about once a second. */
  async measure(): Promise<WorkerStatus[]> {
    const { clock, rooms, workers, metrics } = this.#context;
    const now = clock.monotonic();
    const seconds = Math.max((now - this.#measuredAt) / 1_000, 0.001);
    this.#measuredAt = now;
    const out = new Map<string, Counts>();
    await Promise.all(rooms.all().map((room) => this.#measureRoom(room, out)));
    const statuses = await Promise.all(
      workers.list().map((worker) => this.#statusOf(worker, out.get(worker.workerId), seconds)),
    );
    for (const status of statuses) {
      metrics.workerCpu.set({ worker: status.workerId }, status.cpu);
      metrics.workerPacketsOut.set({ worker: status.workerId }, status.packetsOutPerSecond);
    }
    return statuses;
  }

  forgetWorker(workerId: string): void {
    this.#context.metrics.workerCpu.remove({ worker: workerId });
    this.#context.metrics.workerPacketsOut.remove({ worker: workerId });
  }

  async #statusOf(on: MediaWorker, out: Counts | undefined, seconds: number): Promise<WorkerStatus> {
    const { workerId } = on;
    const rooms = this.#context.rooms.all();
    const count = (of: (room: RoomMedia) => readonly { workerId: string }[]) =>
      rooms.reduce((sum, room) => sum + of(room).filter((entry) => entry.workerId === workerId).length, 0);
    return {
      workerId,
      routers: count((room) => room.routers.all()),
      producers: count((room) => room.producers.all()),
      consumers: count((room) => room.consumers.all()),
      packetsOutPerSecond: Math.round((out?.packets ?? 0) / seconds),
      cpu: await this.#cpu(on.worker, seconds),
    };
  }

  async #cpu(worker: mediasoup.Worker, seconds: number): Promise<number> {
    try {
      const usage = await worker.getResourceUsage();
      const total = usage.ru_utime + usage.ru_stime;
      const before = this.#cpuMs.get(worker) ?? total;
      this.#cpuMs.set(worker, total);
      return Math.min(Math.max((total - before) / (seconds * 1_000), 0), 1);
    } catch (error) {
      this.#context.logger.debug({ reason: messageOf(error) }, 'a worker ended while it was measured');
      return 0;
    }
  }

  async #measureRoom(room: RoomMedia, out: Map<string, Counts>): Promise<void> {
    await Promise.all(room.producers.all().map((entry) => this.#measureProducer(entry)));
    const sources = new Map(room.producers.all().map((entry) => [entry.producer.id, entry]));
    for (const entry of room.consumers.all()) {
      const source = sources.get(entry.consumer.producerId);
      const sent = source === undefined ? undefined : this.#sentBy(entry, source);
      if (sent === undefined) continue;
      const sum = out.get(entry.workerId) ?? { packets: 0, bytes: 0 };
      sum.packets += sent.packets;
      sum.bytes += sent.bytes;
      out.set(entry.workerId, sum);
      this.#context.metrics.packetsOut.inc(sent.packets);
      this.#context.metrics.bytesOut.inc(sent.bytes);
    }
  }

  async #measureProducer({ producer, copy }: ProducerEntry): Promise<void> {
    try {
      const stats = await producer.getStats();
      const before = this.#streams.get(producer) ?? [];
      const streams = stats.map((stat, index) => streamSince(before[index], stat));
      this.#streams.set(producer, streams);
      if (copy) return;
      const { metrics } = this.#context;
      for (const [index, stream] of streams.entries()) {
        metrics.packetsIn.inc(stream.packets);
        metrics.bytesIn.inc(stream.bytes);
        metrics.keyframeRequests.inc(
          Math.max(stream.keyframeRequests - (before[index]?.keyframeRequests ?? 0), 0),
        );
      }
    } catch (error) {
      this.#context.logger.debug({ reason: messageOf(error) }, 'a producer closed while it was measured');
    }
  }

  #sentBy({ consumer }: ConsumerEntry, { producer }: ProducerEntry): Counts | undefined {
    const streams = this.#streams.get(producer) ?? [];
    if (consumer.paused || consumer.producerPaused || streams.length === 0) return undefined;
    const layer = consumer.currentLayers?.spatialLayer;
    if (consumer.type === 'simulcast') return layer === undefined ? undefined : streams[layer];
    const all = streams.reduce(
      (sum, { packets, bytes }) => ({ packets: sum.packets + packets, bytes: sum.bytes + bytes }),
      { packets: 0, bytes: 0 },
    );
    if (consumer.type !== 'svc') return all;
    if (layer === undefined) return undefined;
    const share = svcShare(producer, layer);
    return { packets: all.packets * share, bytes: all.bytes * share };
  }
}

/** Each spatial layer has four times the pixels of the one below, and about as many times the packets. */
function svcShare(producer: mediasoup.Producer, layer: number): number {
  const mode = producer.rtpParameters.encodings?.[0]?.scalabilityMode ?? '';
  const top = Number(/^[LS](\d)/.exec(mode)?.[1] ?? 1) - 1;
  return 4 ** -Math.max(top - layer, 0);
}

function streamSince(before: Stream | undefined, stat: mediasoup.ProducerStat): Stream {
  return {
    packets: Math.max(stat.packetCount - (before?.totalPackets ?? stat.packetCount), 0),
    bytes: Math.max(stat.byteCount - (before?.totalBytes ?? stat.byteCount), 0),
    totalPackets: stat.packetCount,
    totalBytes: stat.byteCount,
    keyframeRequests: stat.pliCount + stat.firCount,
  };
}
