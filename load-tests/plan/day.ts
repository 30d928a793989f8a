/** A day of incidents: when each comes, how long its room is live, who joins it when. The same seed gives the same day. */
import { normal, type Random, randomOf } from '../cpr/random.ts';
import type { Assumed } from './assumptions.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The busiest hour begins then; in most cities of the literature it lies in the evening. */
export const PEAK_HOUR = 18;

export interface Incident {
  readonly kind: 'ambulance' | 'bystander';
  readonly atMs: number;
  readonly lastsMs: number;
  /** After its begin, in milliseconds, each further person joins. */
  readonly joins: readonly number[];
}

/** Share of the day's incidents in each hour: smooth, one peak as high as the busiest hour. */
export function profileOf(busyHourShare: number): number[] {
  const sharpened = (k: number) => {
    const weights = Array.from({ length: 24 }, (_, hour) =>
      Math.exp(k * (Math.cos((2 * Math.PI * (hour - PEAK_HOUR)) / 24) - 1)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  };
  let [low, high] = [0, 5000];
  for (let step = 0; step < 60; step += 1) {
    const k = (low + high) / 2;
    if ((sharpened(k)[PEAK_HOUR] ?? 0) < busyHourShare) low = k;
    else high = k;
  }
  return sharpened((low + high) / 2);
}

/** All incidents of one site in the order they come; `times` multiplies their number. */
export function dayOf(a: Assumed, seed: number, times: number): Incident[] {
  const random = randomOf(seed);
  const perDay = (a.ambulances * a.incidentsPerAmbulance * times) / a.sites;
  const incidents: Incident[] = [];
  for (const [hour, share] of profileOf(a.busyHourShare).entries()) {
    for (const part of [share * perDay, share * perDay * a.bystanderShare].entries()) {
      const [index, expected] = part;
      for (const atMs of arrivals(expected, hour, random)) {
        incidents.push(index === 0 ? ambulanceAt(a, atMs, random) : bystanderAt(a, atMs, random));
      }
    }
  }
  return incidents.sort((one, other) => one.atMs - other.atMs);
}

/** Times of a Poisson process within one hour. */
function arrivals(expected: number, hour: number, random: Random): number[] {
  const times: number[] = [];
  if (expected <= 0) return times;
  for (let at = 0; ; ) {
    at -= (Math.log(1 - random()) * HOUR_MS) / expected;
    if (at >= HOUR_MS) return times;
    times.push(hour * HOUR_MS + at);
  }
}

function ambulanceAt(a: Assumed, atMs: number, random: Random): Incident {
  const early = Array.from({ length: a.viewers }, () => random() * 120_000);
  const called = Array.from({ length: a.specialists }, () => 120_000 + random() * 480_000);
  const lastsMs = lognormal(a.minutes * 60_000, a.minutesSpread, random);
  return {
    kind: 'ambulance',
    atMs,
    lastsMs,
    joins: [0, ...early, ...called].filter((after) => after < lastsMs),
  };
}

function bystanderAt(a: Assumed, atMs: number, random: Random): Incident {
  return {
    kind: 'bystander',
    atMs,
    lastsMs: lognormal(a.bystanderMinutes * 60_000, a.minutesSpread, random),
    joins: [0, 0],
  };
}

/** By its mean and its standard deviation as a share of that. */
function lognormal(mean: number, spread: number, random: Random): number {
  const variance = Math.log(1 + spread * spread);
  return mean * Math.exp(normal(random) * Math.sqrt(variance) - variance / 2);
}
