/** One published track. The object and its producer id outlive every transport; producers come and go beneath it. */
import type { types } from 'mediasoup-client';
import type { MediaKind, Rung, SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { isClientError } from '../errors.ts';
import { Queue } from '../queue.ts';
import type {
  Demand,
  LocalSource,
  LocalSourceEvents,
  PublishOptions,
  RungReason,
  SourceSample,
} from '../types-media.ts';
import { planVideo } from './encodings.ts';
import type { Request, StillGrabber } from './engine.ts';
import type { UplinkSample } from './ladder.ts';
import { audioOptions, videoOptions } from './producer-options.ts';
import { VideoSender } from './video-sender.ts';

/** What a send transport lets us choose from. */
export interface SendFacts {
  readonly transport: types.Transport;
  readonly codecs: readonly types.RtpCodecCapability[];
  readonly av1: boolean;
  readonly svc: boolean;
}

export interface LocalSourceDeps {
  readonly clock: Clock;
  readonly request: Request;
  readonly grab: StillGrabber;
  readonly producerId: string;
  readonly track: MediaStreamTrack;
  readonly info: SourceInfo;
  readonly options: PublishOptions;
  /** Producing failed in a way that only new transports mend. */
  readonly failed: (error: unknown) => void;
  /** A part failed that mends itself. */
  readonly warn: (error: unknown) => void;
  readonly onClosed: (source: LocalSourceImpl) => void;
}

/** Codes that no retry changes: the source ends and says why. */
const FAILURES_MAX = 3;
const RETRY_MS = 1000;
const FINAL_CODES: readonly string[] = ['forbidden', 'bad-request', 'too-large', 'closed', 'unknown-method'];

export class LocalSourceImpl implements LocalSource {
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly info: SourceInfo;
  readonly #deps: LocalSourceDeps;
  readonly #events = new Emitter<LocalSourceEvents>();
  readonly #queue = new Queue();
  readonly #video: VideoSender | undefined;
  #track: MediaStreamTrack;
  #send: SendFacts | undefined;
  #producer: types.Producer | undefined;
  #paused: boolean;
  #status: LocalSource['status'] = 'starting';
  #demand: Demand | undefined;
  #rungReason: RungReason = 'start';
  #stats: SourceSample | undefined;
  #failures = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: LocalSourceDeps) {
    this.#deps = deps;
    this.producerId = deps.producerId;
    this.kind = deps.track.kind === 'audio' ? 'audio' : 'video';
    this.info = deps.info;
    this.#track = deps.track;
    this.#paused = deps.options.paused ?? false;
    this.#video = this.kind === 'video' ? this.#makeVideo() : undefined;
    this.#watchTrack(deps.track);
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }
  get rung(): Rung | undefined {
    return this.#video?.rung;
  }
  get rungReason(): RungReason {
    return this.#rungReason;
  }
  get demand(): Demand | undefined {
    return this.#demand;
  }
  get paused(): boolean {
    return this.#paused;
  }
  get status(): LocalSource['status'] {
    return this.#status;
  }
  get mimeType(): string | undefined {
    return this.#producer?.rtpParameters.codecs[0]?.mimeType;
  }
  get stats(): SourceSample | undefined {
    return this.#stats;
  }
  /** The `mid` of the sender, by which statistics name it; undefined while starting. */
  get mid(): string | undefined {
    return this.#producer?.rtpParameters.mid;
  }
  get layer(): number | undefined {
    return this.#video?.layer;
  }
  /** Highest bitrate this source may ask of the link: its weight when several share it. */
  get weight(): number {
    return this.#video ? planVideo(this.#wish(undefined)).maxBitrate : 0;
  }

  on<N extends keyof LocalSourceEvents>(name: N, listener: (data: LocalSourceEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** A send transport exists: the track is produced on it, under the same id as before. */
  handleSend(send: SendFacts): void {
    if (this.#send?.transport === send.transport) return;
    this.#send = send;
    this.#start(send);
  }

  handleSendGone(): void {
    this.#send = undefined;
    this.#producer = undefined;
    this.#video?.handleTransportGone();
    this.#setStatus('starting');
  }

  handleDemand(demand: Demand): void {
    this.#demand = demand;
    this.#video?.handleDemand(demand);
    this.#events.emit('change', undefined);
  }

  handleStats(sample: SourceSample, uplink: UplinkSample): void {
    this.#stats = sample;
    if (!this.#paused && this.#status === 'live') this.#video?.handleSample(uplink);
    this.#events.emit('change', undefined);
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    const old = this.#track;
    this.#track = track;
    this.#watchTrack(track);
    await this.#queue.run(async () => {
      if (this.#producer && !this.#producer.closed) await this.#producer.replaceTrack({ track });
      await this.#video?.handleTrack(track);
    });
    if (old !== track) old.stop();
    this.#events.emit('change', undefined);
  }

  holdDown(bitrate: number | undefined): void {
    this.#video?.handleCeiling(bitrate);
  }

  pause(): Promise<void> {
    return this.#setPaused(true);
  }

  resume(): Promise<void> {
    return this.#setPaused(false);
  }

  async close(reason = 'stopped'): Promise<void> {
    if (!this.closeLocally(reason)) return;
    this.#track.stop();
    await this.#deps.request('media.closeProducer', { producerId: this.producerId });
  }

  /** Ends the source without telling the server. Answers whether it was open. */
  closeLocally(reason: string): boolean {
    if (this.#status === 'closed') return false;
    this.#cancelRetry?.();
    this.#video?.close();
    this.#producer?.close();
    this.#producer = undefined;
    this.#setStatus('closed');
    this.#deps.onClosed(this);
    this.#events.emit('closed', { reason });
    this.#events.removeAll();
    return true;
  }

  #start(send: SendFacts): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#queue.run(() => this.#produce(send)).catch((error: unknown) => this.#failed(send, error));
  }

  async #produce(send: SendFacts): Promise<void> {
    if (this.#send !== send || this.#status === 'closed') return;
    const plan = this.kind === 'video' ? planVideo(this.#wish(send)) : undefined;
    const producer = await send.transport.produce({
      track: this.#track,
      ...(plan
        ? videoOptions(this.#video?.startOf(plan) ?? plan, send.codecs, this.#deps.options.startBitrate)
        : audioOptions()),
      stopTracks: false,
      disableTrackOnPause: true,
      zeroRtpOnPause: true,
      appData: { producerId: this.producerId, source: this.info },
    });
    if (this.#send !== send || this.#status !== 'starting') {
      producer.close();
      return;
    }
    this.#producer = producer;
    this.#failures = 0;
    if (plan) this.#video?.handleProducer(send.transport, producer, plan);
    this.#setStatus('live');
    if (this.#paused) await this.#tellPaused(true);
    if (this.rung !== undefined) this.#announce(this.rung, this.#rungReason);
  }

  #wish(send: SendFacts | undefined) {
    return {
      height: this.#height(),
      maxBitrate: this.#deps.options.maxBitrate,
      codec: this.#deps.options.codec,
      single: this.#deps.options.single,
      av1: send?.av1 ?? false,
      svc: send?.svc ?? false,
      sendable: (send?.codecs ?? []).map((codec) => codec.mimeType),
    };
  }

  #height(): number {
    const { width, height } = this.#track.getSettings();
    // A phone held upright captures 720 by 1280: the same 720 lines, turned.
    return Math.min(height ?? this.info.height ?? 720, width ?? this.info.width ?? Number.POSITIVE_INFINITY);
  }

  #makeVideo(): VideoSender {
    const { clock, grab, producerId, info, options } = this.#deps;
    return new VideoSender({
      clock,
      grab,
      producerId,
      info,
      track: () => this.#track,
      height: () => this.#height(),
      startBitrate: options.startBitrate,
      keepFrames: options.keepFrames ?? false,
      sendable: () => this.#send?.codecs ?? [],
      rungChanged: (rung, reason) => {
        this.#rungReason = reason;
        this.#events.emit('rung', { rung, reason });
        this.#events.emit('change', undefined);
        if (this.#status === 'live') this.#announce(rung, reason);
      },
      closeProducer: (id) => this.#later(this.#deps.request('media.closeProducer', { producerId: id })),
      failed: this.#deps.warn,
    });
  }

  async #setPaused(paused: boolean): Promise<void> {
    if (this.#paused === paused || this.#status === 'closed') return;
    this.#paused = paused;
    this.#events.emit('change', undefined);
    await this.#queue.run(async () => {
      if (this.#producer && this.#paused === paused) await this.#tellPaused(paused);
    });
  }

  async #tellPaused(paused: boolean): Promise<void> {
    if (paused) this.#producer?.pause();
    else this.#producer?.resume();
    await this.#deps.request('media.pauseProducer', { producerId: this.producerId, paused });
  }

  #announce(rung: Rung, reason: RungReason): void {
    this.#later(this.#deps.request('media.announceRung', { producerId: this.producerId, rung, reason }));
  }

  /** For requests whose failure changes nothing here: the next announcement or rebuild says it again. */
  #later(request: Promise<unknown>): void {
    request.catch(this.#deps.warn);
  }

  #failed(send: SendFacts, error: unknown): void {
    // A transport that was closed meanwhile is being replaced already.
    if (this.#status === 'closed' || this.#send !== send || send.transport.closed) return;
    this.#failures += 1;
    const final = isClientError(error) && FINAL_CODES.includes(error.code);
    if (final || this.#failures >= FAILURES_MAX) {
      this.closeLocally(isClientError(error) ? error.code : 'failed');
    } else if (isClientError(error)) {
      // The server's trouble with one source must not tear down the transports of all others.
      this.#deps.warn(error);
      this.#cancelRetry = this.#deps.clock.after(RETRY_MS * this.#failures, () => this.#start(send));
    } else {
      this.#deps.failed(error);
    }
  }

  #watchTrack(track: MediaStreamTrack): void {
    const hint = this.info.contentHint;
    if (hint) track.contentHint = hint;
    track.addEventListener('ended', () => {
      if (this.#track === track && this.#status !== 'closed') this.#events.emit('trackEnded', undefined);
    });
  }

  #setStatus(status: LocalSource['status']): void {
    if (this.#status === status || this.#status === 'closed') return;
    this.#status = status;
    this.#events.emit('change', undefined);
  }
}
