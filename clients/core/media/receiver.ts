/**
 * The receiving half: remote sources from the facts of the room, consumers as the server pushes them, stills and beats
 * from data channels.
 */
import type { types } from 'mediasoup-client';
import * as z from 'zod/mini';
import type { ReadableEntry } from '../../../signaling/protocol/entry.ts';
import { isHidden } from '../../../signaling/protocol/entry.ts';
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { isClientError } from '../errors.ts';
import type { Notified } from '../live/socket.ts';
import { ClientRtpParameters, type Request } from './engine.ts';
import { RemoteSourceImpl } from './remote-source.ts';

/** A source whose publisher lost its media keeps its tile this long, since it is usually back in a second or two. */
const MEDIA_LOST_GRACE_MS = 10_000;
const TICK_MS = 250;

type Pushed = NotificationData<'media.consumer'>;
type PushedData = NotificationData<'media.dataConsumer'>;

export interface ReceiverEvents {
  sources: undefined;
  /** The server's beat arrived. */
  beat: undefined;
  firstFrame: undefined;
  failed: unknown;
  /** On a channel of another peer, beats and stills left out. */
  message: ChannelMessage;
}

export interface ChannelMessage {
  readonly label: PushedData['label'];
  readonly from: { readonly peerId: string; readonly dataProducerId: string };
  readonly bytes: Uint8Array;
}

export class Receiver {
  readonly events = new Emitter<ReceiverEvents>();
  readonly #peerId: string;
  readonly #request: Request;
  readonly #clock: Clock;
  readonly #sources = new Map<string, RemoteSourceImpl>();
  /** By consumer id; the value names the source it feeds. */
  readonly #consumers = new Map<string, { consumer: types.Consumer; sourceId: string }>();
  readonly #dataConsumers = new Map<string, types.DataConsumer>();
  readonly #graces = new Map<string, () => void>();
  readonly #stopTicking: () => void;
  #transport: types.Transport | undefined;
  /** What was pushed before its transport existed here, or before the fact of its source. */
  #early: Pushed[] = [];
  #earlyData: PushedData[] = [];
  #state: RoomState | undefined;

  constructor(peerId: string, request: Request, clock: Clock) {
    this.#peerId = peerId;
    this.#request = request;
    this.#clock = clock;
    this.#stopTicking = clock.every(TICK_MS, () => {
      for (const source of this.#sources.values()) source.tick();
    });
  }

  get sources(): readonly RemoteSourceImpl[] {
    return [...this.#sources.values()];
  }

  source(producerId: string): RemoteSourceImpl | undefined {
    return this.#sources.get(producerId);
  }

  handleEntry(entry: ReadableEntry): void {
    if (isHidden(entry)) return;
    for (const event of entry.events) {
      if (event.type === 'SourceClosed' && event.reason === 'media-lost') this.#giveGrace(event.producerId);
    }
  }

  handleState(state: RoomState): void {
    this.#state = state;
    let changed = false;
    for (const fact of Object.values(state.sources)) {
      if (fact.peerId === this.#peerId || fact.source.alternativeOf) continue;
      this.#graces.get(fact.producerId)?.();
      this.#graces.delete(fact.producerId);
      const known = this.#sources.get(fact.producerId);
      if (known) known.handleFact(fact);
      else {
        this.#add(new RemoteSourceImpl(fact, this.#clock));
        changed = true;
      }
    }
    for (const source of this.#sources.values()) {
      if (state.sources[source.producerId] || this.#graces.has(source.producerId)) continue;
      this.#remove(source.producerId, 'closed');
      changed = true;
    }
    if (changed) this.events.emit('sources', undefined);
    this.#takeEarly();
  }

  /** The receive transport, or none while media is rebuilt: sources stay, their tracks end. */
  handleTransport(transport: types.Transport | undefined): void {
    this.#transport = transport;
    if (!transport) {
      // What was pushed for the old transport will not come again; the new one's id is not known to anyone yet.
      this.#early = [];
      this.#earlyData = [];
      for (const { consumer } of this.#consumers.values()) consumer.close();
      for (const channel of this.#dataConsumers.values()) channel.close();
      this.#consumers.clear();
      this.#dataConsumers.clear();
      for (const source of this.#sources.values()) if (source.consumer) source.handleConsumer(undefined);
    }
    this.#takeEarly();
  }

  /** Takes what concerns receiving; everything else is passed by. */
  handleNotified(notified: Notified): void {
    if (notified.name === 'media.consumer') this.#handleConsumer(notified.data);
    if (notified.name === 'media.consumerClosed') this.#handleConsumerClosed(notified.data.consumerId);
    if (notified.name === 'media.consumerState')
      this.#sourceOf(notified.data.producerId)?.handleDownlink(notified.data);
    if (notified.name === 'media.dataConsumer') this.#handleDataConsumer(notified.data);
    if (notified.name === 'media.dataConsumerClosed') {
      this.#dataConsumers.get(notified.data.dataConsumerId)?.close();
      this.#dataConsumers.delete(notified.data.dataConsumerId);
    }
  }

  #handleConsumer(pushed: Pushed): void {
    if (this.#transport?.id !== pushed.transportId || !this.#sourceOf(pushed.producerId)) {
      this.#early = [...this.#early.filter((p) => p.consumerId !== pushed.consumerId), pushed].slice(-200);
      return;
    }
    this.#consume(this.#transport, pushed).catch((error: unknown) => this.#consumeFailed(pushed, error));
  }

  #handleConsumerClosed(consumerId: string): void {
    this.#early = this.#early.filter((pushed) => pushed.consumerId !== consumerId);
    const known = this.#consumers.get(consumerId);
    if (!known) return;
    this.#consumers.delete(consumerId);
    known.consumer.close();
    const source = this.#sources.get(known.sourceId);
    if (source?.consumer === known.consumer) source.handleConsumer(undefined);
  }

  #handleDataConsumer(pushed: PushedData): void {
    if (this.#transport?.id !== pushed.transportId) {
      const others = this.#earlyData.filter((p) => p.dataConsumerId !== pushed.dataConsumerId);
      this.#earlyData = [...others, pushed].slice(-200);
      return;
    }
    this.#consumeData(this.#transport, pushed).catch((error: unknown) => this.events.emit('failed', error));
  }

  close(reason: string): void {
    this.#stopTicking();
    for (const cancel of this.#graces.values()) cancel();
    this.#graces.clear();
    this.handleTransport(undefined);
    for (const id of [...this.#sources.keys()]) this.#remove(id, reason);
    this.events.removeAll();
  }

  async #consume(transport: types.Transport, pushed: Pushed): Promise<void> {
    const { consumerId, producerId, kind } = pushed;
    const rtpParameters = z.parse(ClientRtpParameters, pushed.rtpParameters);
    const known = this.#consumers.get(consumerId);
    // The id is derived from what is received where, so it returns: closed while the socket was away, and made anew.
    if (known && ssrcOf(known.consumer.rtpParameters) !== ssrcOf(rtpParameters))
      this.#handleConsumerClosed(consumerId);
    if (!this.#consumers.has(consumerId)) {
      // One stream per peer lets the browser play its voice and picture together.
      const consumer = await transport.consume({
        id: consumerId,
        producerId,
        kind,
        rtpParameters,
        streamId: pushed.peerId,
      });
      const source = this.#sourceOf(producerId);
      if (transport !== this.#transport || !source) {
        consumer.close();
        return;
      }
      this.#consumers.set(consumerId, { consumer, sourceId: source.producerId });
      source.handleConsumer(consumer);
    }
    // Said again for a repeated push too: the server repeats until it has heard.
    await this.#request('media.consumerReady', { consumerId });
  }

  #consumeFailed(pushed: Pushed, error: unknown): void {
    this.events.emit('failed', error);
    if (isClientError(error) || this.#transport?.id !== pushed.transportId) return;
    const reason = error instanceof Error ? error.name : 'unknown';
    this.#request('media.consumerFailed', { consumerId: pushed.consumerId, reason }).catch((later: unknown) =>
      this.events.emit('failed', later),
    );
  }

  async #consumeData(transport: types.Transport, pushed: PushedData): Promise<void> {
    const known = this.#dataConsumers.get(pushed.dataConsumerId);
    const { streamId } = pushed.sctpStreamParameters;
    if (known?.sctpStreamParameters.streamId === streamId && !known.closed) return;
    known?.close();
    const channel = await transport.consumeData({
      id: pushed.dataConsumerId,
      dataProducerId: pushed.dataProducerId,
      sctpStreamParameters: pushed.sctpStreamParameters,
      label: pushed.label,
    });
    if (transport !== this.#transport) {
      channel.close();
      return;
    }
    this.#dataConsumers.set(pushed.dataConsumerId, channel);
    channel.binaryType = 'arraybuffer';
    if (pushed.label === 'beat') channel.on('message', () => this.events.emit('beat', undefined));
    else if (pushed.label === 'still') {
      if (pushed.producerId) this.#listenStills(channel, pushed.producerId);
    } else this.#listenMessages(channel, pushed);
  }

  #listenMessages(channel: types.DataConsumer, { label, peerId, dataProducerId }: PushedData): void {
    if (peerId === undefined) return;
    channel.on('message', (data: unknown) => {
      if (!(data instanceof ArrayBuffer)) return;
      this.events.emit('message', { label, from: { peerId, dataProducerId }, bytes: new Uint8Array(data) });
    });
  }

  #listenStills(channel: types.DataConsumer, producerId: string): void {
    this.#sourceOf(producerId)?.handleStillChannel();
    channel.on('message', (data: unknown) => {
      if (data instanceof ArrayBuffer) this.#sourceOf(producerId)?.handleStillChunk(data);
    });
  }

  #takeEarly(): void {
    const early = this.#early;
    const earlyData = this.#earlyData;
    this.#early = [];
    this.#earlyData = [];
    for (const pushed of early) this.#handleConsumer(pushed);
    for (const pushed of earlyData) this.#handleDataConsumer(pushed);
  }

  /** An alternative encoding feeds the tile of the source it stands in for. */
  #sourceOf(producerId: string): RemoteSourceImpl | undefined {
    const main = this.#state?.sources[producerId]?.source.alternativeOf ?? producerId;
    return this.#sources.get(main);
  }

  #add(source: RemoteSourceImpl): void {
    this.#sources.set(source.producerId, source);
    source.on('firstFrame', () => this.events.emit('firstFrame', undefined));
  }

  #remove(producerId: string, reason: string): void {
    this.#sources.get(producerId)?.close(reason);
    this.#sources.delete(producerId);
    for (const [id, { sourceId }] of this.#consumers) if (sourceId === producerId) this.#consumers.delete(id);
  }

  #giveGrace(producerId: string): void {
    this.#graces.get(producerId)?.();
    const cancel = this.#clock.after(MEDIA_LOST_GRACE_MS, () => {
      this.#graces.delete(producerId);
      if (this.#state) this.handleState(this.#state);
    });
    this.#graces.set(producerId, cancel);
  }
}

/** Each consumer that a node makes sends under an SSRC of its own. */
function ssrcOf(rtpParameters: types.RtpParameters): number | undefined {
  return rtpParameters.encodings?.[0]?.ssrc;
}
