/** One source of another peer. The object stays while its source is a fact of the room; tracks change beneath it. */
import type { types } from 'mediasoup-client';
import type { MediaKind, Rung, SourceInfo } from '../../../signaling/protocol/media.ts';
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import type { SourceState } from '../../../signaling/protocol/state.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type {
  DownlinkReason,
  Freshness,
  RemoteSource,
  RemoteSourceEvents,
  RungReason,
  SourceSample,
  StillImage,
} from '../types-media.ts';
import { type Attachment, attachElement } from './attach.ts';
import { freshnessOf } from './freshness.ts';
import { worse } from './ladder.ts';
import { StillAssembler } from './still.ts';

export class RemoteSourceImpl implements RemoteSource {
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: MediaKind;
  readonly #clock: Clock;
  readonly #createdAt: number;
  readonly #events = new Emitter<RemoteSourceEvents>();
  readonly #attachments = new Set<Attachment>();
  readonly #stills = new StillAssembler();
  #fact: SourceState;
  #consumer: types.Consumer | undefined;
  #downlink: NotificationData<'media.consumerState'> | undefined;
  #lastFrameAt: number | undefined;
  #still: StillImage | undefined;
  #stats: SourceSample | undefined;
  #framesDecoded = 0;
  #freshness: Freshness = 'waiting';
  #closed = false;

  constructor(fact: SourceState, clock: Clock) {
    this.producerId = fact.producerId;
    this.peerId = fact.peerId;
    this.kind = fact.kind;
    this.#fact = fact;
    this.#clock = clock;
    this.#createdAt = clock.monotonic();
    this.#freshness = this.#judge();
  }

  get info(): SourceInfo {
    return this.#fact.source;
  }
  get track(): MediaStreamTrack | undefined {
    return this.#consumer && !this.#consumer.closed ? this.#consumer.track : undefined;
  }
  get rung(): Rung | undefined {
    return this.kind === 'audio' ? undefined : worse(this.#fact.rung, this.#downlink?.rung);
  }
  get reason(): DownlinkReason | RungReason | undefined {
    return this.#downlink?.reason;
  }
  get paused(): boolean {
    return this.#fact.paused;
  }
  get freshness(): Freshness {
    return this.#freshness;
  }
  get lastFrameAt(): number | undefined {
    return this.#lastFrameAt;
  }
  get frameAgeMs(): number | undefined {
    const still = this.#stillAge();
    return this.#freshness === 'still' && still !== undefined ? still : this.#frameAge();
  }
  get still(): StillImage | undefined {
    return this.#still;
  }
  get stats(): SourceSample | undefined {
    return this.#stats;
  }
  /** Spatial layer received, as the node says. */
  get layer(): number | undefined {
    return this.#downlink?.spatialLayer ?? undefined;
  }
  get consumer(): types.Consumer | undefined {
    return this.#consumer;
  }

  on<N extends keyof RemoteSourceEvents>(
    name: N,
    listener: (data: RemoteSourceEvents[N]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  attach(element: HTMLMediaElement): () => void {
    const attachment = attachElement(element, () => this.handleFrame());
    attachment.setTrack(this.track);
    this.#attachments.add(attachment);
    return () => {
      this.#attachments.delete(attachment);
      attachment.detach();
    };
  }

  handleFact(fact: SourceState): void {
    if (fact === this.#fact) return;
    this.#fact = fact;
    this.#changed();
  }

  /** A consumer for it exists, or the old one ended; elements are given the new track in place. */
  handleConsumer(consumer: types.Consumer | undefined): void {
    this.#consumer = consumer;
    this.#framesDecoded = 0;
    for (const attachment of this.#attachments) attachment.setTrack(this.track);
    this.#events.emit('track', { track: this.track });
    this.#changed();
  }

  handleDownlink(state: NotificationData<'media.consumerState'>): void {
    this.#downlink = state;
    this.#changed();
  }

  /** A frame was shown now. */
  handleFrame(): void {
    const first = this.#lastFrameAt === undefined;
    this.#lastFrameAt = this.#clock.monotonic();
    if (first) this.#events.emit('firstFrame', { ms: this.#lastFrameAt - this.#createdAt });
    if (this.#freshness !== 'live') this.tick();
  }

  /** A message of its `still` channel. */
  handleStillChunk(data: ArrayBuffer): void {
    const still = this.#stills.handleChunk(data);
    if (!still) return;
    this.#still = {
      blob: new Blob([still.jpeg], { type: 'image/jpeg' }),
      ageAtArrivalMs: still.ageMs,
      arrivedAt: this.#clock.monotonic(),
      width: still.width,
      height: still.height,
    };
    this.#events.emit('still', this.#still);
    this.tick();
  }

  /** The publisher's channel is a new one and counts its stills from the start. */
  handleStillChannel(): void {
    this.#stills.reset();
  }

  /** @param framesDecoded so far on this consumer; it stands in for frames shown while no element shows any. */
  handleStats(sample: SourceSample, framesDecoded: number): void {
    this.#stats = sample;
    const watched = [...this.#attachments].some((attachment) => attachment.watching);
    if (framesDecoded > this.#framesDecoded && !watched) this.handleFrame();
    this.#framesDecoded = framesDecoded;
    this.#events.emit('change', undefined);
  }

  /** Called a few times a second: ages grow without any event. */
  tick(): void {
    const freshness = this.#judge();
    const ageShown = freshness === 'aging' || freshness === 'not-live' || freshness === 'still';
    if (freshness === this.#freshness && !ageShown) return;
    this.#freshness = freshness;
    this.#events.emit('change', undefined);
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#consumer?.close();
    this.#consumer = undefined;
    for (const attachment of this.#attachments) attachment.detach();
    this.#attachments.clear();
    this.#events.emit('closed', { reason });
    this.#events.removeAll();
  }

  #changed(): void {
    this.#freshness = this.#judge();
    this.#events.emit('change', undefined);
  }

  #judge(): Freshness {
    return freshnessOf({
      kind: this.kind,
      paused: this.paused,
      rung: this.rung,
      frameAgeMs: this.#frameAge(),
      stillAgeMs: this.#stillAge(),
    });
  }

  #frameAge(): number | undefined {
    return this.#lastFrameAt === undefined ? undefined : this.#clock.monotonic() - this.#lastFrameAt;
  }

  #stillAge(): number | undefined {
    return this.#still
      ? this.#clock.monotonic() - this.#still.arrivedAt + this.#still.ageAtArrivalMs
      : undefined;
  }
}
