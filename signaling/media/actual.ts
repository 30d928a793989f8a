/** What the nodes said they hold of one room: the other half of every comparison with the plan. */
import type { RoomDump } from '../protocol/control.ts';
import type { MediaKind, RtpCapabilities, RtpParameters } from '../protocol/media.ts';
import type { DataLabel } from '../protocol/methods-media.ts';
import { workerKeyOf } from './ids.ts';
import type { LayerChoice } from './layers.ts';
import type { TapAddress } from './plan-types.ts';

export interface ActualTransport {
  readonly transportId: string;
  readonly workerKey: string;
  readonly kind: 'webrtc' | 'pipe' | 'tap';
  readonly peerId?: string;
  readonly direction?: 'send' | 'recv';
  connected: boolean;
  /** Of a tap: where it sends from, and to. Unknown after a takeover until it is asked for again. */
  readonly tap?: {
    readonly ip: string;
    readonly port: number;
    readonly feedPort: number;
    readonly remote: TapAddress;
  };
  /** Monotonic milliseconds at which the node answered. */
  readonly since: number;
}

export interface ActualProducer {
  readonly producerId: string;
  readonly transportId: string;
  readonly workerKey: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  paused: boolean;
  /** Best score of its streams, 0 to 10; 0: nothing arrives. Unknown before the first packet. */
  score?: number;
  readonly since: number;
}

export interface ActualConsumer {
  readonly consumerId: string;
  readonly transportId: string;
  readonly producerId: string;
  readonly workerKey: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  paused: boolean;
  /** Unknown after a takeover. */
  layers?: LayerChoice;
  priority?: number;
  readonly since: number;
}

export interface ActualDataProducer {
  readonly dataProducerId: string;
  readonly transportId: string;
  readonly workerKey: string;
  readonly label: DataLabel;
  readonly producerId?: string;
  readonly toPeerId?: string;
  readonly since: number;
}

export interface ActualDataConsumer {
  readonly dataConsumerId: string;
  readonly transportId: string;
  readonly dataProducerId: string;
  readonly label: DataLabel;
  readonly since: number;
}

/** Told of consumers that went with something else, so that their viewers can be told. */
export interface Gone {
  consumer(consumer: ActualConsumer): void;
  dataConsumer(consumer: ActualDataConsumer): void;
}

export class Actual {
  readonly routers = new Map<string, RtpCapabilities | undefined>();
  readonly transports = new Map<string, ActualTransport>();
  readonly producers = new Map<string, ActualProducer>();
  readonly consumers = new Map<string, ActualConsumer>();
  readonly dataProducers = new Map<string, ActualDataProducer>();
  readonly dataConsumers = new Map<string, ActualDataConsumer>();
  readonly #gone: Gone;

  constructor(gone: Gone) {
    this.#gone = gone;
  }

  /** Forgets a transport and everything on it, as the node does. */
  removeTransport(transportId: string): void {
    if (!this.transports.delete(transportId)) return;
    for (const p of [...this.producers.values()])
      if (p.transportId === transportId) this.removeProducer(p.producerId);
    for (const c of [...this.consumers.values()])
      if (c.transportId === transportId) this.removeConsumer(c.consumerId);
    for (const d of [...this.dataProducers.values()]) {
      if (d.transportId === transportId) this.removeDataProducer(d.dataProducerId);
    }
    for (const d of [...this.dataConsumers.values()]) {
      if (d.transportId === transportId) this.removeDataConsumer(d.dataConsumerId);
    }
  }

  /** Forgets a producer and its consumers, which a node closes with it. */
  removeProducer(producerId: string): void {
    if (!this.producers.delete(producerId)) return;
    for (const c of [...this.consumers.values()])
      if (c.producerId === producerId) this.removeConsumer(c.consumerId);
  }

  removeConsumer(consumerId: string): void {
    const consumer = this.consumers.get(consumerId);
    if (!consumer) return;
    this.consumers.delete(consumerId);
    this.#gone.consumer(consumer);
  }

  removeDataProducer(dataProducerId: string): void {
    if (!this.dataProducers.delete(dataProducerId)) return;
    for (const d of [...this.dataConsumers.values()]) {
      if (d.dataProducerId === dataProducerId) this.removeDataConsumer(d.dataConsumerId);
    }
  }

  removeDataConsumer(dataConsumerId: string): void {
    const consumer = this.dataConsumers.get(dataConsumerId);
    if (!consumer) return;
    this.dataConsumers.delete(dataConsumerId);
    this.#gone.dataConsumer(consumer);
  }

  /** Forgets a router and everything in it. */
  removeWorker(workerKey: string): void {
    this.routers.delete(workerKey);
    for (const t of [...this.transports.values()])
      if (t.workerKey === workerKey) this.removeTransport(t.transportId);
  }

  transportOf(peerId: string, direction: 'send' | 'recv'): ActualTransport | undefined {
    let newest: ActualTransport | undefined;
    for (const transport of this.transports.values()) {
      if (transport.peerId !== peerId || transport.direction !== direction) continue;
      if (!newest || transport.since >= newest.since) newest = transport;
    }
    return newest;
  }

  /**
   * Takes over what a node dumped. What is not in the dump is forgotten, unless it was made after the dump was asked
   * for (`askedAt`, monotonic milliseconds); what was known already keeps its layers and priority.
   */
  adopt(nodeId: string, dump: RoomDump, askedAt: number): void {
    const here = (workerKey: string) => workerKey.startsWith(`${nodeId}/`);
    this.#forgetMissing(dump, here, askedAt);
    const key = (workerId: string) => workerKeyOf(nodeId, workerId);
    for (const id of dump.workerIds) if (!this.routers.has(key(id))) this.routers.set(key(id), undefined);
    for (const { silent: _, rtpCapabilities: __, workerId, ...transport } of dump.transports) {
      const known = this.transports.get(transport.transportId);
      if (known) known.connected = transport.connected;
      else
        this.transports.set(transport.transportId, {
          ...transport,
          workerKey: key(workerId),
          since: askedAt,
        });
    }
    for (const { workerId, score, ...rest } of dump.producers) {
      const known = this.producers.get(rest.producerId);
      const producer = { ...rest, ...(score === undefined ? {} : { score }) };
      if (known) Object.assign(known, { paused: producer.paused }, score === undefined ? {} : { score });
      else this.producers.set(producer.producerId, { ...producer, workerKey: key(workerId), since: askedAt });
    }
    for (const { workerId, layers: _, ...consumer } of dump.consumers) {
      const known = this.consumers.get(consumer.consumerId);
      if (known) known.paused = consumer.paused;
      else this.consumers.set(consumer.consumerId, { ...consumer, workerKey: key(workerId), since: askedAt });
    }
    for (const { workerId, sctpStreamParameters: _, ...data } of dump.dataProducers) {
      if (this.dataProducers.has(data.dataProducerId)) continue;
      this.dataProducers.set(data.dataProducerId, { ...data, workerKey: key(workerId), since: askedAt });
    }
    for (const data of dump.dataConsumers) {
      if (!this.dataConsumers.has(data.dataConsumerId)) {
        this.dataConsumers.set(data.dataConsumerId, { ...data, since: askedAt });
      }
    }
  }

  #forgetMissing(dump: RoomDump, here: (workerKey: string) => boolean, askedAt: number): void {
    const old = (item: { since: number }) => item.since < askedAt;
    const dataConsumers = new Set(dump.dataConsumers.map((d) => d.dataConsumerId));
    for (const d of [...this.dataConsumers.values()]) {
      const transport = this.transports.get(d.transportId);
      if (transport && here(transport.workerKey) && old(d) && !dataConsumers.has(d.dataConsumerId)) {
        this.removeDataConsumer(d.dataConsumerId);
      }
    }
    const consumers = new Set(dump.consumers.map((c) => c.consumerId));
    for (const c of [...this.consumers.values()]) {
      if (here(c.workerKey) && old(c) && !consumers.has(c.consumerId)) this.removeConsumer(c.consumerId);
    }
    const producers = new Set(dump.producers.map((p) => p.producerId));
    for (const p of [...this.producers.values()]) {
      if (here(p.workerKey) && old(p) && !producers.has(p.producerId)) this.removeProducer(p.producerId);
    }
    const data = new Set(dump.dataProducers.map((d) => d.dataProducerId));
    for (const d of [...this.dataProducers.values()]) {
      if (here(d.workerKey) && old(d) && !data.has(d.dataProducerId))
        this.removeDataProducer(d.dataProducerId);
    }
    const transports = new Set(dump.transports.map((t) => t.transportId));
    for (const t of [...this.transports.values()]) {
      if (here(t.workerKey) && old(t) && !transports.has(t.transportId)) this.removeTransport(t.transportId);
    }
  }
}
