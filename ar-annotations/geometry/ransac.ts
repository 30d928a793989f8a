import type { Fit, Pairs } from './fit.ts';
import type { Matrix3 } from './matrix.ts';
import { createRandom } from './random.ts';

/** What the search for a consensus is told. */
export interface ConsensusOptions {
  /** The fit of a smallest sample. */
  readonly solve: Fit;
  /** How many pairs that fit needs. */
  readonly sample: number;
  /** Largest distance, in units of `to`, of a pair that agrees. */
  readonly threshold: number;
  /** Most samples tried; fewer when a large share agrees early. */
  readonly rounds: number;
  readonly seed: number;
}

/** The map most pairs agree with. */
export interface Consensus {
  readonly map: Matrix3;
  /** Numbers of the pairs that agree, rising. */
  readonly inliers: readonly number[];
}

/** Squared distance between where the map puts pair `i` and where it is; infinite where the map fails. */
export function squaredError(map: Matrix3, pairs: Pairs, i: number): number {
  const x = pairs.from[2 * i] ?? 0;
  const y = pairs.from[2 * i + 1] ?? 0;
  const w = map[6] * x + map[7] * y + map[8];
  if (w < 1e-9) return Number.POSITIVE_INFINITY;
  const dx = (map[0] * x + map[1] * y + map[2]) / w - (pairs.to[2 * i] ?? 0);
  const dy = (map[3] * x + map[4] * y + map[5]) / w - (pairs.to[2 * i + 1] ?? 0);
  return dx * dx + dy * dy;
}

/**
 * Random sample consensus (Fischler and Bolles 1981), scored by truncated squares (MSAC) and repeatable: the same pairs and seed
 * give the same answer on every machine. The map is fitted once more to all that agree. Undefined when no sample gave a map
 * that more pairs than the sample agree with.
 */
export function findConsensus(pairs: Pairs, count: number, options: ConsensusOptions): Consensus | undefined {
  const { solve, sample, threshold, rounds, seed } = options;
  if (count < sample) return undefined;
  const random = createRandom(seed);
  const picks = new Int32Array(sample);
  const limit = threshold * threshold;
  let best: Matrix3 | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  let needed = rounds;
  for (let round = 0; round < Math.min(needed, rounds); round += 1) {
    draw(picks, sample, count, random);
    const map = solve(pairs, picks, sample);
    if (!map) continue;
    let cost = 0;
    let agreeing = 0;
    for (let i = 0; i < count && cost < bestCost; i += 1) {
      const error = squaredError(map, pairs, i);
      if (error < limit) agreeing += 1;
      cost += Math.min(error, limit);
    }
    if (cost >= bestCost) continue;
    best = map;
    bestCost = cost;
    // Enough rounds that a sample without outliers was drawn with 99.5 % certainty, if this share is right.
    needed = Math.ceil(Math.log(0.005) / Math.log(1 - Math.min(0.9999, (agreeing / count) ** sample)));
  }
  if (!best) return undefined;
  const inliers = agreeingWith(best, pairs, count, limit);
  if (inliers.length <= sample && count > sample) return undefined;
  const refit = solve(pairs, inliers, inliers.length);
  if (!refit) return { map: best, inliers };
  const again = agreeingWith(refit, pairs, count, limit);
  return again.length >= inliers.length ? { map: refit, inliers: again } : { map: best, inliers };
}

/** Draws different numbers below `count` into `picks`. */
function draw(picks: Int32Array, sample: number, count: number, random: () => number): void {
  for (let k = 0; k < sample; k += 1) {
    let candidate = Math.floor(random() * count);
    while (picks.subarray(0, k).includes(candidate)) candidate = (candidate + 1) % count;
    picks[k] = candidate;
  }
}

function agreeingWith(map: Matrix3, pairs: Pairs, count: number, limit: number): number[] {
  const inliers: number[] = [];
  for (let i = 0; i < count; i += 1) if (squaredError(map, pairs, i) < limit) inliers.push(i);
  return inliers;
}
