/**
 * The media of one room session: starts it, watches it, mends it. Transports, receiver, local sources and sampler do
 * the work; `Recovery` decides what is tried when; this file carries the steps out and hands events on.
 */
import type { types } from 'mediasoup-client';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isClientError } from '../errors.ts';
import type { Notified } from '../live/socket.ts';
import { Queue } from '../queue.ts';
import type { LocalSource, PublishOptions, SessionStats, ViewRequest } from '../types-media.ts';
import type { DataChannelsImpl } from './data-channels.ts';
import type { DeviceFactory, Request, StillGrabber } from './engine.ts';
import { Receiver } from './receiver.ts';
import { Recovery, type RecoveryStep } from './recovery.ts';
import { Sampler } from './sampler.ts';
import { SilenceDetector, type SilenceState } from './silence.ts';
import { type Direction, type RouterMemory, Transports } from './transports.ts';
import { Uplink } from './uplink.ts';
import { Views } from './views.ts';

const WATCH_MS = 250;
const SAMPLE_MS = 1000;
/** A socket that answers nothing this long while media is silent is renewed first. */
const SOCKET_MUTE_MS = 1200;

export interface MediaSessionEvents {
  /** Any of `broken`, `step`, `lostReason`, `silence` changed. */
  change: undefined;
  healed: { readonly afterMs: number };
  stats: SessionStats;
  /** Something failed that mends itself; for logs. */
  warning: { readonly what: string; readonly error: unknown };
  /** Media cannot work in this browser at all. */
  unsupported: unknown;
}

export interface MediaSessionDeps {
  readonly peerId: string;
  readonly clock: Clock;
  readonly request: Request;
  readonly createDevice: DeviceFactory;
  readonly grab: StillGrabber;
  readonly channels: DataChannelsImpl;
  readonly memory: RouterMemory;
  readonly measured: { readonly send: number | undefined; readonly recv: number | undefined };
  /** Drops the socket so that it connects anew. */
  readonly reconnectSocket: () => void;
  /** Joins the room again from a snapshot. */
  readonly rejoin: () => Promise<void>;
}

export class MediaSession {
  readonly events = new Emitter<MediaSessionEvents>();
  readonly receiver: Receiver;
  readonly uplink: Uplink;
  readonly sampler: Sampler;
  readonly #deps: MediaSessionDeps;
  readonly #transports: Transports;
  readonly #recovery: Recovery;
  readonly #silence: SilenceDetector;
  readonly #timers: (() => void)[] = [];
  readonly #rebuilding = new Queue();
  readonly #views: Views;
  #uplinkSilent = false;
  #lostReason: string | undefined;
  #sampling = false;
  #begun = false;
  #attempt = 0;
  #closed = false;

  constructor(deps: MediaSessionDeps) {
    this.#deps = deps;
    const { clock } = deps;
    const request: Request = async (method, params, options) => {
      const result = await deps.request(method, params, options);
      this.#recovery.handleAnswered();
      return result;
    };
    this.receiver = new Receiver(deps.peerId, request, clock);
    this.sampler = new Sampler(clock);
    this.#transports = new Transports(request, deps.createDevice, deps.measured, deps.memory);
    this.uplink = new Uplink({
      clock,
      request,
      grab: deps.grab,
      transports: this.#transports,
      startBitrate: deps.measured.send,
      channels: deps.channels,
    });
    this.#recovery = new Recovery(clock);
    this.#silence = new SilenceDetector(clock);
    this.#views = new Views(clock, (views) => request('media.views', { views }));
    this.#wire();
  }

  get broken(): boolean {
    return this.#recovery.broken;
  }
  get step(): RecoveryStep | undefined {
    return this.#recovery.step;
  }
  get lostReason(): string | undefined {
    return this.#lostReason;
  }
  get silence(): SilenceState {
    return this.#silence.state;
  }
  /** Changes with each rebuild. */
  get generation(): number | undefined {
    return this.#transports.started?.generation;
  }

  /** The room was joined or resumed: media requests get through now. */
  handleJoined(): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#recovery.handleLost();
    }
    this.#recovery.handleSocketUp();
    if (this.#transports.started) this.#views.handleReady();
  }

  handleSocketDown(): void {
    this.#views.handleAway();
    this.#recovery.handleSocketDown();
    this.events.emit('change', undefined);
  }

  /** The device says that its network changed or came back. */
  handleNetworkChange(): void {
    this.#recovery.handleNetworkChange();
  }

  handleNotified(notified: Notified): void {
    if (notified.name === 'media.demand') {
      this.uplink.handleDemand(notified.data);
    } else if (notified.name === 'media.silence') {
      if (notified.data.peerId === this.#deps.peerId) this.#handleUplink(notified.data.silent);
    } else if (notified.name === 'media.lost') {
      this.#handleLost(notified.data.reason, notified.data.generation);
    } else {
      this.receiver.handleNotified(notified);
    }
  }

  setViews(views: readonly ViewRequest[]): void {
    this.#views.set(views);
  }

  publish(track: MediaStreamTrack, info: SourceInfo, options: PublishOptions): LocalSource {
    return this.uplink.publish(track, info, options);
  }

  close(reason: string, keepTracks: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#timers) stop();
    this.uplink.close(reason, keepTracks);
    this.#views.close();
    this.receiver.close(reason);
    this.#recovery.close();
    this.#silence.stop();
    this.#transports.close();
    this.events.removeAll();
  }

  #wire(): void {
    const { clock } = this.#deps;
    this.#transports.events.on('state', ({ direction, state }) => this.#handleState(direction, state));
    this.receiver.events.on('beat', () => {
      this.#silence.handleBeat();
      this.#checkFlow();
    });
    this.receiver.events.on('failed', (error) => this.#warn('receive', error));
    this.receiver.events.on('message', ({ label, from, bytes }) =>
      this.#deps.channels.handleMessage(label, from, bytes),
    );
    this.uplink.events.on('failed', (error) => this.#failed(error));
    this.uplink.events.on('warning', (error) => this.#warn('send', error));
    this.#silence.events.on('state', (state) => {
      if (state === 'silent') this.#broke();
      this.events.emit('change', undefined);
    });
    this.#recovery.events.on('step', ({ step, attempt }) => {
      this.events.emit('change', undefined);
      this.#carryOut(step, attempt).catch((error: unknown) => this.#stepFailed(attempt, error));
    });
    this.#recovery.events.on('healed', (healed) => {
      this.#lostReason = undefined;
      this.events.emit('healed', healed);
      this.events.emit('change', undefined);
    });
    this.#timers.push(clock.every(WATCH_MS, () => this.#watch()));
    this.#timers.push(clock.every(SAMPLE_MS, () => this.#sample()));
  }

  #watch(): void {
    this.#silence.tick();
    const recv = this.#transports.get('recv');
    if (!this.#silence.wantsPackets || !recv || recv.closed) return;
    this.sampler
      .packetsReceived(recv)
      .then((packets) => {
        if (recv === this.#transports.get('recv')) this.#silence.handlePackets(packets);
        this.#checkFlow();
      })
      .catch((error: unknown) => this.#warn('statistics', error));
  }

  #sample(): void {
    if (this.#sampling || !this.#transports.started) return;
    this.#sampling = true;
    const transports = { send: this.#transports.get('send'), recv: this.#transports.get('recv') };
    // A silent link has no figures to judge a rung by; what recovers is judged anew.
    this.sampler
      .sample(transports, this.#recovery.broken ? [] : this.uplink.sources, this.receiver.sources)
      .then(() => this.events.emit('stats', this.sampler.history))
      // A transport that closes while it is read has no statistics; the next second reads its successor.
      .catch((error: unknown) => this.#warn('statistics', error))
      .finally(() => {
        this.#sampling = false;
      });
  }

  #handleState(direction: Direction, state: types.ConnectionState): void {
    if (direction === 'recv' && state === 'connected') this.#silence.start();
    if (state === 'failed' || state === 'disconnected') this.#broke();
    this.#checkFlow();
  }

  #handleUplink(silent: boolean): void {
    this.#uplinkSilent = silent;
    if (silent && this.#transports.get('send')) this.#broke();
    this.#checkFlow();
  }

  #handleLost(reason: string, generation: number): void {
    // A late word about a generation that was replaced already must not tear down its successor.
    if (this.generation !== undefined && generation < this.generation) return;
    this.#lostReason = reason;
    this.#recovery.handleLost();
  }

  /** Something went silent. The socket is asked whether it still lives, since the whole network may have changed. */
  #broke(): void {
    if (this.#recovery.broken || !this.#begun) return;
    this.#recovery.handleSilent();
    this.#deps.request('clock.sync', {}, { deadlineMs: SOCKET_MUTE_MS }).catch((error: unknown) => {
      if (isClientError(error) && error.code === 'deadline-exceeded') this.#recovery.handleSocketMute();
    });
  }

  /** All transports in use are connected and heard from. */
  #checkFlow(): void {
    if (!this.#recovery.broken) return;
    const recv = this.#transports.get('recv');
    const send = this.#transports.get('send');
    if (recv?.connectionState !== 'connected' || this.#silence.state !== 'well') return;
    if (send && (send.connectionState !== 'connected' || this.#uplinkSilent)) return;
    this.#recovery.handleFlowing();
  }

  async #carryOut(step: RecoveryStep, attempt: number): Promise<void> {
    this.#attempt = attempt;
    if (step === 'ice-restart') await this.#transports.restartIce();
    else if (step === 'resume-socket') this.#deps.reconnectSocket();
    else {
      if (step === 'rejoin') await this.#deps.rejoin();
      await this.#rebuilding.run(() => this.#rebuild(attempt));
    }
  }

  /** New transports; every source keeps its id and its object. A newer attempt ends an older one at its next wait. */
  async #rebuild(attempt: number): Promise<void> {
    if (this.#isStale(attempt)) return;
    this.#silence.stop();
    this.#uplinkSilent = false;
    this.receiver.handleTransport(undefined);
    this.uplink.handleGone();
    await this.#transports.start();
    if (this.#isStale(attempt)) return;
    this.#views.handleReady();
    const [recv] = await Promise.all([this.#transports.make('recv'), this.uplink.handleStarted()]);
    if (this.#isStale(attempt)) return;
    this.receiver.handleTransport(recv);
    this.events.emit('change', undefined);
  }

  #isStale(attempt: number): boolean {
    return this.#closed || attempt !== this.#attempt;
  }

  #warn(what: string, error: unknown): void {
    if (!this.#closed) this.events.emit('warning', { what, error });
  }

  #stepFailed(attempt: number, error: unknown): void {
    if (this.#closed) return;
    this.#warn('recovery', error);
    if (isClientError(error) && error.code === 'media-unavailable') {
      this.#lostReason = 'media-unavailable';
      this.#recovery.handleUnavailable(attempt);
    } else if (error instanceof Error && error.name === 'UnsupportedError') {
      this.#recovery.close();
      const code = 'unsupported-browser';
      this.events.emit(
        'unsupported',
        new ClientError(code, 'This browser cannot carry the media.', { cause: error }),
      );
    } else {
      this.#recovery.handleStepFailed(attempt);
    }
    this.events.emit('change', undefined);
  }

  /** A transport misbehaves in a way that nobody reported: it is replaced. */
  #failed(error: unknown): void {
    this.#warn('media', error);
    if (this.#closed || this.#recovery.broken) return;
    if (isClientError(error) && error.code === 'offline') return;
    this.#recovery.handleLost();
  }
}
