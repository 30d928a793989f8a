/**
 * Compressions measured from live video: one object for one video, fed with small grey pictures, answering twice a second.
 * It says a rate only while it is sure, and "paused" only where it was sure before and still sees the same scene; anything
 * else is "unsure", which is never an alarm. It never says a depth: video does not show it (Ecker 2024).
 */

import type { GreyFrame } from './frames.ts';
import { ALONG_HZ, along, findRhythm, type Rhythm, type RhythmWindow, rhythmOf } from './rhythm.ts';
import { SceneMemory } from './scene-memory.ts';
import { dot } from './spectrum.ts';
import { MotionTrack } from './track.ts';

export type CprPhase = 'unsure' | 'compressing' | 'paused';

export interface CprReading {
  /** Time of the newest picture, on the clock of the pictures. */
  readonly timeMs: number;
  readonly phase: CprPhase;
  /** Compressions a minute; null when not sure. */
  readonly rate: number | null;
  /** 0 to 1. */
  readonly confidence: number;
  /** Length of the present pause; 0 while compressing or unsure. */
  readonly pausedMs: number;
  /** Sum of all pauses, the present one included. Unsure time is not in it. */
  readonly handsOffMs: number;
  /** Time in which it was sure, of compressions or of a pause. */
  readonly measuredMs: number;
  /** Compressions counted so far. */
  readonly compressions: number;
  /** The motion of the last seconds for drawing, `curveHz` values a second, 1 = usual height; empty when unsure. */
  readonly curve: readonly number[];
  readonly curveHz: number;
}

/** What is known once no picture comes any more: nothing but the sums so far. */
export function withoutPictures(last: CprReading): CprReading {
  return { ...last, phase: 'unsure', rate: null, confidence: 0, pausedMs: 0, curve: [] };
}

/** At most so long between two readings, and between two looks, as far as pictures come. */
const READING_MS = 500;
const LOOK_MS = 250;
const LONG_MS = 3500;
const SHORT_MS = 2500;
const SLOW_MS = 4800;
const CURVE_MS = 4000;
/** Pictures a second below which nothing is measured: one still a second is no video. */
const LEAST_FPS = 8;
/** Motion along the known pattern over this time, against what was usual, shows that the hands have stopped. */
const STILL_MS = 1200;
const STILL_SHARE = 0.35;
const ENTER = 0.5;
const STAY = 0.3;
/** Evidence (sum of scores of looks that agree) before it is sure. */
const EVIDENCE = 3.4;
/** After a pause: for the same hands, and for any others. */
const EVIDENCE_AGAIN = 2.4;
const EVIDENCE_OTHER = 5;
/** Slow rhythms have few strokes in the window, so chance makes them more easily. */
const SLOW_HZ = 1.35;
const EVIDENCE_SLOW = 4;
/** Logarithms of how much rate and height of the same hands may differ. */
const SAME_RATE = 0.35;
const SAME_HEIGHT = 0.8;
/** Likeness of two patterns of motion from which on it is the same pair of hands. */
const SAME_PLACE = 0.5;
/** Without a clear rhythm for so long no rate is shown any more: one poor look is let pass. */
const LOST_MS = 300;
/** And for so long, in the same scene: the hands do something else. Someone who walks through the picture takes less. */
const GONE_MS = 4500;
/**
 * The end of a rhythm is a pause only where it was seen well before: in so many looks, and in this share of them. What was
 * hardly seen may go on unseen. Hands that lie still say more than a rhythm that is no longer found.
 */
const TRUST_STILL = { looks: 12, share: 0.5 };
const TRUST_GONE = { looks: 16, share: 0.7 };

export class CprMeasure {
  readonly #track = new MotionTrack();
  readonly #scene = new SceneMemory();
  #phase: CprPhase = 'unsure';
  #rhythm: Rhythm | undefined;
  #candidate: Rhythm | undefined;
  #evidence = 0;
  #rates: number[] = [];
  #usual = 0;
  #score = 0;
  #goodAt = 0;
  /** The newest look in which it was clear enough to be shown. */
  #clearAt = 0;
  #pausedSince = 0;
  /** Looks since the rhythm began, and those of them, up to the last good one, in which it was clear. */
  #looks = 0;
  #looksTillGood = 0;
  #goodLooks = 0;
  /** The newest look saw another clear rhythm than the known one: until that is settled no rate is shown. */
  #contradicted = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;
  #frameAt: number | undefined;
  #lastLook: number | undefined;
  #handsOffMs = 0;
  #measuredMs = 0;
  #compressions = 0;

  /** Answers a reading at least every 500 ms of the pictures' time while pictures come evenly, otherwise undefined. */
  add(frame: GreyFrame): CprReading | undefined {
    const step = this.#track.add(frame);
    const now = frame.timeMs;
    if (step) this.#scene.add(step);
    else if (this.#track.times.length === 0) this.#forget();
    // The next picture may come too late, so it is due when waiting for that one would take longer.
    const next = now + Math.max(0, now - (this.#frameAt ?? now));
    this.#frameAt = now;
    if (next > this.#lookedAt + LOOK_MS) {
      this.#lookedAt = now;
      this.#look(now);
    }
    if (next <= this.#readAt + READING_MS) return undefined;
    this.#readAt = now;
    return this.#reading(now);
  }

  #look(now: number): void {
    const since = this.#lastLook === undefined ? 0 : now - this.#lastLook;
    this.#lastLook = now;
    this.#count(since);
    const length = this.#phase === 'compressing' ? SHORT_MS : LONG_MS;
    const window = this.#window(now, length) ?? this.#window(now, SHORT_MS);
    const seen = this.#scene.seen(now);
    if (!window || !seen) {
      this.#score = 0;
      if (!seen || this.#phase !== 'unsure') this.#forget();
      return;
    }
    const found = this.#clearer(this.#find(now, window), window);
    this.#score = found?.score ?? 0;
    if (this.#phase === 'compressing') this.#go(now, found);
    else this.#enter(now, found, window.lengthMs);
  }

  /** The hands that are known may be clear still where somebody else moves more than they do. */
  #clearer(found: Rhythm | undefined, window: RhythmWindow): Rhythm | undefined {
    const known = this.#phase === 'compressing' ? this.#rhythm : undefined;
    if (!known || (found && found.score >= ENTER && agree(found, known))) return found;
    const again = rhythmOf(window, known.pattern);
    return again && again.score > (found?.score ?? 0) && agree(again, known) ? again : found;
  }

  /** A slow rhythm has to hold over more time, because few of its strokes fit into the usual window. */
  #find(now: number, window: RhythmWindow): Rhythm | undefined {
    const found = findRhythm(window);
    const isSlow = this.#phase === 'compressing' && (this.#rhythm?.hz ?? 0) < SLOW_HZ * 1.1;
    if (!found || found.hz >= SLOW_HZ || isSlow) return found;
    const longer = this.#window(now, SLOW_MS);
    return longer && findRhythm(longer);
  }

  #window(endMs: number, lengthMs: number): RhythmWindow | undefined {
    const { times, positions, light } = this.#track;
    const [first] = times;
    if (first === undefined || first > endMs - lengthMs) return undefined;
    let from = 0;
    while ((times[from + 1] ?? endMs) <= endMs - lengthMs) from += 1;
    const used = times.length - from;
    if (used < (lengthMs / 1000) * LEAST_FPS) return undefined;
    return {
      times: times.slice(from),
      positions: positions.slice(from),
      light: light.slice(from),
      endMs,
      lengthMs,
    };
  }

  /** Not compressing, as far as was known: the same rhythm in the same place over several looks makes it sure. */
  #enter(now: number, found: Rhythm | undefined, lengthMs: number): void {
    if (!this.#convinces(found)) return;
    const startedAt = this.#phase === 'paused' ? Math.max(this.#pausedSince, now - lengthMs) : now - lengthMs;
    const sureMs = now - startedAt;
    if (this.#phase === 'paused') this.#handsOffMs -= Math.min(this.#handsOffMs, sureMs);
    else this.#measuredMs += sureMs;
    this.#compressions += (sureMs / 1000) * found.hz;
    this.#phase = 'compressing';
    this.#doubt();
    this.#usual = 0;
    this.#accept(now, found);
  }

  /** Gathers evidence over looks that agree with one another; true when it is enough. */
  #convinces(found: Rhythm | undefined): found is Rhythm {
    const continues = found && this.#candidate && agree(found, this.#candidate);
    const isClear = found !== undefined && this.#score >= ENTER;
    // Hands that were seen before may be seen poorly for a moment. Of what is new, every look has to be clear.
    const isLetPass = this.#rhythm !== undefined && continues;
    if (isClear) this.#evidence = continues ? this.#evidence + this.#score : this.#score;
    else if (!isLetPass) this.#evidence = Math.max(0, this.#evidence - 1);
    this.#candidate = found;
    return isClear && this.#evidence >= this.#needed(found);
  }

  /** Hands that do something else are often regular for a while: after a pause it must be the same hands, or take longer. */
  #needed(found: Rhythm): number {
    const slow = found.hz < SLOW_HZ ? EVIDENCE_SLOW : 0;
    const known = this.#rhythm;
    if (known === undefined) return EVIDENCE + slow;
    const same =
      Math.abs(dot(found.pattern, known.pattern)) > SAME_PLACE &&
      Math.abs(Math.log(found.hz / known.hz)) < SAME_RATE &&
      Math.abs(Math.log(found.amplitude / known.amplitude)) < SAME_HEIGHT;
    return (same ? EVIDENCE_AGAIN : EVIDENCE_OTHER) + slow;
  }

  #go(now: number, found: Rhythm | undefined): void {
    const known = this.#rhythm;
    this.#looks += 1;
    if (known && this.#hasStopped(now, known)) return;
    const agrees = found && known && agree(found, known);
    this.#contradicted = this.#score >= ENTER && !agrees;
    if (found && this.#score >= STAY && agrees) this.#accept(now, found);
    else if (this.#convinces(found)) {
      // Another rhythm: the rates of the one before are no part of its median.
      this.#rates = [];
      this.#accept(now, found);
    } else if (now - this.#goodAt >= GONE_MS) this.#pause(now, this.#goodAt - SHORT_MS / 4, TRUST_GONE);
  }

  #accept(now: number, found: Rhythm): void {
    this.#rhythm = found;
    this.#candidate = found;
    this.#evidence = 0;
    this.#contradicted = false;
    this.#goodAt = now;
    this.#looksTillGood = this.#looks;
    if (found.score >= ENTER) {
      this.#clearAt = now;
      this.#goodLooks += 1;
    }
    this.#scene.anchor();
    this.#rates = [...this.#rates, found.hz * 60].slice(-3);
    const window = this.#window(now, STILL_MS);
    const height = window ? rms(along(window, found.pattern)) : 0;
    this.#usual = this.#usual === 0 ? height : this.#usual * 0.8 + height * 0.2;
  }

  #hasStopped(now: number, { pattern }: Rhythm): boolean {
    const window = this.#window(now, SHORT_MS);
    if (!window || this.#usual === 0) return false;
    const signal = along(window, pattern);
    const still = signal.slice(-Math.round((STILL_MS / 1000) * ALONG_HZ));
    if (rms(still) > STILL_SHARE * this.#usual) return false;
    const height = this.#usual * 0.7;
    let last = signal.length - 1;
    while (last > 0 && Math.abs(signal[last] ?? 0) < height) last -= 1;
    this.#pause(now, now - ((signal.length - 1 - last) * 1000) / ALONG_HZ, TRUST_STILL);
    return true;
  }

  #pause(now: number, since: number, trust: typeof TRUST_GONE): void {
    if (this.#goodLooks < trust.looks || this.#goodLooks < trust.share * this.#looksTillGood) {
      this.#forget();
      return;
    }
    const hz = this.#rhythm?.hz ?? 0;
    const lateMs = Math.max(0, now - since);
    this.#phase = 'paused';
    this.#pausedSince = since;
    this.#handsOffMs += lateMs;
    this.#compressions = Math.max(0, this.#compressions - (lateMs / 1000) * hz);
    this.#evidence = 0;
    this.#candidate = undefined;
  }

  #forget(): void {
    this.#phase = 'unsure';
    this.#evidence = 0;
    this.#candidate = undefined;
    this.#rhythm = undefined;
    this.#doubt();
    this.#usual = 0;
  }

  /** Nothing is known yet of how well the rhythm is seen. */
  #doubt(): void {
    this.#rates = [];
    this.#looks = 0;
    this.#looksTillGood = 0;
    this.#goodLooks = 0;
  }

  #count(sinceMs: number): void {
    if (this.#phase === 'unsure') return;
    this.#measuredMs += sinceMs;
    if (this.#phase === 'paused') this.#handsOffMs += sinceMs;
    else this.#compressions += (sinceMs / 1000) * (this.#rhythm?.hz ?? 0);
  }

  #reading(now: number): CprReading {
    const sure = this.#phase === 'compressing' && now - this.#clearAt < LOST_MS && !this.#contradicted;
    const sorted = [...this.#rates].sort((a, b) => a - b);
    const rate = sorted[Math.floor(sorted.length / 2)];
    return {
      timeMs: now,
      phase: this.#phase,
      rate: sure && rate !== undefined ? Math.round(rate * 10) / 10 : null,
      confidence:
        this.#phase === 'unsure' ? Math.min(0.4, this.#score / 2) : Math.max(0.4, Math.min(1, this.#score)),
      pausedMs: this.#phase === 'paused' ? Math.max(0, Math.round(now - this.#pausedSince)) : 0,
      handsOffMs: Math.round(this.#handsOffMs),
      measuredMs: Math.round(this.#measuredMs),
      compressions: Math.round(this.#compressions),
      curve: this.#curve(now),
      curveHz: ALONG_HZ,
    };
  }

  #curve(now: number): number[] {
    const window = this.#window(now, CURVE_MS) ?? this.#window(now, SHORT_MS);
    if (!window || !this.#rhythm || this.#usual === 0) return [];
    const scale = this.#usual * 1.5;
    return Array.from(
      along(window, this.#rhythm.pattern),
      (value) => Math.round((value / scale) * 100) / 100,
    );
  }
}

/** The same rhythm in the same place. */
function agree(a: Rhythm, b: Rhythm): boolean {
  return Math.abs(a.hz / b.hz - 1) < 0.12 && Math.abs(dot(a.pattern, b.pattern)) > 0.4;
}

const rms = (signal: Float32Array) => Math.sqrt(dot(signal, signal) / (signal.length || 1));
