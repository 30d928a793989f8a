/** The sending side of a room session: its published sources, their demands, and the beat beside them. */
import type { types } from 'mediasoup-client';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { newId } from '../ids.ts';
import type { Demand, PublishOptions } from '../types-media.ts';
import { startBeats } from './beats.ts';
import type { DataChannelsImpl } from './data-channels.ts';
import type { Request, StillGrabber } from './engine.ts';
import { LocalSourceImpl, type SendFacts } from './local-source.ts';
import type { Transports } from './transports.ts';

export interface UplinkEvents {
  sources: undefined;
  /** Producing failed in a way that only new transports mend. */
  failed: unknown;
  /** A part failed that mends itself. */
  warning: unknown;
}

export interface UplinkDeps {
  readonly clock: Clock;
  readonly request: Request;
  readonly grab: StillGrabber;
  readonly transports: Transports;
  /** What the pre-check measured in bit/s, where it ran. */
  readonly startBitrate: number | undefined;
  readonly channels: DataChannelsImpl;
}

export class Uplink {
  readonly events = new Emitter<UplinkEvents>();
  readonly #deps: UplinkDeps;
  readonly #sources = new Map<string, LocalSourceImpl>();
  /** Kept by producer id, since a demand may come before its source is ready for it. */
  readonly #demands = new Map<string, Demand>();
  #stopBeats: (() => void) | undefined;
  #closed = false;

  constructor(deps: UplinkDeps) {
    this.#deps = deps;
    deps.channels.handleMedia(() => this.#feedSoon([]));
  }

  get sources(): readonly LocalSourceImpl[] {
    return [...this.#sources.values()];
  }

  publish(track: MediaStreamTrack, info: SourceInfo, options: PublishOptions): LocalSourceImpl {
    const { clock, request, grab } = this.#deps;
    const producerId = options.producerId ?? newId();
    const startBitrate = options.startBitrate ?? this.#deps.startBitrate;
    const source = new LocalSourceImpl({
      clock,
      request,
      grab,
      producerId,
      track,
      info,
      options: { ...options, ...(startBitrate === undefined ? {} : { startBitrate }) },
      failed: (error) => this.events.emit('failed', error),
      warn: (error) => this.events.emit('warning', error),
      onClosed: () => {
        this.#sources.delete(producerId);
        this.#demands.delete(producerId);
        this.events.emit('sources', undefined);
      },
    });
    this.#sources.set(producerId, source);
    const demand = this.#demands.get(producerId);
    if (demand) source.handleDemand(demand);
    this.events.emit('sources', undefined);
    this.#feedSoon([source]);
    return source;
  }

  handleDemand(demand: Demand): void {
    this.#demands.set(demand.producerId, demand);
    this.#sources.get(demand.producerId)?.handleDemand(demand);
  }

  /** Transports are gone: sources wait, under their ids. */
  handleGone(): void {
    this.#stopBeats?.();
    this.#stopBeats = undefined;
    this.#deps.channels.handleTransport(undefined);
    for (const source of this.#sources.values()) source.handleSendGone();
  }

  /** Media was started anew: every source is produced again. Rejects when the send transport cannot be made. */
  handleStarted(): Promise<void> {
    return this.#feed(this.sources);
  }

  close(reason: string, keepTracks: boolean): void {
    this.#closed = true;
    this.#stopBeats?.();
    this.#deps.channels.close();
    for (const source of this.sources) {
      source.closeLocally(reason);
      if (!keepTracks) source.track.stop();
    }
    this.events.removeAll();
  }

  /** Before media is started there is nothing to feed: all is done at its start. */
  #feedSoon(sources: readonly LocalSourceImpl[]): void {
    if (!this.#deps.transports.started) return;
    this.#feed(sources).catch((error: unknown) => this.events.emit('failed', error));
  }

  /** The send transport is made, with its beat, when the first source or channel needs it. */
  async #feed(sources: readonly LocalSourceImpl[]): Promise<void> {
    const { transports, channels } = this.#deps;
    if (sources.length === 0 && !channels.wanted) return;
    const transport = await transports.make('send');
    const { device, started } = transports;
    if (!device || !started || this.#closed) return;
    const send: SendFacts = {
      transport,
      codecs: device.sendRtpCapabilities.codecs ?? [],
      av1: started.av1,
      // Only Chromium encodes several spatial layers into one stream (research/perf.md section 2).
      svc: device.handlerName.startsWith('Chrome'),
    };
    for (const source of sources) source.handleSend(send);
    channels.handleTransport(transport);
    this.#stopBeats ??= await this.#beat(transport);
  }

  /** Two sources published at once must not leave two beats behind. */
  async #beat(transport: types.Transport): Promise<(() => void) | undefined> {
    const stop = await startBeats(transport, this.#deps.clock);
    const isCurrent = transport === this.#deps.transports.get('send') && !this.#closed;
    if (isCurrent && !this.#stopBeats) return stop;
    stop();
    return this.#stopBeats;
  }
}
