/**
 * What to try, in which order and for how long, when media is silent: ICE restart, new transports, a fresh socket, a
 * full rejoin (issue 2, "Recovery"). Pure: facts come in by `handle*`, steps go out as events, time is the clock's.
 * Each step has a deadline of its own; the next is taken when it passed or failed, by itself, for as long as it takes.
 */
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';

export const STEPS = ['ice-restart', 'new-transports', 'resume-socket', 'rejoin'] as const;
export type RecoveryStep = (typeof STEPS)[number];

/** How long each step may take until media flows again, in milliseconds. */
export const STEP_DEADLINE_MS: Readonly<Record<RecoveryStep, number>> = {
  'ice-restart': 2500,
  'new-transports': 6000,
  'resume-socket': 5000,
  rejoin: 8000,
};
/** Deadlines double with each round up to this: a very slow link must not be interrupted for ever. */
const PATIENCE_MAX = 4;
/** Rest between two rounds, doubled up to the last, so that a lost node is not stormed. */
const REST_MS = [500, 1000, 2000] as const;

export interface RecoveryEvents {
  /** Do this now. Its failure is told by `handleStepFailed(attempt)`; its success shows as media that flows. */
  step: { readonly step: RecoveryStep; readonly attempt: number };
  /** Media flows again after this long, in milliseconds. */
  healed: { readonly afterMs: number };
  /** Media went silent; emitted once per outage. */
  broken: undefined;
}

export class Recovery {
  readonly events = new Emitter<RecoveryEvents>();
  readonly #clock: Clock;
  #socketUp = false;
  #since: number | undefined;
  #step: RecoveryStep | undefined;
  #attempt = 0;
  #round = 0;
  #cancel: (() => void) | undefined;
  #closed = false;
  /** The socket is being renewed by our own step, so the round goes on where it was once it is back. */
  #renewing = false;
  /** The socket gave no answer, so nothing is known yet about what media needs. */
  #socketMute = false;
  /** Transports are gone or were never made: an ICE restart has nothing to restart. */
  #mustRebuild = false;
  #answered = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The step under way; undefined while all is well, between rounds, and while the socket is away. */
  get step(): RecoveryStep | undefined {
    return this.#step;
  }

  get broken(): boolean {
    return this.#since !== undefined;
  }

  /** The room was joined or resumed on a working socket: media requests get through. */
  handleSocketUp(): void {
    if (this.#socketUp || this.#closed) return;
    this.#socketUp = true;
    const step = this.#renewing ? 'rejoin' : this.#mustRebuild ? 'new-transports' : 'ice-restart';
    this.#renewing = false;
    // A fresh socket after an outage: the network is new, so the ladder of steps starts from its cheapest.
    if (this.broken) this.#take(step);
  }

  handleSocketDown(): void {
    this.#socketUp = false;
    // Steps need the socket, which reconnects by itself.
    this.#renewing = this.#step === 'resume-socket' && !this.#socketMute;
    this.#socketMute = false;
    this.#stopTimer();
    this.#step = undefined;
  }

  /** No packet or beat for 1.5 s, or a transport that says `disconnected` or `failed`. */
  handleSilent(): void {
    if (this.broken || this.#closed) return;
    this.#since = this.#clock.monotonic();
    this.#round = 0;
    this.events.emit('broken', undefined);
    if (this.#socketUp) this.#take('ice-restart');
  }

  /**
   * Nothing short of new transports helps: the server said that the media of the room is gone (`media.lost`), or this
   * is the start.
   */
  handleLost(): void {
    if (this.#closed) return;
    this.#mustRebuild = true;
    if (!this.broken) {
      this.#since = this.#clock.monotonic();
      this.#round = 0;
      this.events.emit('broken', undefined);
    }
    if (this.#socketUp) this.#take('new-transports');
  }

  /** The socket looks connected but answers nothing: it is renewed before anything else is tried. */
  handleSocketMute(): void {
    if (!this.broken || !this.#socketUp || this.#step === 'resume-socket') return;
    this.#socketMute = true;
    this.#take('resume-socket');
  }

  /** A request of this step was answered: the socket is well and needs no renewing. */
  handleAnswered(): void {
    this.#answered = true;
  }

  /** Packets or beats flow on every transport in use. */
  handleFlowing(): void {
    if (this.#since === undefined) return;
    const afterMs = this.#clock.monotonic() - this.#since;
    this.#since = undefined;
    this.#step = undefined;
    this.#mustRebuild = false;
    this.#renewing = false;
    this.#stopTimer();
    this.events.emit('healed', { afterMs });
  }

  /** The step of this attempt could not be carried out; late reports of older attempts are ignored. */
  handleStepFailed(attempt: number): void {
    if (attempt === this.#attempt && this.#step !== undefined) this.#next();
  }

  /** No media node can take the room now: renewing the socket would not help, so the same is tried after a rest. */
  handleUnavailable(attempt: number): void {
    if (attempt === this.#attempt && this.#step !== undefined) this.#rest();
  }

  /** The network of the device changed (`online`, another interface): what was being tried is tried afresh. */
  handleNetworkChange(): void {
    if (this.broken && this.#socketUp && !this.#mustRebuild) this.#take('ice-restart');
  }

  close(): void {
    this.#closed = true;
    this.#since = undefined;
    this.#step = undefined;
    this.#stopTimer();
    this.events.removeAll();
  }

  #take(step: RecoveryStep): void {
    this.#stopTimer();
    this.#step = step;
    this.#attempt += 1;
    if (step === 'new-transports' || step === 'rejoin') this.#mustRebuild = true;
    this.#answered = false;
    const patience = Math.min(2 ** this.#round, PATIENCE_MAX);
    this.#cancel = this.#clock.after(STEP_DEADLINE_MS[step] * patience, () => this.#next());
    this.events.emit('step', { step, attempt: this.#attempt });
  }

  #next(): void {
    const index = this.#step === undefined ? -1 : STEPS.indexOf(this.#step);
    const skips = this.#step === 'new-transports' && this.#answered;
    const next = STEPS[skips ? index + 2 : index + 1];
    if (next) {
      this.#take(next);
      return;
    }
    this.#rest();
  }

  #rest(): void {
    this.#stopTimer();
    this.#step = undefined;
    const rest = REST_MS[Math.min(this.#round, REST_MS.length - 1)] ?? 2000;
    this.#round += 1;
    this.#cancel = this.#clock.after(rest, () => {
      if (this.#socketUp && this.broken) this.#take('new-transports');
    });
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
