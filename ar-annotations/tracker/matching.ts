import { fitAffine, fitHomography, fitSimilarity } from '../geometry/fit.ts';
import { areaScale, compose, type Matrix3, normalise } from '../geometry/matrix.ts';
import { findConsensus } from '../geometry/ransac.ts';
import { distance, type Features, WORDS } from './descriptors.ts';
import { MOST_FOUND } from './features.ts';
import { toPixels } from './layout.ts';
import { MAX_FEATURES } from './reference.ts';
import type { Target } from './target.ts';

/** Bits of 256 in which a feature and its match may differ, and by how much the second best must be worse. */
const MOST_BITS = 72;
const CLEARLY = 0.85;
/** The second best counts only if it is another place: pixels. */
const ANOTHER_PLACE = 6;
/** Fewest features that must agree on a place. */
const FEWEST = 6;
const SLACK = 6;

const from = new Float64Array(2 * MAX_FEATURES);
const to = new Float64Array(2 * MAX_FEATURES);
const matches = new Int16Array(MAX_FEATURES);
const bitsOf = new Uint16Array(MOST_FOUND);

/**
 * Looks for the target among the features of a frame of `width` × `height`. Answers at most two places: what most features near
 * the mark say (it may have moved by itself), and what most of the picture says. They are guesses for the patch to confirm.
 */
export function sightings(target: Target, features: Features, width: number, height: number): Matrix3[] {
  const { count } = target.reference.features;
  for (let i = 0; i < count; i += 1) matches[i] = bestMatch(target.reference.features.words, i, features);
  const found: Matrix3[] = [];
  for (const nearOnly of [true, false]) {
    const sighting = agreeOnPlace(target, collect(target, features, nearOnly));
    if (sighting && isInside(sighting, width, height)) found.push(sighting);
  }
  return found;
}

/** Fills `from` (pixels of the reference frame) and `to` (pixels of this frame) with the pairs that match. */
function collect(target: Target, features: Features, nearOnly: boolean): number {
  const { features: known, width, height } = target.reference;
  const { patch } = target.layout;
  let count = 0;
  for (let i = 0; i < known.count; i += 1) {
    const match = matches[i] ?? -1;
    if (match < 0) continue;
    const x = known.x[i] ?? 0;
    const y = known.y[i] ?? 0;
    const near =
      Math.abs(x - patch.x - patch.width / 2) <= patch.width &&
      Math.abs(y - patch.y - patch.height / 2) <= patch.height;
    if (nearOnly && !near) continue;
    from[2 * count] = x * width - 0.5;
    from[2 * count + 1] = y * height - 0.5;
    to[2 * count] = features.x[match] ?? 0;
    to[2 * count + 1] = features.y[match] ?? 0;
    count += 1;
  }
  return count;
}

/** The feature that is clearly the most alike, or -1. */
function bestMatch(words: Uint32Array, i: number, features: Features): number {
  let best = MOST_BITS + 1;
  let match = -1;
  for (let j = 0; j < features.count; j += 1) {
    const bits = distance(words, i * WORDS, features.words, j * WORDS);
    bitsOf[j] = bits;
    if (bits >= best) continue;
    best = bits;
    match = j;
  }
  if (match < 0) return -1;
  const limit = best / CLEARLY;
  for (let j = 0; j < features.count; j += 1) {
    if ((bitsOf[j] ?? 0) > limit) continue;
    const dx = (features.x[j] ?? 0) - (features.x[match] ?? 0);
    const dy = (features.y[j] ?? 0) - (features.y[match] ?? 0);
    if (dx * dx + dy * dy > ANOTHER_PLACE * ANOTHER_PLACE) return -1;
  }
  return match;
}

function agreeOnPlace(target: Target, count: number): Matrix3 | undefined {
  if (count < FEWEST) return undefined;
  const pairs = { from, to };
  const options = { solve: fitSimilarity, sample: 2, threshold: SLACK, rounds: 120, seed: 3 };
  const consensus = findConsensus(pairs, count, options);
  if (!consensus || consensus.inliers.length < FEWEST) return undefined;
  const { inliers } = consensus;
  const closer =
    (inliers.length >= 14 ? fitHomography(pairs, inliers, inliers.length) : undefined) ??
    (inliers.length >= 8 ? fitAffine(pairs, inliers, inliers.length) : undefined) ??
    consensus.map;
  const { width, height } = target.reference;
  return normalise(compose(closer, compose(toPixels(width, height), target.layout.toReference)));
}

/** Refuses mirrored and absurdly stretched places and those whose middle is out of the frame. */
function isInside(warp: Matrix3, width: number, height: number): boolean {
  const x = warp[2];
  const y = warp[5];
  return areaScale(warp, 0, 0) > 16 && x >= 0 && y >= 0 && x < width && y < height;
}
