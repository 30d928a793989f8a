/**
 * Finds the common rhythm of the blocks that move together: a dynamic region of interest with a spectral method, after
 * Meinich-Bache et al. 2018 and Engan et al. 2016. Each block votes for the frequencies that explain its motion; the blocks
 * that agree with the winner are summed, sign and weight by their share in it, and the sum is looked at again.
 */
import { type Bank, bankOf, detrend, dot, likeness, resample, vertex, windowedEnergy } from './spectrum.ts';

/** Compressions are looked for from 48 to 165 a minute; the spectrum begins lower, to see whether there is a top at all. */
const LEAST_HZ = 0.6;
const CANDIDATE_HZ = 0.8;
const MOST_HZ = 2.75;
const STEP_HZ = 0.05;
const SAMPLE_HZ = 16;
/** Blocks that move less than this (root mean square, in pixels) say nothing. */
const FLOOR_PX = 0.06;
/** Blocks that move more than this have no more to say: someone walking by must not outvote the hands. */
const CAP_PX = 0.6;
/** Motion beside the rhythm below which a block is as good as one without any. */
const QUIET_PX = 0.15;

export interface Rhythm {
  readonly hz: number;
  /** Likeness of the summed motion with itself one and two periods before, -1 to 1. */
  readonly periodicity: number;
  /** Share of the summed motion that the rhythm and its double explain. */
  readonly purity: number;
  /** Root mean square of the summed motion, in pixels of one block. */
  readonly amplitude: number;
  /** How many blocks take part, counted by weight. */
  readonly breadth: number;
  /** Share of each block and direction in the sum; its squares add up to 1. */
  readonly pattern: Float32Array;
  /** How much it looks like compressions, 0 to 1. */
  readonly score: number;
}

export interface RhythmWindow {
  readonly times: readonly number[];
  readonly positions: readonly Float32Array[];
  /** Mean grey value of each picture. */
  readonly light: readonly number[];
  readonly endMs: number;
  readonly lengthMs: number;
}

interface Signals {
  readonly values: readonly Float32Array[];
  /** Index of each signal among the positions. */
  readonly index: readonly number[];
  readonly bank: Bank;
}

const banks = new Map<number, Bank>();

function bankFor(count: number): Bank {
  let bank = banks.get(count);
  if (!bank) {
    const steps = Math.round((2 * MOST_HZ - LEAST_HZ) / STEP_HZ) + 1;
    const frequencies = Array.from({ length: steps }, (_, i) => LEAST_HZ + i * STEP_HZ);
    bank = bankOf(frequencies, SAMPLE_HZ, count);
    banks.set(count, bank);
  }
  return bank;
}

/** Undefined when nothing moves in the band at all. */
export function findRhythm(window: RhythmWindow): Rhythm | undefined {
  const signals = signalsOf(window);
  const spectra = signals.values.map((signal) => spectrumOf(signals.bank, signal));
  const blocks = blockShares(signals, spectra);
  const flashes = flashesOf(window);
  let best: Rhythm | undefined;
  for (const at of tops(blocks)) {
    const pattern = patternAt(signals, blocks, at, window.positions[0]?.length ?? 0);
    const rhythm = judge(window, pattern, at);
    if (flashes.some((hz) => isBeatOf(rhythm.hz, hz))) continue;
    if (!best || rhythm.score > best.score) best = rhythm;
  }
  return best;
}

/** The rhythm of a pattern of motion that is known already: whoever else moves in the picture has no vote in it. */
export function rhythmOf(window: RhythmWindow, pattern: Float32Array): Rhythm | undefined {
  const signal = along(window, pattern);
  const { re, im } = spectrumOf(bankFor(signal.length), signal);
  const power = (k: number) => (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
  let top = FIRST_CANDIDATE;
  for (let k = FIRST_CANDIDATE; k < candidates; k += 1) if (power(k) > power(top)) top = k;
  const rhythm = judge(window, pattern, top);
  return flashesOf(window).some((hz) => isBeatOf(rhythm.hz, hz)) ? undefined : rhythm;
}

/** The part of the motion that follows a known pattern, detrended, every 1/16 s. */
export function along(window: RhythmWindow, pattern: Float32Array): Float32Array {
  const { times, positions, endMs, lengthMs } = window;
  const count = Math.round((lengthMs / 1000) * SAMPLE_HZ);
  const projected = positions.map((position) => dot(position, pattern));
  const signal = resample(times, (i) => projected[i] ?? 0, endMs - lengthMs, SAMPLE_HZ, count);
  detrend(signal);
  return signal;
}
export const ALONG_HZ = SAMPLE_HZ;

/** Amplitude of the mean grey value from which on a beat of the light is one. */
const FLASH_GREY = 2;
const FLASH_HZ = 0.08;

/** Frequencies in which the whole picture grows lighter and darker: lights of vehicles beat as fast as hands do. */
function flashesOf({ times, light, endMs, lengthMs }: RhythmWindow): number[] {
  const count = Math.round((lengthMs / 1000) * SAMPLE_HZ);
  const signal = resample(times, (i) => light[i] ?? 0, endMs - lengthMs, SAMPLE_HZ, count);
  detrend(signal);
  const bank = bankFor(count);
  const { re, im } = spectrumOf(bank, signal);
  const power = (k: number) => (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
  const least = ((FLASH_GREY * bank.sum) / 2) ** 2;
  return bank.frequencies.flatMap((hz, k) => {
    const isTop = power(k) > least && power(k) > power(k - 1) && power(k) >= power(k + 1);
    return isTop ? [hz + vertex(power(k - 1), power(k), power(k + 1)) * STEP_HZ] : [];
  });
}

/** The light's own frequency, its half, or its double. */
function isBeatOf(hz: number, flash: number): boolean {
  return [1, 0.5, 2].some((times) => Math.abs(hz - flash * times) < FLASH_HZ);
}

function signalsOf({ times, positions, endMs, lengthMs }: RhythmWindow): Signals {
  const count = Math.round((lengthMs / 1000) * SAMPLE_HZ);
  const values: Float32Array[] = [];
  const index: number[] = [];
  const width = positions[0]?.length ?? 0;
  for (let i = 0; i < width; i += 2) {
    const pair = [i, i + 1].map((at) =>
      resample(times, (n) => positions[n]?.[at] ?? 0, endMs - lengthMs, SAMPLE_HZ, count),
    );
    const square = pair.reduce((sum, signal) => sum + detrend(signal), 0);
    if (square < FLOOR_PX ** 2) continue;
    values.push(...pair);
    index.push(i, i + 1);
  }
  return { values, index, bank: bankFor(count) };
}

interface Spectrum {
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly energy: number;
}

function spectrumOf(bank: Bank, signal: Float32Array): Spectrum {
  return {
    re: Float32Array.from(bank.cos, (wave) => dot(signal, wave)),
    im: Float32Array.from(bank.sin, (wave) => dot(signal, wave)),
    energy: windowedEnergy(bank, signal),
  };
}

interface BlockShare {
  readonly first: Spectrum;
  readonly second: Spectrum;
  readonly weight: number;
  readonly rms: number;
  /** Share of the block's motion that each frequency with its double explains, up to 1. */
  readonly shares: Float32Array;
}

const candidates = Math.round((MOST_HZ - LEAST_HZ) / STEP_HZ) + 1;
const FIRST_CANDIDATE = Math.round((CANDIDATE_HZ - LEAST_HZ) / STEP_HZ);
const DOUBLE_OFFSET = Math.round(LEAST_HZ / STEP_HZ);
const TOPS = 3;

function blockShares({ values, bank }: Signals, spectra: readonly Spectrum[]): BlockShare[] {
  const blocks: BlockShare[] = [];
  for (let i = 0; i + 1 < values.length; i += 2) {
    const first = spectra[i];
    const second = spectra[i + 1];
    if (!first || !second) continue;
    const energy = first.energy + second.energy;
    const power = (k: number) =>
      (first.re[k] ?? 0) ** 2 + (first.im[k] ?? 0) ** 2 + (second.re[k] ?? 0) ** 2 + (second.im[k] ?? 0) ** 2;
    const shares = Float32Array.from({ length: candidates }, (_, k) => {
      const base = power(k);
      const double = power(2 * k + DOUBLE_OFFSET);
      return Math.min(1, (base + Math.min(base, double)) / energy);
    });
    const rms = Math.sqrt(2 * energy) / bank.sum;
    blocks.push({ first, second, weight: Math.min(CAP_PX, rms), rms, shares });
  }
  return blocks;
}

/** Indices of the frequencies with the most votes around them, at most three: a slope of slow motion is none. */
function tops(blocks: readonly BlockShare[]): number[] {
  const votes = new Float32Array(candidates + 1);
  for (const { weight, shares } of blocks) {
    for (let k = 0; k < candidates; k += 1) votes[k] = (votes[k] ?? 0) + weight * (shares[k] ?? 0) ** 3;
  }
  const found: number[] = [];
  for (let k = FIRST_CANDIDATE; k < candidates; k += 1) {
    const here = votes[k] ?? 0;
    if (here > (votes[k - 1] ?? 0) && here >= (votes[k + 1] ?? 0)) found.push(k);
  }
  return found.sort((a, b) => (votes[b] ?? 0) - (votes[a] ?? 0)).slice(0, TOPS);
}

/** Real weights along the axis on which the complex amplitudes lie: parts that move against each other get other signs. */
function patternAt(
  { index }: Signals,
  blocks: readonly BlockShare[],
  at: number,
  width: number,
): Float32Array {
  let re = 0;
  let im = 0;
  for (const { first, second, shares } of blocks) {
    const trust = (shares[at] ?? 0) ** 2;
    for (const part of [first, second]) {
      const a = part.re[at] ?? 0;
      const b = part.im[at] ?? 0;
      re += trust * (a * a - b * b);
      im += trust * 2 * a * b;
    }
  }
  const axis = Math.atan2(im, re) / 2;
  const pattern = new Float32Array(width);
  for (const [n, { first, second, shares, rms }] of blocks.entries()) {
    const share = shares[at] ?? 0;
    const trust = share ** 2 / (rms * rms * (1 - share) + QUIET_PX ** 2);
    for (const [which, part] of [first, second].entries()) {
      const value = (part.re[at] ?? 0) * Math.cos(axis) + (part.im[at] ?? 0) * Math.sin(axis);
      pattern[index[2 * n + which] ?? 0] = trust * value;
    }
  }
  const norm = Math.sqrt(dot(pattern, pattern)) || 1;
  return pattern.map((value) => value / norm);
}

function judge(window: RhythmWindow, pattern: Float32Array, at: number): Rhythm {
  const signal = along(window, pattern);
  const bank = bankFor(signal.length);
  const { re, im, energy } = spectrumOf(bank, signal);
  const power = (k: number) => (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
  let top = at;
  for (const k of [at - 2, at - 1, at + 1, at + 2])
    if (k >= 0 && k < candidates && power(k) > power(top)) top = k;
  const shift = top === 0 ? 0 : vertex(power(top - 1), power(top), power(top + 1));
  const hz = LEAST_HZ + (top + shift) * STEP_HZ;
  const lag = SAMPLE_HZ / hz;
  const one = likeness(signal, lag);
  const two = 2 * lag < signal.length * 0.66 ? likeness(signal, 2 * lag) : one;
  let squares = 0;
  let fourth = 0;
  for (const value of pattern) {
    squares += value * value;
    fourth += value ** 4;
  }
  const breadth = fourth === 0 ? 0 : squares ** 2 / fourth;
  const rms = Math.sqrt(dot(signal, signal) / (signal.length || 1));
  const measured = {
    hz,
    periodicity: (one + two) / 2,
    purity: energy === 0 ? 0 : Math.min(1, (power(top) + power(2 * top + DOUBLE_OFFSET)) / energy),
    amplitude: rms / Math.sqrt(breadth || 1),
    breadth,
  };
  return { ...measured, pattern, score: scoreOf(measured) };
}

/** Rising from 0 at `from` to 1 at `to`. */
const ramp = (value: number, from: number, to: number) =>
  Math.max(0, Math.min(1, (value - from) / (to - from)));

function scoreOf({ periodicity, purity, amplitude, breadth }: Omit<Rhythm, 'pattern' | 'score'>): number {
  const regular = ramp(periodicity, 0.5, 0.88);
  return regular * ramp(purity, 0.35, 0.7) * ramp(amplitude, 0.03, 0.12) * ramp(breadth, 1, 4);
}
