/**
 * A phone that lies on the chest: rate and depth from its accelerometer, by the spectral method of González-Otero et al.
 * (integration of the fundamental and its first harmonics, windows of 2 to 5 s). The depth is an estimate: it counts the way
 * of the phone, so a soft bed under the patient makes it too high. It is always shown apart from what video says.
 */
import { bankOf, detrend, dot, likeness, resample, vertex, windowedEnergy } from './spectrum.ts';

/** One DeviceMotion event: acceleration in m/s², with or without gravity, on any clock in milliseconds that does not jump. */
export interface ChestSample {
  readonly timeMs: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface ChestReading {
  readonly timeMs: number;
  /** Compressions a minute; null when not sure. */
  readonly rate: number | null;
  readonly confidence: number;
  /** Estimate in millimetres, too high on soft beds; null when not sure. */
  readonly depthMm: number | null;
  /** Since the compressions that were last sure ended; 0 before there were any. */
  readonly pausedMs: number;
}

const WINDOW_MS = 3000;
const HZ = 50;
const COUNT = (WINDOW_MS / 1000) * HZ;
const LEAST_HZ = 0.7;
const MOST_HZ = 2.8;
const STEP_HZ = 0.05;
const HARMONICS = 3;
const READING_MS = 500;
/** Fewer samples a second than this cannot carry the harmonics. */
const LEAST_RATE = 25;
/** Root mean square of the acceleration below which nobody compresses: 5 cm at 100/min is about 2 m/s². */
const QUIET = 0.4;
/** The newest part of the window shows soonest that they have stopped. */
const STILL_MS = 1200;

const bank = bankOf(
  Array.from(
    { length: Math.round((HARMONICS * MOST_HZ - LEAST_HZ) / STEP_HZ) + 1 },
    (_, i) => LEAST_HZ + i * STEP_HZ,
  ),
  HZ,
  COUNT,
);
const candidates = Math.round((MOST_HZ - LEAST_HZ) / STEP_HZ) + 1;

export class ChestMeasure {
  #samples: ChestSample[] = [];
  #next = 0;
  #lastSure: number | undefined;

  /** Answers a reading about every 500 ms, otherwise undefined. Samples out of order are left out. */
  add(sample: ChestSample): ChestReading | undefined {
    const { timeMs } = sample;
    if (timeMs <= (this.#samples.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY)) return undefined;
    this.#samples.push(sample);
    if (timeMs < this.#next) return undefined;
    this.#next = timeMs + READING_MS - 10;
    this.#samples = this.#samples.filter((each) => each.timeMs > timeMs - WINDOW_MS - 200);
    const found = this.#enough(timeMs) ? analyse(this.#samples, timeMs) : undefined;
    if (found && found.confidence >= 0.5) {
      this.#lastSure = timeMs;
      return { timeMs, ...found, pausedMs: 0 };
    }
    const since = this.#lastSure === undefined ? 0 : timeMs - this.#lastSure;
    return {
      timeMs,
      rate: null,
      depthMm: null,
      confidence: found?.confidence ?? 0,
      pausedMs: Math.round(since),
    };
  }

  #enough(now: number): boolean {
    const [first] = this.#samples;
    return (
      first !== undefined &&
      first.timeMs <= now - WINDOW_MS + 50 &&
      this.#samples.length >= (WINDOW_MS / 1000) * LEAST_RATE
    );
  }
}

function analyse(samples: readonly ChestSample[], now: number) {
  const times = samples.map(({ timeMs }) => timeMs);
  const axes = (['x', 'y', 'z'] as const).map((axis) => {
    const signal = resample(times, (i) => samples[i]?.[axis] ?? 0, now - WINDOW_MS, HZ, COUNT);
    detrend(signal);
    return signal;
  });
  const signal = mainAxis(axes);
  const rms = Math.sqrt(dot(signal, signal) / COUNT);
  const still = signal.slice(-Math.round((STILL_MS / 1000) * HZ));
  if (rms < QUIET || Math.sqrt(dot(still, still) / still.length) < rms * 0.35) return undefined;
  const re = bank.cos.map((wave) => dot(signal, wave));
  const im = bank.sin.map((wave) => dot(signal, wave));
  const power = (k: number) => (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
  const at = fundamental(power);
  if (at === undefined) return undefined;
  const hz = LEAST_HZ + (at + vertex(power(at - 1), power(at), power(at + 1))) * STEP_HZ;
  const regular = likeness(signal, HZ / hz);
  const explained = Math.min(
    1,
    harmonicsOf(hz).reduce((sum, f) => sum + power(indexOf(f)), 0) / windowedEnergy(bank, signal),
  );
  const confidence =
    Math.max(0, Math.min(1, (regular - 0.3) / 0.5)) * Math.max(0, Math.min(1, (explained - 0.3) / 0.4));
  return {
    rate: Math.round(hz * 600) / 10,
    depthMm: Math.round(depthOf(signal, hz)),
    confidence,
  };
}

const indexOf = (hz: number) => Math.round((hz - LEAST_HZ) / STEP_HZ);
const harmonicsOf = (hz: number) => Array.from({ length: HARMONICS }, (_, k) => hz * (k + 1));

/** The top of the spectrum as displacement (divided by the fourth power of the frequency), so that no harmonic wins. */
function fundamental(power: (k: number) => number): number | undefined {
  let strongest = 0;
  for (let k = 0; k < bank.frequencies.length; k += 1) strongest = Math.max(strongest, power(k));
  let best: number | undefined;
  let most = 0;
  for (let k = 1; k < candidates; k += 1) {
    if (power(k) < power(k - 1) || power(k) < power(k + 1) || power(k) < strongest * 0.08) continue;
    const way = power(k) / (LEAST_HZ + k * STEP_HZ) ** 4;
    if (way > most) {
      most = way;
      best = k;
    }
  }
  return best;
}

/** Height of the curve that the fundamental and its harmonics, integrated twice, draw within one stroke. */
function depthOf(signal: Float32Array, hz: number): number {
  const parts = harmonicsOf(hz).map((f) => {
    let re = 0;
    let im = 0;
    for (let i = 0; i < COUNT; i += 1) {
      const value = (signal[i] ?? 0) * (bank.window[i] ?? 0);
      re += value * Math.cos((2 * Math.PI * f * i) / HZ);
      im += value * Math.sin((2 * Math.PI * f * i) / HZ);
    }
    const scale = -2000 / (bank.sum * (2 * Math.PI * f) ** 2);
    return { f, re: re * scale, im: im * scale };
  });
  let least = 0;
  let most = 0;
  for (let i = 0; i < 100; i += 1) {
    const at = i / 100 / hz;
    const way = parts.reduce(
      (sum, { f, re, im }) => sum + re * Math.cos(2 * Math.PI * f * at) + im * Math.sin(2 * Math.PI * f * at),
      0,
    );
    least = Math.min(least, way);
    most = Math.max(most, way);
  }
  return most - least;
}

/** The signal along the direction of most motion, by power iteration: a phone may lie at any angle. */
function mainAxis(axes: readonly Float32Array[]): Float32Array {
  let direction = axes.map((axis) => Math.sqrt(dot(axis, axis)) + 1e-9);
  for (let n = 0; n < 12; n += 1) {
    const next = axes.map((a) => axes.reduce((sum, b, i) => sum + dot(a, b) * (direction[i] ?? 0), 0));
    const norm = Math.hypot(...next) || 1;
    direction = next.map((value) => value / norm);
  }
  return Float32Array.from({ length: COUNT }, (_, i) =>
    axes.reduce((sum, axis, n) => sum + (axis[i] ?? 0) * (direction[n] ?? 0), 0),
  );
}
