import type { Matrix3 } from '../geometry/matrix.ts';
import { distance, type Features, WORDS } from './descriptors.ts';
import { createFeatureFinder } from './features.ts';
import { layoutOf, restingWarp } from './layout.ts';
import { createPatch, FINE, samplePatch } from './patch.ts';
import { isUsable, pyramidOf } from './pyramid.ts';
import { encodeReference, MAX_FEATURES, type ReferenceFeatures } from './reference.ts';
import { findRivals } from './rivals.ts';
import type { GreyFrame, Region } from './types.ts';

/** How many features at most lie near the mark; the others are spread over the rest of the picture. */
const NEAR = 36;
/** Near means within so many half sides of the patch. */
const NEAR_REACH = 1.8;
/** Least distance between two features that are kept, in frame widths. */
const APART = 0.012;
/** Features within so many pixels are the same place; of different places, so many of 256 bits must differ. */
const SAME_PLACE = 8;
const UNLIKE = 36;

/**
 * The compact picture of a place, to travel with a mark (at most 4,096 bytes): what lies under and round the mark in grey, and
 * features of the frame to find it again by. `region` is the mark's box in parts of the frame. Throws RangeError for a frame
 * whose size does not fit its samples, is below 32 or above 2,048 pixels a side.
 */
export function describeFrame(frame: GreyFrame, region: Region): Uint8Array {
  if (!isUsable(frame)) {
    throw new RangeError(`a frame of ${frame.width} × ${frame.height} with ${frame.luma.length} samples`);
  }
  const pyramid = pyramidOf(frame);
  const layout = layoutOf(region, frame.width, frame.height);
  const warp = restingWarp(layout, frame.width, frame.height);
  const patch = createPatch(FINE);
  samplePatch(pyramid, warp, patch);
  const found = createFeatureFinder().find(pyramid);
  const distinct = distinctOf(found);
  const kept = choose(found, distinct, warp, frame.width);
  const features: ReferenceFeatures = {
    count: kept.length,
    x: Float32Array.from(kept, (i) => ((found.x[i] ?? 0) + 0.5) / frame.width),
    y: Float32Array.from(kept, (i) => ((found.y[i] ?? 0) + 0.5) / frame.height),
    level: Uint8Array.from(kept, (i) => found.level[i] ?? 0),
    words: Uint32Array.from(kept.flatMap((i) => [...found.words.subarray(i * WORDS, (i + 1) * WORDS)])),
  };
  return encodeReference({
    width: frame.width,
    height: frame.height,
    region: layoutRegion(region),
    distinct: found.count > 0 ? distinct.length / found.count : 0,
    rival: findRivals(pyramid, warp, Number.POSITIVE_INFINITY),
    patch: Uint8Array.from(patch.raw, Math.round),
    features,
  });
}

/** The features that are like no other place of the frame, strongest first: the others would only match at random. */
function distinctOf(found: Features): number[] {
  const all = Array.from({ length: found.count }, (_, i) => i);
  const unlike = (i: number, j: number): boolean =>
    Math.hypot((found.x[i] ?? 0) - (found.x[j] ?? 0), (found.y[i] ?? 0) - (found.y[j] ?? 0)) <= SAME_PLACE ||
    distance(found.words, i * WORDS, found.words, j * WORDS) >= UNLIKE;
  return all
    .filter((i) => all.every((j) => unlike(i, j)))
    .sort((a, b) => (found.score[b] ?? 0) - (found.score[a] ?? 0));
}

/** Those to keep: first what is near the mark, then the rest of the picture, spread out. */
function choose(found: Features, distinct: readonly number[], warp: Matrix3, width: number): number[] {
  const near: number[] = [];
  const far: number[] = [];
  for (const i of distinct) {
    const x = found.x[i] ?? 0;
    const y = found.y[i] ?? 0;
    const isNear = Math.max(Math.abs(x - warp[2]) / warp[0], Math.abs(y - warp[5]) / warp[4]) <= NEAR_REACH;
    const group = isNear ? near : far;
    const clear = group.every(
      (j) =>
        found.level[j] !== found.level[i] ||
        Math.hypot((found.x[j] ?? 0) - x, (found.y[j] ?? 0) - y) >= APART * width,
    );
    if (clear) group.push(i);
  }
  const kept = near.slice(0, NEAR);
  return [...kept, ...far.slice(0, MAX_FEATURES - kept.length)];
}

/** The box as it can be written: inside the frame. */
function layoutRegion(region: Region): Region {
  const limit = (value: number): number => (value > 0 ? Math.min(1, value) : 0);
  const x = limit(region.x);
  const y = limit(region.y);
  return { x, y, width: limit(region.x + region.width) - x, height: limit(region.y + region.height) - y };
}
