/**
 * The phone on the chest: motion in, rate and depth out, told twice a second and summed up every half minute. An estimate
 * that is too high on soft beds, and always shown apart from what video says.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { CprSummary } from '../../../signaling/protocol/events-bystander.ts';
import { ChestMeasure, type ChestReading } from '../../core/cpr/chest.ts';
import { type Line, warn } from './line.ts';

export type ChestState = 'off' | 'asking' | 'on' | 'refused' | 'unsupported';

const SUMMARY_MS = 30_000;
const TELL_MS = 1000;
/** A reading counts for no longer than this, so that a page that slept counts nothing for the time between. */
const STEP_MS = 1000;

/** Sums readings up. Unsure time is not measured time, and never hands off. Pure. */
export class ChestSum {
  #from: number | undefined;
  #last: number | undefined;
  #measured = 0;
  #handsOff = 0;
  #compressions = 0;
  #rates = 0;
  #rateMs = 0;

  add({ timeMs, rate, pausedMs }: ChestReading, utc: number): void {
    this.#from ??= utc;
    const step = Math.min(STEP_MS, timeMs - (this.#last ?? timeMs));
    this.#last = timeMs;
    if (rate !== null) {
      this.#measured += step;
      this.#compressions += (rate * step) / 60_000;
      this.#rates += rate * step;
      this.#rateMs += step;
    } else if (pausedMs > 0) {
      this.#measured += step;
      this.#handsOff += step;
    }
  }

  /** Undefined while nothing was measured. Begins anew. */
  take(toUtc: number): CprSummary | undefined {
    const fromUtc = this.#from;
    const measuredMs = Math.round(this.#measured);
    if (fromUtc === undefined || measuredMs === 0) return undefined;
    const summary: CprSummary = {
      source: 'chest',
      fromUtc,
      toUtc,
      measuredMs,
      handsOffMs: Math.round(this.#handsOff),
      compressions: Math.round(this.#compressions),
      ...(this.#rateMs > 0 ? { rate: Math.round((this.#rates / this.#rateMs) * 10) / 10 } : {}),
    };
    this.#from = undefined;
    this.#measured = 0;
    this.#handsOff = 0;
    this.#compressions = 0;
    this.#rates = 0;
    this.#rateMs = 0;
    return summary;
  }
}

/** WebKit lets a page ask for motion, from a tap; others give it to every secure page. */
interface AskingMotion {
  requestPermission(): Promise<unknown>;
}
function asksForMotion(value: unknown): value is AskingMotion {
  return (
    typeof value === 'function' &&
    'requestPermission' in value &&
    typeof value.requestPermission === 'function'
  );
}

export class ChestPhone {
  readonly #line: Line;
  readonly #state = signal<ChestState>('off');
  readonly #reading = signal<ChestReading | undefined>(undefined);
  #measure = new ChestMeasure();
  readonly #sum = new ChestSum();
  #summedAt = 0;

  constructor(line: Line) {
    this.#line = line;
    if (typeof DeviceMotionEvent === 'undefined') this.#state.value = 'unsupported';
  }

  get state(): ReadonlySignal<ChestState> {
    return this.#state;
  }
  /** The newest; undefined before the first. */
  get reading(): ReadonlySignal<ChestReading | undefined> {
    return this.#reading;
  }

  /** Straight from the tap. */
  async start(): Promise<void> {
    if (this.#state.value === 'on' || this.#state.value === 'unsupported') return;
    this.#state.value = 'asking';
    const motion: unknown = DeviceMotionEvent;
    if (asksForMotion(motion)) {
      const answer = await motion.requestPermission().catch(() => 'denied');
      if (answer !== 'granted') {
        this.#state.value = 'refused';
        return;
      }
    }
    this.#measure = new ChestMeasure();
    this.#summedAt = Date.now();
    window.addEventListener('devicemotion', this.#handle);
    this.#state.value = 'on';
    // From now on the link is this phone's: another browser has to be let in.
    this.#line.later('link.goLive', {});
  }

  stop(): void {
    if (this.#state.value !== 'on') return;
    window.removeEventListener('devicemotion', this.#handle);
    this.#state.value = 'off';
    this.#reading.value = undefined;
    this.#sumUp();
  }

  readonly #handle = (event: DeviceMotionEvent): void => {
    // Without a gyroscope there is only the sum with gravity: the measure takes either.
    const moved = event.acceleration?.x == null ? event.accelerationIncludingGravity : event.acceleration;
    if (moved?.x == null || moved.y == null || moved.z == null) return;
    const sample = { timeMs: event.timeStamp, x: moved.x, y: moved.y, z: moved.z };
    const reading = this.#measure.add(sample);
    if (reading) this.#tell(reading);
  };

  #tell(reading: ChestReading): void {
    this.#reading.value = reading;
    this.#sum.add(reading, Date.now());
    const { rate, confidence, pausedMs, depthMm } = reading;
    this.#line.session
      .peek()
      .request(
        'cpr.measure',
        { source: 'chest', rate, confidence, pausedMs, depthMm },
        { deadlineMs: TELL_MS },
      )
      // The next one comes in half a second.
      .catch((error: unknown) => warn('measure', error));
    if (Date.now() - this.#summedAt >= SUMMARY_MS) this.#sumUp();
  }

  #sumUp(): void {
    this.#summedAt = Date.now();
    const summary = this.#sum.take(this.#summedAt);
    if (summary) this.#line.later('cpr.summarise', { summary });
  }
}
