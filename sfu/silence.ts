/**
 * Finds send transports that have gone silent, long before ICE consent would say so (30 s): 1.5 s without a beat of the
 * client and without one more byte of anything else (design.md section 5).
 */
import type * as mediasoup from 'mediasoup/types';
import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { Emit } from './context.ts';
import type { WebRtcEntry } from './entries.ts';
import type { SfuMetrics } from './metrics.ts';

export const SILENCE_MS = 1_500;
const CHECK_MS = 250;
/**
 * A beat that is this late makes the transport suspect. Only suspects are asked for their byte counts, so that a healthy
 * node asks none. It leaves 0.9 s of watching bytes before silence is declared.
 */
const SUSPECT_MS = 600;

interface Watched {
  readonly roomId: string;
  readonly entry: WebRtcEntry;
  /** Monotonic milliseconds of the last sign of life; undefined before the first beat: nothing is expected yet. */
  aliveAt: number | undefined;
  /** Bytes received at the last look, while suspect. */
  bytes: number | undefined;
  asking: boolean;
}

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #emit: Emit;
  readonly #logger: Logger;
  readonly #metrics: SfuMetrics;
  readonly #watched = new Map<string, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: { clock: Clock; emit: Emit; logger: Logger; metrics: SfuMetrics }) {
    this.#clock = options.clock;
    this.#emit = options.emit;
    this.#logger = options.logger;
    this.#metrics = options.metrics;
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
  }

  /** Watches a send transport by the beats of this data producer, until either closes. */
  async watch(
    roomId: string,
    entry: WebRtcEntry,
    direct: mediasoup.DirectTransport,
    beats: mediasoup.DataProducer,
  ): Promise<void> {
    const watched: Watched = { roomId, entry, aliveAt: undefined, bytes: undefined, asking: false };
    const dataConsumer = await direct.consumeData({ dataProducerId: beats.id });
    dataConsumer.on('message', () => this.#alive(watched));
    this.#watched.set(dataConsumer.id, watched);
    dataConsumer.observer.once('close', () => this.#watched.delete(dataConsumer.id));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #alive(watched: Watched): void {
    watched.aliveAt = this.#clock.monotonic();
    watched.bytes = undefined;
    this.#tell(watched, false);
  }

  #check(): void {
    const now = this.#clock.monotonic();
    for (const watched of this.#watched.values()) {
      const { entry, aliveAt } = watched;
      // A transport that ICE calls disconnected has been told of already, by transport.state.
      if (aliveAt === undefined || entry.state !== 'connected') continue;
      if (now - aliveAt >= SUSPECT_MS) void this.#look(watched);
      if (now - aliveAt >= SILENCE_MS && watched.bytes !== undefined) this.#tell(watched, true);
    }
  }

  /** Growth since the last look is life. Beats are tiny and may all be lost while media still comes through. */
  async #look(watched: Watched): Promise<void> {
    if (watched.asking) return;
    watched.asking = true;
    try {
      const [stats] = await watched.entry.transport.getStats();
      const bytes = stats?.bytesReceived ?? 0;
      if (watched.bytes !== undefined && bytes > watched.bytes) {
        watched.aliveAt = this.#clock.monotonic();
        this.#tell(watched, false);
      }
      watched.bytes = bytes;
    } catch (error) {
      // The transport closed while it was asked; its removal from the watch is on its way.
      this.#logger.debug({ reason: messageOf(error) }, 'no statistics of a suspect transport');
    } finally {
      watched.asking = false;
    }
  }

  #tell({ roomId, entry }: Watched, silent: boolean): void {
    if (entry.silent === silent) return;
    entry.silent = silent;
    if (silent) this.#metrics.silences.inc();
    const { transportId, peerId } = entry;
    this.#logger.info({ roomId, transportId, peerId, silent }, 'send transport silence');
    this.#emit('transport.silence', { roomId, transportId, peerId, silent });
  }
}
