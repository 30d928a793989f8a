/** The once-a-second work of a node: load for placement, gauges, and rooms that nobody owns any more. */
import type { WorkerStatus } from '../signaling/protocol/control.ts';
import type { NodeContext } from './context.ts';
import { LoadMeter } from './load.ts';

const INTERVAL_MS = 1_000;

export class StatusReporter {
  readonly #context: NodeContext;
  readonly #meter: LoadMeter;
  readonly #orphanAfterMs: number;
  readonly #timer: NodeJS.Timeout;
  #latest: readonly WorkerStatus[] = [];
  #draining = false;
  #measuring = false;

  constructor(context: NodeContext, orphanAfterMs: number) {
    this.#context = context;
    this.#meter = new LoadMeter(context);
    this.#orphanAfterMs = orphanAfterMs;
    this.#timer = setInterval(() => void this.#tick(), INTERVAL_MS);
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The workers that run now, with the load last measured; a worker just started has none yet. */
  workers(): WorkerStatus[] {
    return this.#context.workers.list().map(
      ({ workerId }) =>
        this.#latest.find((status) => status.workerId === workerId) ?? {
          workerId,
          routers: 0,
          consumers: 0,
          producers: 0,
          packetsOutPerSecond: 0,
          cpu: 0,
        },
    );
  }

  async drain(): Promise<void> {
    this.#draining = true;
    this.#report();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Skipped while the last one still waits for a busy worker: then the figures of a longer time follow. */
  async #tick(): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    try {
      this.#latest = await this.#meter.measure();
      this.#setGauges();
      this.#context.rooms.closeOrphans(this.#orphanAfterMs);
      this.#report();
    } catch (error) {
      this.#context.logger.error({ error }, 'the load could not be measured');
    } finally {
      this.#measuring = false;
    }
  }

  #report(): void {
    this.#context.emit('node.status', { draining: this.#draining, workers: this.workers() });
  }

  #setGauges(): void {
    const { metrics, rooms, workers } = this.#context;
    const all = rooms.all();
    metrics.workers.set(workers.list().length);
    metrics.rooms.set(all.length);
    metrics.routers.set(all.reduce((sum, room) => sum + room.routers.all().length, 0));
    for (const gauge of [metrics.transports, metrics.producers, metrics.consumers, metrics.dataProducers])
      gauge.reset();
    for (const room of all) {
      for (const { kind } of room.transports.all()) metrics.transports.inc({ kind });
      for (const { producer, copy } of room.producers.all()) {
        metrics.producers.inc({ kind: producer.kind, copy: String(copy) });
      }
      for (const { consumer } of room.consumers.all()) {
        metrics.consumers.inc({ kind: consumer.kind, pipe: String(consumer.type === 'pipe') });
      }
      for (const { label } of room.dataProducers.all()) metrics.dataProducers.inc({ label });
    }
  }
}
