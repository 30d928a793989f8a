/** Periodicity of one signal: resampling, least-squares sines, autocorrelation. All frequencies in hertz. */

/** Straight-line values of irregular samples at `count` instants from `start` on, every `1 / hz` seconds. Times in ms, ascending. */
export function resample(
  times: readonly number[],
  value: (i: number) => number,
  start: number,
  hz: number,
  count: number,
): Float32Array {
  const out = new Float32Array(count);
  let i = 0;
  for (let n = 0; n < count; n += 1) {
    const at = start + (n * 1000) / hz;
    while (i < times.length - 2 && (times[i + 1] ?? 0) < at) i += 1;
    const t0 = times[i] ?? 0;
    const t1 = times[i + 1] ?? t0;
    const share = t1 === t0 ? 0 : Math.max(0, Math.min(1, (at - t0) / (t1 - t0)));
    out[n] = value(i) * (1 - share) + value(Math.min(i + 1, times.length - 1)) * share;
  }
  return out;
}

/** Takes mean and slope out, in place; answers the mean square that is left. */
export function detrend(signal: Float32Array): number {
  const n = signal.length;
  const middle = (n - 1) / 2;
  let mean = 0;
  let slope = 0;
  let spread = 0;
  for (let i = 0; i < n; i += 1) {
    mean += signal[i] ?? 0;
    slope += (signal[i] ?? 0) * (i - middle);
    spread += (i - middle) ** 2;
  }
  mean /= n;
  slope /= spread || 1;
  let squares = 0;
  for (let i = 0; i < n; i += 1) {
    const rest = (signal[i] ?? 0) - mean - slope * (i - middle);
    signal[i] = rest;
    squares += rest * rest;
  }
  return squares / n;
}

/** Sines and cosines of a row of frequencies for signals of one length, under a Hann window. */
export interface Bank {
  readonly frequencies: readonly number[];
  readonly cos: readonly Float32Array[];
  readonly sin: readonly Float32Array[];
  readonly window: Float32Array;
  /** Sum of the window. */
  readonly sum: number;
}

export function bankOf(frequencies: readonly number[], hz: number, count: number): Bank {
  const window = Float32Array.from(
    { length: count },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / count),
  );
  const wave = (of: (angle: number) => number) =>
    frequencies.map((f) =>
      Float32Array.from({ length: count }, (_, i) => of((2 * Math.PI * f * i) / hz) * (window[i] ?? 0)),
    );
  const sum = window.reduce((all, value) => all + value, 0);
  return { frequencies, cos: wave(Math.cos), sin: wave(Math.sin), window, sum };
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Energy of the signal under the bank's window, in the units in which `power` counts a pure sine as all of it. */
export function windowedEnergy(bank: Bank, signal: Float32Array): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < signal.length; i += 1) {
    const w = bank.window[i] ?? 0;
    sum += w * (signal[i] ?? 0) ** 2;
    weight += w;
  }
  return (sum * weight) / 2;
}

/** Position of the top of a parabola through three values, from -0.5 to 0.5 about the middle one. */
export function vertex(before: number, at: number, after: number): number {
  const bend = before - 2 * at + after;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

/** Likeness of a signal with itself `lag` samples earlier (not whole: between samples), -1 to 1. */
export function likeness(signal: Float32Array, lag: number): number {
  const whole = Math.floor(lag);
  const share = lag - whole;
  let product = 0;
  let a = 0;
  let b = 0;
  for (let i = whole + 1; i < signal.length; i += 1) {
    const now = signal[i] ?? 0;
    const then = (signal[i - whole] ?? 0) * (1 - share) + (signal[i - whole - 1] ?? 0) * share;
    product += now * then;
    a += now * now;
    b += then * then;
  }
  return a * b === 0 ? 0 : product / Math.sqrt(a * b);
}
