/**
 * Notices that a receive transport has gone silent: 1.5 s without a beat or a packet (design section 5). A paused source
 * sends nothing for seconds, so packets alone would give false alarms; the server's beat, 2 a second, never pauses.
 */
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';

export const SILENT_AFTER_MS = 1500;
/** Late beats make a link weak before they make it silent. */
export const WEAK_AFTER_MS = 1100;
const SLEPT_MS = 1000;
const SLEPT_GRACE_MS = 700;

export interface SilenceEvents {
  /** `weak`: something is late; `silent`: recovery starts. */
  state: SilenceState;
}
export type SilenceState = 'off' | 'well' | 'weak' | 'silent';

export class SilenceDetector {
  readonly events = new Emitter<SilenceEvents>();
  readonly #clock: Clock;
  #last = 0;
  #state: SilenceState = 'off';
  #packets = 0;
  #tickedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): SilenceState {
    return this.#state;
  }

  /** The transport is connected and owes us beats from now on. */
  start(): void {
    this.#packets = 0;
    this.#last = this.#clock.monotonic();
    this.#tickedAt = this.#last;
    this.#set('well');
  }

  stop(): void {
    this.#set('off');
  }

  handleBeat(): void {
    if (this.#state === 'off') return;
    this.#last = this.#clock.monotonic();
    this.#set('well');
  }

  /** Packets received so far on the transport; only growth counts. */
  handlePackets(received: number): void {
    if (received > this.#packets) this.handleBeat();
    this.#packets = received;
  }

  /** Whether statistics should be read now: only while beats are late, since reading them costs. */
  get wantsPackets(): boolean {
    return this.#state !== 'off' && this.#clock.monotonic() - this.#last > WEAK_AFTER_MS;
  }

  /** Call a few times a second. */
  tick(): void {
    if (this.#state === 'off') return;
    const now = this.#clock.monotonic();
    // A page in the background, or a laptop that slept, ran no timers: it cannot tell what came meanwhile.
    if (now - this.#tickedAt > SLEPT_MS) this.#last = Math.max(this.#last, now - SLEPT_GRACE_MS);
    this.#tickedAt = now;
    const quiet = now - this.#last;
    this.#set(quiet > SILENT_AFTER_MS ? 'silent' : quiet > WEAK_AFTER_MS ? 'weak' : 'well');
  }

  #set(state: SilenceState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.events.emit('state', state);
  }
}
