/**
 * Everything of one room on this node. What is made registers its own removal on the line after its insertion, and
 * closing goes down by itself: router, transports, producers, consumers (design.md section 12, rule 5).
 */
import { AppError } from '../platform/errors.ts';
import type {
  ConsumerEntry,
  DataConsumerEntry,
  DataProducerEntry,
  ProducerEntry,
  RouterEntry,
  TransportEntry,
} from './entries.ts';
import { isNamed, onWorker } from './entries.ts';
import { Registry } from './registry.ts';

export class RoomMedia {
  readonly roomId: string;
  readonly routers = new Registry<RouterEntry>('router');
  readonly transports = new Registry<TransportEntry>('transport');
  /** Keyed by worker and producer: see `onWorker`. */
  readonly producers = new Registry<ProducerEntry>('producer');
  readonly consumers = new Registry<ConsumerEntry>('consumer');
  readonly dataProducers = new Registry<DataProducerEntry>('data producer');
  readonly dataConsumers = new Registry<DataConsumerEntry>('data consumer');
  #epoch: number;
  #closedBecause: string | undefined;
  /** The link by which the owner last asked for anything. */
  lastLinkId = '';
  /** Monotonic milliseconds since when no owner has been heard; undefined while one may be there. */
  ownerlessSince: number | undefined;

  constructor(roomId: string, epoch: number) {
    this.roomId = roomId;
    this.#epoch = epoch;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get closed(): boolean {
    return this.#closedBecause !== undefined;
  }

  /** Accepts the epoch of a request: a higher one is a new owner, a lower one an owner that slept and woke. */
  admit(epoch: number): void {
    if (epoch < this.#epoch) throw staleEpoch(this.roomId, epoch, this.#epoch);
    this.#epoch = epoch;
  }

  /** True when a person or a pipe still has a way for media here. */
  get hasConnectedTransport(): boolean {
    return this.transports.all().some((entry) => entry.kind === 'webrtc' && entry.state === 'connected');
  }

  producerOn(workerId: string, producerId: string): Promise<ProducerEntry> {
    return this.producers.get(onWorker(workerId, producerId));
  }

  /** The original and its copies on this node, or the one on `transportId` when that is given. */
  async producersNamed(producerId: string, transportId: string | undefined): Promise<ProducerEntry[]> {
    const found = await this.producers.findAll((key) => isNamed(key, producerId));
    return found.filter((entry) => transportId === undefined || entry.transportId === transportId);
  }

  /** The same for data producers. */
  async dataProducersNamed(
    dataProducerId: string,
    transportId: string | undefined,
  ): Promise<DataProducerEntry[]> {
    const found = await this.dataProducers.findAll((key) => isNamed(key, dataProducerId));
    return found.filter((entry) => transportId === undefined || entry.transportId === transportId);
  }

  /** Throws when what was just made belongs to a room that was closed meanwhile; the caller closes what it made. */
  assertOpen(): void {
    if (this.#closedBecause === undefined) return;
    throw new AppError('closed', `The room is closed on this node (${this.#closedBecause}).`, {
      status: 410,
      whatToDo: 'Create its routers anew if the room goes on.',
      details: { state: 'closed' },
    });
  }

  /** Closes every router, and with them everything else. Idempotent. */
  close(reason: string): void {
    if (this.#closedBecause !== undefined) return;
    this.#closedBecause = reason;
    for (const { router } of this.routers.all()) router.close();
  }
}

export function staleEpoch(roomId: string, epoch: number, current: number): AppError {
  return new AppError('stale-epoch', `A newer owner has taken room ${roomId} over.`, {
    status: 409,
    whatToDo: 'Stop acting for this room: it is owned elsewhere.',
    details: { epoch, current },
  });
}
