/**
 * The uplink ladder of one video source (design section 5): 2160 → 1080 → 540 → 540-slow → still → audio → text. Pure:
 * one sample a second goes in, the rung comes out. Quick to step down, slow to climb; a climb that fails doubles the
 * wait before the next, so that a link on the edge does not flap.
 */
import { RUNGS, type Rung, rungForHeight } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { RungReason } from '../types-media.ts';

/** Least uplink in bit/s at which a rung is worth keeping, its source's share of the link without audio. */
export const RUNG_NEEDS: Readonly<Record<Rung, number>> = {
  '2160': 3_500_000,
  '1080': 900_000,
  '540': 300_000,
  '540-slow': 130_000,
  still: 60_000,
  audio: 20_000,
  text: 0,
};
/** A climb wants this much more than the rung needs, so that the first dip does not undo it. */
const CLIMB_MARGIN = 1.3;
const DOWN_AFTER_MS = 2000;
const CLIMB_AFTER_MS = 6000;
const CLIMB_WAIT_MAX_MS = 60_000;
/** A climb that fell back within this time counts as failed. */
const CLIMB_PROVEN_MS = 15_000;
const LOSS_HIGH = 0.15;
const LOSS_LOW = 0.05;
const RTT_HIGH_MS = 2500;

/** What is known of the uplink in one second. Absent: not known. */
export interface UplinkSample {
  /** This source's share of `availableOutgoingBitrate`, in bit/s. */
  readonly available?: number | undefined;
  /** Bit/s this source truly sends. */
  readonly sent?: number | undefined;
  readonly limitation?: 'none' | 'cpu' | 'bandwidth' | 'other' | undefined;
  readonly lossFraction?: number | undefined;
  readonly rttMs?: number | undefined;
  readonly fps?: number | undefined;
}

export interface LadderEvents {
  rung: { readonly rung: Rung; readonly reason: RungReason };
}

export class UplinkLadder {
  readonly events = new Emitter<LadderEvents>();
  readonly #clock: Clock;
  #top: Rung;
  #rung: Rung;
  #badSince: number | undefined;
  #goodSince: number | undefined;
  #climbWaitMs = CLIMB_AFTER_MS;
  #climbedAt: number | undefined;
  /** Until the estimator has had time to grow from its start, low estimates say nothing. */
  #settledAt: number;

  /** @param height captured lines: a 1080 camera starts at, and never climbs above, rung 1080. */
  constructor(clock: Clock, height: number, startBitrate?: number) {
    this.#clock = clock;
    this.#top = rungForHeight(height);
    this.#rung = startBitrate === undefined ? this.#top : worse(this.#top, rungFor(startBitrate));
    this.#settledAt = clock.monotonic() + 4000;
  }

  get rung(): Rung {
    return this.#rung;
  }

  /** Another camera delivers other lines. */
  handleHeight(height: number): void {
    this.#top = rungForHeight(height);
    if (isBetter(this.#rung, this.#top)) this.#set(this.#top, 'asked');
  }

  /** Transports are new: the estimate starts again, the rung stays. */
  handleRestart(): void {
    this.#settledAt = this.#clock.monotonic() + 4000;
    this.#badSince = undefined;
    this.#goodSince = undefined;
  }

  handleSample(sample: UplinkSample): void {
    const now = this.#clock.monotonic();
    const verdict = this.#judge(sample);
    if (verdict === 'bad') {
      this.#goodSince = undefined;
      if (now < this.#settledAt) return;
      this.#badSince ??= now;
      if (now - this.#badSince >= DOWN_AFTER_MS) this.#stepDown(sample, now);
      return;
    }
    this.#badSince = undefined;
    if (verdict !== 'good') {
      this.#goodSince = undefined;
      return;
    }
    this.#goodSince ??= now;
    if (this.#climbedAt !== undefined && now - this.#climbedAt > CLIMB_PROVEN_MS) {
      this.#climbedAt = undefined;
      this.#climbWaitMs = CLIMB_AFTER_MS;
    }
    if (now - this.#goodSince >= this.#climbWaitMs) this.#climb(now);
  }

  #judge(sample: UplinkSample): 'bad' | 'fair' | 'good' {
    const loss = sample.lossFraction ?? 0;
    const rtt = sample.rttMs ?? 0;
    if (loss > LOSS_HIGH || rtt > RTT_HIGH_MS) return 'bad';
    // The estimate never grows far beyond what is sent; while little is sent only loss and delay can tell.
    const sends = isPicture(this.#rung);
    if (sends && sample.available !== undefined && sample.available < RUNG_NEEDS[this.#rung]) return 'bad';
    if (sends && sample.limitation === 'cpu' && (sample.fps ?? 30) < 8) return 'bad';
    if (loss > LOSS_LOW || sample.limitation === 'cpu') return 'fair';
    const next = better(this.#rung, this.#top);
    if (next === undefined) return 'fair';
    if (sends && sample.limitation === 'bandwidth' && !carries(sample, next)) return 'fair';
    return 'good';
  }

  #stepDown(sample: UplinkSample, now: number): void {
    const one = RUNGS[RUNGS.indexOf(this.#rung) + 1];
    if (one === undefined) return;
    if (this.#climbedAt !== undefined && now - this.#climbedAt <= CLIMB_PROVEN_MS) {
      this.#climbWaitMs = Math.min(this.#climbWaitMs * 2, CLIMB_WAIT_MAX_MS);
    }
    this.#climbedAt = undefined;
    this.#badSince = undefined;
    const fits = sample.available === undefined ? one : rungFor(sample.available);
    // An estimate may take several rungs at once, but never past the still: whether stills pass is seen by trying.
    const target = isBetter(fits, one)
      ? one
      : isBetter(fits, 'still') || one === 'audio' || one === 'text'
        ? fits
        : 'still';
    this.#set(worse(one, target), sample.limitation === 'cpu' ? 'cpu' : 'link');
  }

  #climb(now: number): void {
    const next = better(this.#rung, this.#top);
    if (next === undefined) return;
    this.#goodSince = undefined;
    this.#climbedAt = now;
    this.#settledAt = now + DOWN_AFTER_MS;
    this.#set(next, 'recovered');
  }

  #set(rung: Rung, reason: RungReason): void {
    if (rung === this.#rung) return;
    this.#rung = rung;
    this.events.emit('rung', { rung, reason });
  }
}

/** Rungs that send video over RTP. */
export function isPicture(rung: Rung): boolean {
  return rung === '2160' || rung === '1080' || rung === '540' || rung === '540-slow';
}

/** The best rung a bitrate carries. */
export function rungFor(bitrate: number): Rung {
  return RUNGS.find((rung) => bitrate >= RUNG_NEEDS[rung]) ?? 'text';
}

function carries(sample: UplinkSample, rung: Rung): boolean {
  return sample.available === undefined || sample.available >= RUNG_NEEDS[rung] * CLIMB_MARGIN;
}

function isBetter(a: Rung, b: Rung): boolean {
  return RUNGS.indexOf(a) < RUNGS.indexOf(b);
}

/** The worse of two rungs; undefined counts as no limit. */
export function worse(a: Rung, b: Rung): Rung;
export function worse(a: Rung | undefined, b: Rung | undefined): Rung | undefined;
export function worse(a: Rung | undefined, b: Rung | undefined): Rung | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return isBetter(a, b) ? b : a;
}

/** The next better rung up to `top`; undefined at the top. */
function better(rung: Rung, top: Rung): Rung | undefined {
  return isBetter(top, rung) ? RUNGS[RUNGS.indexOf(rung) - 1] : undefined;
}
