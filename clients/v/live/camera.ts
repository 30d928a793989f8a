/**
 * The camera of the phone: opened from one tap, live under one source, and back by itself after a call, a locked screen,
 * another app or a reload, as far as the browser lets it; else it says that one tap is needed.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import type { Language } from '../../../signaling/protocol/guidance.ts';
import type { Rung } from '../../../signaling/protocol/media.ts';
import { captureError } from '../../core/capture.ts';
import { systemClock } from '../../core/clock.ts';
import { isClientError } from '../../core/errors.ts';
import { PHONE_LABEL } from '../../core/phone-label.ts';
import { Queue } from '../../core/queue.ts';
import type { CaptureErrorCode, LocalSource } from '../../core/types.ts';
import { CameraTrack, hasSeveralCameras, mayFilm } from './camera-track.ts';
import { type Facing, keepFilming, keptFilming } from './kept.ts';
import { type Line, warn } from './line.ts';
import type { CameraState } from './types.ts';

/** Begins where a phone with one bar can: under what the poorest link promised carries. */
const PUBLISH = { single: true, keepFrames: true, startBitrate: 500_000, maxBitrate: 1_500_000 } as const;
/** After a return the browser needs a moment to give the picture back by itself. */
const UNMUTE_MS = 1500;
const AGAIN_MS = 2500;

const STATES: Readonly<Record<CaptureErrorCode, CameraState>> = {
  'permission-denied': 'refused',
  'no-device': 'missing',
  'constraints-failed': 'missing',
  'device-busy': 'busy',
  aborted: 'busy',
  'insecure-context': 'insecure',
  'not-supported': 'unsupported',
};

export interface CameraDeps {
  readonly line: Line;
  readonly language: ReadonlySignal<Language>;
  readonly say: (report: PageReport) => void;
}

export class Camera {
  readonly picture: CameraTrack;
  readonly #deps: CameraDeps;
  readonly #state = signal<CameraState>('not-asked');
  readonly #rung = signal<Rung | undefined>(undefined);
  readonly #since = signal<number | undefined>(undefined);
  readonly #needsTap = signal(false);
  readonly #queue = new Queue();
  readonly #stops: (() => void)[] = [];
  /** The person wants to film: until it is stopped, everything that ends the picture is mended. */
  #wanted = false;
  #opening = false;
  #reopening = false;
  #source: LocalSource | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(deps: CameraDeps) {
    this.#deps = deps;
    this.picture = new CameraTrack({
      say: deps.say,
      away: (ended) => this.#handleAway(ended),
      back: () => this.#handleBack(),
    });
    const seen = () => this.#handleSeen();
    document.addEventListener('visibilitychange', seen);
    this.#stops.push(() => document.removeEventListener('visibilitychange', seen));
    this.#stops.push(deps.line.session.subscribe(() => this.#handleSession()));
  }

  get state(): ReadonlySignal<CameraState> {
    return this.#state;
  }
  get rung(): ReadonlySignal<Rung | undefined> {
    return this.#rung;
  }
  /** It is being opened: whether there is a picture is known in a moment. */
  get coming(): boolean {
    return this.#reopening || this.#state.peek() === 'asked';
  }
  /** UTC milliseconds since when the picture is sent. */
  get since(): ReadonlySignal<number | undefined> {
    return this.#since;
  }
  /** The browser gives the camera back only after a touch. */
  get needsTap(): ReadonlySignal<boolean> {
    return this.#needsTap;
  }

  /** Straight from the tap. Never rejects: how it went is in `state`. */
  open(noticeVersion: number): void {
    if (this.#opening || this.#closed) return;
    const { line, language } = this.#deps;
    const accepted = line.insist('notice.accept', { version: noticeVersion, language: language.value });
    accepted.catch((error: unknown) => warn('notice', error));
    this.#start(accepted);
  }

  /** One more tap after the browser took the camera away: nothing new is agreed to. */
  resume(): void {
    if (this.#wanted && !this.#opening) this.#start(Promise.resolve());
  }

  /** After a reload: goes on by itself where the permission still stands, else asks for one tap. */
  async reopen(): Promise<void> {
    if (keptFilming(this.#deps.line.own.openingId) === undefined) return;
    this.#wanted = true;
    this.#reopening = true;
    const allowed = await mayFilm();
    this.#reopening = false;
    if (allowed) this.#start(Promise.resolve());
    else this.#pause(true);
  }

  stop(): void {
    if (!this.#wanted) return;
    this.#letGo();
    this.#set('stopped');
  }

  /** Answers false where there is no other camera. Rejects with `CaptureError`. */
  flip(): Promise<boolean> {
    return this.#queue.run(async () => {
      if (!(await hasSeveralCameras())) return false;
      const before = this.picture.facing.peek();
      try {
        await this.#openAnew(before === 'environment' ? 'user' : 'environment');
      } catch (error) {
        // A picture from the wrong side is better than none.
        await this.#openAnew(before);
        throw error;
      }
      return true;
    });
  }

  /** Answers false where this camera has no light. */
  light(on: boolean): Promise<boolean> {
    return this.#queue.run(async () => {
      const came = await this.picture.light(on);
      // Chromium may keep a light on that is to go out; a track that is opened anew is dark.
      if (came === 'stuck') await this.#openAnew(this.picture.facing.peek());
      return came === 'done' || (came === 'stuck' && !on);
    });
  }

  setZoom(wanted: number): Promise<boolean> {
    return this.#queue.run(() => this.picture.setZoom(wanted));
  }

  /** The page goes: what is kept for a reload stays. */
  close(): void {
    this.#closed = true;
    this.#wanted = false;
    this.#cancel?.();
    for (const stop of this.#stops) stop();
    this.picture.close();
  }

  #start(accepted: Promise<unknown>): void {
    this.#opening = true;
    this.#wanted = true;
    this.#needsTap.value = false;
    this.#cancel?.();
    this.#set('asked');
    // Asked before anything else is done: some browsers want it within the tap itself.
    const facing = keptFilming(this.#deps.line.own.openingId) ?? this.picture.facing.peek();
    const captured = this.picture.open(facing);
    this.#deps.line.session.peek().startMedia();
    this.#goLive(captured, accepted)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#opening = false;
      });
  }

  async #goLive(captured: Promise<MediaStreamTrack>, accepted: Promise<unknown>): Promise<void> {
    const track = await captured;
    if (!this.#wanted) return this.picture.close();
    await accepted;
    await this.#deps.line.insist('link.goLive', {});
    if (this.#wanted) await this.#publish(track);
  }

  /** Sends this track: under the source there is, else under a new one. */
  async #publish(track: MediaStreamTrack): Promise<void> {
    const { line } = this.#deps;
    keepFilming(line.own.openingId, this.picture.facing.peek());
    const known = this.#source;
    if (known) {
      await known.replaceTrack(track);
      return this.#handleSource(known);
    }
    const { width, height } = track.getSettings();
    const patientId = line.state.peek().patients.P1 ? 'P1' : 'scene';
    const size = { ...(width ? { width } : {}), ...(height ? { height } : {}) };
    const info = { role: 'patient', label: PHONE_LABEL, patientId, contentHint: 'motion', ...size } as const;
    const source = await line.session.peek().publish(track, info, PUBLISH);
    this.#source = source;
    source.on('change', () => this.#handleSource(source));
    source.on('closed', () => {
      if (this.#source !== source) return;
      this.#source = undefined;
      // The session went, or the server gave the source up: a new session publishes again, else one tap does.
      this.#pause(true);
    });
    this.#handleSource(source);
  }

  #handleSource(source: LocalSource): void {
    if (this.#source !== source) return;
    this.#rung.value = source.rung;
    if (source.status !== 'live' || this.picture.gone) return;
    this.#since.value ??= Date.now();
    this.#needsTap.value = false;
    this.#set('live');
  }

  /** Another session of the same room: what was live goes live in it. */
  #handleSession(): void {
    if (this.#wanted && !this.#opening && !this.#source) this.#start(Promise.resolve());
  }

  #handleAway(ended: boolean): void {
    if (!this.#wanted) return;
    this.#pause(false);
    if (ended) this.#mendSoon(0);
  }

  #handleBack(): void {
    if (this.#source) this.#handleSource(this.#source);
  }

  #handleSeen(): void {
    if (document.visibilityState === 'visible' && this.#source) this.#mendSoon(UNMUTE_MS);
  }

  /** Looks after a while whether the picture is there, and opens the camera anew where it is not. */
  #mendSoon(afterMs: number): void {
    this.#cancel?.();
    this.#cancel = systemClock.after(afterMs, () => {
      if (!this.#wanted || !this.picture.gone || document.visibilityState !== 'visible') return;
      this.#queue
        .run(() => this.#openAnew(this.picture.facing.peek()))
        .catch((error: unknown) => {
          const refused = captureError(error).code === 'permission-denied';
          this.#pause(refused);
          // While a call or another app holds the camera, it is tried again; a refusal waits for a touch.
          if (!refused) this.#mendSoon(AGAIN_MS);
        });
    });
  }

  async #openAnew(facing: Facing): Promise<void> {
    const track = await this.picture.open(facing);
    if (!this.#wanted) return this.picture.close();
    await this.#publish(track);
  }

  #failed(error: unknown): void {
    const refusedByRoom = isClientError(error);
    // Another browser holds the link, or it is over: the line says which.
    if (refusedByRoom) warn('camera', error);
    this.#letGo();
    this.#set(refusedByRoom ? 'stopped' : STATES[captureError(error).code]);
  }

  #letGo(): void {
    this.#wanted = false;
    this.#cancel?.();
    this.#needsTap.value = false;
    keepFilming(this.#deps.line.own.openingId, undefined);
    const source = this.#source;
    this.#source = undefined;
    source?.close('stopped').catch((error: unknown) => warn('stop', error));
    this.picture.close();
    this.#since.value = undefined;
    this.#rung.value = undefined;
  }

  #pause(needsTap: boolean): void {
    if (!this.#wanted) return;
    this.#needsTap.value = needsTap;
    this.#set('paused');
  }

  #set(state: CameraState): void {
    this.#state.value = state;
    this.#deps.say({ camera: state });
  }
}
