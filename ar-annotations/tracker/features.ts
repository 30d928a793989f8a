import { createCorners, detectCorners } from './corners.ts';
import {
  createFeatures,
  describeCorners,
  FEATURE_BORDER,
  type Features,
  smoothLevel,
} from './descriptors.ts';
import type { Pyramid } from './pyramid.ts';

/** Scales on which features are looked for: full, half and quarter size. */
const FEATURE_LEVELS = 3;
/** Most features of a frame. */
export const MOST_FOUND = 360;

/** Finds the features of whole frames, in room that is kept from frame to frame. */
export interface FeatureFinder {
  /** The features of the frame; valid until the next call. */
  find(pyramid: Pyramid): Features;
}

export function createFeatureFinder(): FeatureFinder {
  const corners = createCorners(MOST_FOUND);
  const features = createFeatures(MOST_FOUND);
  let smooth = new Uint8Array(0);
  let columns = new Int32Array(0);
  return {
    find(pyramid) {
      features.count = 0;
      if (smooth.length < pyramid.width * pyramid.height) {
        smooth = new Uint8Array(pyramid.width * pyramid.height);
      }
      if (columns.length < pyramid.width) columns = new Int32Array(pyramid.width);
      for (let n = Math.min(FEATURE_LEVELS, pyramid.levels.length) - 1; n >= 0; n -= 1) {
        const level = pyramid.levels[n];
        if (!level) continue;
        const room = smooth.subarray(0, level.width * level.height);
        smoothLevel(level, room, columns);
        const options = { cell: n === 0 ? 28 : 18, perCell: 2, border: FEATURE_BORDER, threshold: 10 };
        detectCorners(level, options, corners);
        describeCorners(pyramid, n, corners, room, features);
      }
      return features;
    },
  };
}
