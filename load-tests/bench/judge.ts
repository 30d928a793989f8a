/**
 * Whether a figure changed by more than its own noise. Two things must hold at once:
 * - In at least 80 % of all pairs of one old and one new sample the new one is the worse (Vargha and Delaney's A, 2000; ties count
 *   half). That is the size of the change, measured by the spread of both: two spreads that overlap widely never reach it, however
 *   many samples there are.
 * - Samples of one and the same distribution would show that much in less than 1 of 100 cases (Mann and Whitney's rank test, 1947,
 *   exact up to 80 samples). Five against five samples must be apart entirely for that; fewer than five against four cannot tell.
 * Whether least and most overlap was not chosen as the test: one outlier among a hundred samples then hides every change.
 */
import type { Report } from './report.ts';

export const ENOUGH_PAIRS = 0.8;
export const CHANCE = 0.01;
const EXACT_UP_TO = 80;

export type Verdict = 'better' | 'worse' | 'same' | 'too few samples';

/** Judges new samples against old ones. */
export function judge(
  old: readonly number[],
  now: readonly number[],
  better: Report['better'],
): { readonly verdict: Verdict; readonly higherShare: number; readonly chance: number } {
  const higherShare = shareHigher(old, now);
  const chance = rankChance(old, now);
  const around = { higherShare, chance };
  if (Math.max(higherShare, 1 - higherShare) < ENOUGH_PAIRS) return { verdict: 'same', ...around };
  if (leastChance(old.length, now.length) >= CHANCE) return { verdict: 'too few samples', ...around };
  if (chance >= CHANCE) return { verdict: 'same', ...around };
  return { verdict: higherShare > 0.5 === (better === 'higher') ? 'better' : 'worse', ...around };
}

/** Of all pairs of an old and a new sample, the share in which the new one is higher; ties count half. */
function shareHigher(old: readonly number[], now: readonly number[]): number {
  let higher = 0;
  for (const a of old) for (const b of now) higher += b > a ? 1 : b === a ? 0.5 : 0;
  return higher / (old.length * now.length);
}

/** The least chance that so many samples can show: all of one side above all of the other, either way round. */
function leastChance(n: number, m: number): number {
  let ways = 1;
  for (let k = 1; k <= Math.min(n, m); k += 1) ways = (ways * (n + m - k + 1)) / k;
  return 2 / ways;
}

/** Chance, two-sided, that ranks of one distribution are apart as far as these. */
function rankChance(old: readonly number[], now: readonly number[]): number {
  const ranks = doubledRanks([...old, ...now]);
  const sum = ranks.slice(0, old.length).reduce((total, rank) => total + rank, 0);
  const mean = old.length * (ranks.length + 1);
  const apart = Math.abs(sum - mean);
  return ranks.length <= EXACT_UP_TO
    ? exactChance(ranks, old.length, mean, apart)
    : normalChance(ranks, old.length, apart);
}

/** Twice the rank of each value, so that the middle ranks of ties stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const ranks = new Map<number, number>();
  for (let from = 0; from < sorted.length; ) {
    const value = sorted[from] ?? 0;
    const to = sorted.lastIndexOf(value) + 1;
    ranks.set(value, from + to + 1);
    from = to;
  }
  return values.map((value) => ranks.get(value) ?? 0);
}

/** Counts, for every choice of `n` of the ranks, how often their sum is at least so far from the mean. */
function exactChance(ranks: readonly number[], n: number, mean: number, apart: number): number {
  const most = ranks.reduce((total, rank) => total + rank, 0);
  // ways[k][s]: choices of k ranks with the sum s.
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(most + 1));
  const [none] = ways;
  if (none) none[0] = 1;
  for (const rank of ranks) {
    for (let k = n; k >= 1; k -= 1) {
      const [into, from] = [ways[k], ways[k - 1]];
      if (!into || !from) continue;
      for (let s = most; s >= rank; s -= 1) into[s] = (into[s] ?? 0) + (from[s - rank] ?? 0);
    }
  }
  let [all, far] = [0, 0];
  for (const [s, count] of (ways[n] ?? []).entries()) {
    all += count;
    if (Math.abs(s - mean) >= apart) far += count;
  }
  return far / all;
}

/** For many samples: the normal approximation with the correction for ties. */
function normalChance(ranks: readonly number[], n: number, apart: number): number {
  const all = ranks.length;
  const mean = all + 1;
  const variance = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / (all - 1);
  const deviation = Math.sqrt((variance * n * (all - n)) / all);
  return deviation === 0 ? 1 : 2 * upperTail(Math.max(0, apart - 1) / deviation);
}

/** Of the standard normal distribution: Abramowitz and Stegun 26.2.17, off by less than 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (polynomial * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
