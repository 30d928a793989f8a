/** A client with fake media in a room of the test server, and the part of the node that connects and beats. */
import { generateConsumerRemoteParameters } from 'mediasoup-client/fakeParameters';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import type { ClientParts } from '../client.ts';
import { createClient } from '../create-client.ts';
import type { Client, RoomSession } from '../types.ts';
import { FakeMedia } from './fake-media.ts';
import { ROOM, RoomServer } from './room-server.ts';
import { until } from './until.ts';

export const SOURCE = { role: 'patient', label: 'Head', patientId: 'P1', width: 1920, height: 1080 } as const;

/** The fact of another peer's camera. */
export function published(producerId: string, alternativeOf?: string): RoomEvent {
  const source = { ...SOURCE, ...(alternativeOf ? { alternativeOf } : {}) };
  return {
    type: 'SourcePublished',
    producerId,
    peerId: 'crew',
    kind: 'video',
    mimeType: 'video/VP8',
    source,
  };
}

export class LiveRoom {
  readonly server: RoomServer;
  readonly media = new FakeMedia();
  readonly client: Client;
  readonly #ssrcs = new Map<string, number>();
  #beating: ReturnType<typeof setInterval> | undefined;

  private constructor(server: RoomServer, parts: Pick<ClientParts, 'media'>) {
    this.server = server;
    const grab = async () => undefined;
    this.client = createClient(
      { url: server.url },
      { createDevice: this.media.createDevice, grab, ...parts },
    );
  }

  /** @param parts what stands in for the code of media, where it has to be fetched. */
  static async open(parts: Pick<ClientParts, 'media'> = {}): Promise<LiveRoom> {
    const server = await RoomServer.start();
    const by = { organisations: ['o'], createdBy: 'd' };
    server.commit([{ type: 'RoomCreated', incidentId: 'i', title: 'T', drill: false, ...by }]);
    return new LiveRoom(server, parts);
  }

  /** Joins and waits until media flows. */
  async join(): Promise<RoomSession> {
    const session = this.client.join(ROOM);
    await session.joined();
    await this.connectRecv();
    await until('live', () => session.connection.status === 'live');
    return session;
  }

  /** What the node does for a receive transport: pushes its beat, connects, beats. */
  async connectRecv(): Promise<void> {
    await until('a receive transport', () => this.media.get('recv') !== undefined);
    const id = this.transportId('recv');
    this.server.notify('media.dataConsumer', {
      dataConsumerId: `beat-${id}`,
      transportId: id,
      dataProducerId: `b${id}`,
      label: 'beat',
      sctpStreamParameters: { streamId: 1, ordered: false, maxRetransmits: 0 },
    });
    await until('the beat channel', () => (this.media.get('recv')?.channels.length ?? 0) > 0);
    this.media.setState('recv', 'connected');
    this.stopBeats();
    this.#beating = setInterval(() => this.media.receive(), 100);
  }

  stopBeats(): void {
    clearInterval(this.#beating);
  }

  /** The id that the client gave the newest transport of a direction. */
  transportId(direction: string): string {
    const created = this.paramsOf('media.createTransport').findLast((p) => p.includes(`"${direction}"`));
    return /"transportId":"(\w+)"/.exec(created ?? '')?.[1] ?? 'none';
  }

  /** Pushes a consumer as the plan does; the same one again unless it is made anew under the same id. */
  push(consumerId: string, producerId: string, anew = false): void {
    const { rtpParameters } = generateConsumerRemoteParameters({ codecMimeType: 'video/VP8' });
    const known = anew ? undefined : this.#ssrcs.get(consumerId);
    const ssrc = known ?? Math.max(1000, ...this.#ssrcs.values()) + 1;
    this.#ssrcs.set(consumerId, ssrc);
    this.server.notify('media.consumer', {
      consumerId,
      transportId: this.transportId('recv'),
      producerId,
      peerId: 'crew',
      kind: 'video',
      rtpParameters: JSON.parse(JSON.stringify({ ...rtpParameters, encodings: [{ ssrc }] })),
    });
  }

  /** Parameters of every request of a method so far, as JSON. */
  paramsOf(method: string): string[] {
    return this.server.requests.filter((r) => r.method === method).map((r) => JSON.stringify(r.params));
  }

  async close(): Promise<void> {
    this.stopBeats();
    this.client.close('test over');
    await this.server.close();
  }
}
