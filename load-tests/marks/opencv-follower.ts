/**
 * What OpenCV's own tutorials would do with marks ("Optical Flow", "Feature Matching + Homography"): corners round the mark are
 * carried from frame to frame by Lucas-Kanade, a homography is fitted by RANSAC, and ORB features find the place again
 * after it was lost. No more judgement than these tutorials have.
 */
import type { Mat } from '@techstark/opencv-js';
import { apply, compose, type Matrix3, normalise, scaling } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame, Region } from '../../ar-annotations/tracker/types.ts';
import { inverse } from './camera.ts';
import type { Follower } from './follower.ts';
import { corners, greyMat, homography, loadOpencv, lucasKanade, type Opencv, type Places } from './opencv.ts';

const MOST_CORNERS = 100;
const SLACK = 3;
const LEAST_INLIERS = 8;
const LEAST_SHARE = 0.5;
const ORB_FEATURES = 500;
const ORB_RATIO = 0.75;
/** The tutorials' own smallest number of good matches. */
const ORB_LEAST = 10;
/** How much of the surroundings counts as part of the place: a mark may be smaller than ORB's patches. */
const GROWN = 1.8;

export async function opencvFollower(): Promise<() => Follower> {
  const cv = await loadOpencv();
  return () => new OpencvFollower(cv);
}

interface Anchor {
  readonly id: string;
  /** Corners of the reference, and ORB's key points and descriptors. */
  readonly corners: Places;
  readonly keys: Places;
  readonly descriptors: Mat;
  /** Those corners that are followed: where in the reference, where in the last frame. Empty while lost. */
  from: Places;
  now: Places;
}

class OpencvFollower implements Follower {
  readonly #cv: Opencv;
  readonly #anchors: Anchor[] = [];
  #last: Mat | undefined;

  constructor(cv: Opencv) {
    this.#cv = cv;
    cv.setRNGSeed(1);
  }

  add(id: string, reference: GreyFrame, region: Region, recent: readonly GreyFrame[]): void {
    const cv = this.#cv;
    const grey = greyMat(cv, reference);
    const mask = new cv.Mat(reference.height, reference.width, cv.CV_8UC1, new cv.Scalar(0));
    fill(mask, region);
    const places = corners(cv, grey, mask, MOST_CORNERS);
    const { keys, descriptors } = this.#orb(grey, mask);
    const anchor: Anchor = { id, corners: places, keys, descriptors, from: places, now: places };
    this.#anchors.push(anchor);
    let last = grey;
    for (const frame of recent) {
      const next = greyMat(cv, frame);
      this.#step(anchor, last, next);
      last.delete();
      last = next;
    }
    this.#last?.delete();
    this.#last = last;
    mask.delete();
  }

  track(frame: GreyFrame): (Matrix3 | undefined)[] {
    const next = greyMat(this.#cv, frame);
    const found = this.#anchors.map((anchor) => {
      const inPixels = this.#last && this.#step(anchor, this.#last, next);
      return inPixels && inParts(inPixels, frame.width, frame.height);
    });
    this.#last?.delete();
    this.#last = next;
    return found;
  }

  close(): void {
    this.#last?.delete();
    this.#last = undefined;
    for (const { descriptors } of this.#anchors.splice(0)) descriptors.delete();
  }

  #step(anchor: Anchor, earlier: Mat, later: Mat): Matrix3 | undefined {
    const cv = this.#cv;
    if (anchor.now.length >= 2 * LEAST_INLIERS) {
      const { places, alive } = lucasKanade(cv, earlier, later, anchor.now);
      const from = kept(anchor.from, alive);
      const now = kept(places, alive);
      const fit = homography(cv, from, now, SLACK);
      if (fit && fit.count >= LEAST_INLIERS && fit.count >= LEAST_SHARE * (from.length / 2)) {
        anchor.from = kept(from, fit.inliers);
        anchor.now = kept(now, fit.inliers);
        return fit.matrix;
      }
    }
    anchor.from = new Float32Array();
    anchor.now = new Float32Array();
    return this.#search(anchor, later);
  }

  /** By ORB features in the whole frame. */
  #search(anchor: Anchor, later: Mat): Matrix3 | undefined {
    const cv = this.#cv;
    const all = new cv.Mat();
    const { keys, descriptors } = this.#orb(later, all);
    const matcher = new cv.BFMatcher(cv.NORM_HAMMING, false);
    const matches = new cv.DMatchVectorVector();
    try {
      if (descriptors.rows < 2 || anchor.descriptors.rows < 2) return undefined;
      matcher.knnMatch(anchor.descriptors, descriptors, matches, 2);
      const from: number[] = [];
      const to: number[] = [];
      for (let i = 0; i < matches.size(); i += 1) {
        const pair = matches.get(i);
        if (pair.size() < 2 || pair.get(0).distance >= ORB_RATIO * pair.get(1).distance) continue;
        const { queryIdx, trainIdx } = pair.get(0);
        from.push(anchor.keys[2 * queryIdx] ?? 0, anchor.keys[2 * queryIdx + 1] ?? 0);
        to.push(keys[2 * trainIdx] ?? 0, keys[2 * trainIdx + 1] ?? 0);
      }
      if (from.length < 2 * ORB_LEAST) return undefined;
      const fit = homography(cv, Float32Array.from(from), Float32Array.from(to), 5);
      if (!fit || fit.count < ORB_LEAST) return undefined;
      anchor.from = anchor.corners;
      anchor.now = mapped(anchor.corners, fit.matrix);
      return fit.matrix;
    } finally {
      for (const each of [all, descriptors, matcher, matches]) each.delete();
    }
  }

  #orb(grey: Mat, mask: Mat): { readonly keys: Places; readonly descriptors: Mat } {
    const cv = this.#cv;
    const orb = new cv.ORB(ORB_FEATURES);
    const points = new cv.KeyPointVector();
    const descriptors = new cv.Mat();
    orb.detectAndCompute(grey, mask, points, descriptors);
    const keys = new Float32Array(2 * points.size());
    for (let i = 0; i < points.size(); i += 1) {
      const { x, y } = points.get(i).pt;
      keys.set([x, y], 2 * i);
    }
    points.delete();
    orb.delete();
    return { keys, descriptors };
  }
}

/** Opens the mask where the place with its surroundings is. */
function fill(mask: Mat, { x, y, width, height }: Region): void {
  const grow = (GROWN - 1) / 2;
  const left = Math.max(0, Math.floor((x - grow * width) * mask.cols));
  const right = Math.min(mask.cols, Math.ceil((x + (1 + grow) * width) * mask.cols));
  const bottom = Math.min(mask.rows, Math.ceil((y + (1 + grow) * height) * mask.rows));
  for (let row = Math.max(0, Math.floor((y - grow * height) * mask.rows)); row < bottom; row += 1) {
    mask.data.fill(255, row * mask.cols + left, row * mask.cols + right);
  }
}

const kept = (places: Places, alive: Uint8Array): Places => places.filter((_, i) => alive[i >> 1] === 1);

const mapped = (places: Places, matrix: Matrix3): Places => {
  const out = new Float32Array(places.length);
  for (let i = 0; i < places.length; i += 2) {
    const { x, y } = apply(matrix, places[i] ?? 0, places[i + 1] ?? 0);
    out.set([x, y], i);
  }
  return out;
};

/** OpenCV counts pixels from the middle of the first one. */
function inParts(matrix: Matrix3, width: number, height: number): Matrix3 | undefined {
  const toPixels = scaling(width, height, -0.5, -0.5);
  return normalise(compose(inverse(toPixels), compose(matrix, toPixels)));
}
