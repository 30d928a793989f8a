/** Loads OpenCV's WebAssembly build and gives its pyramidal Lucas-Kanade and homography in this project's own terms. */
import type { EventEmitter } from 'node:events';
import type { Mat } from '@techstark/opencv-js';
import { type Matrix3, normalise } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';

export type Opencv = typeof import('@techstark/opencv-js');

const LOAD_MS = 30_000;
const HANDLED = ['uncaughtException', 'unhandledRejection'] as const;
let loaded: Promise<Opencv> | undefined;

/** Loads it once. Throws when it does not start within half a minute. */
export function loadOpencv(): Promise<Opencv> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Opencv> {
  const own: EventEmitter = process;
  const before = HANDLED.map((event) => own.listeners(event));
  const { default: cv } = await import('@techstark/opencv-js');
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error('OpenCV did not start')), LOAD_MS);
    if (Reflect.has(cv, 'Mat')) resolve();
    else cv.onRuntimeInitialized = () => resolve();
  }).finally(() => clearTimeout(timer));
  // Its loader takes the errors of the whole process for its own.
  HANDLED.forEach((event, i) => {
    for (const listener of own.listeners(event)) {
      if (!before[i]?.includes(listener)) Reflect.apply(own.off, own, [event, listener]);
    }
  });
  // The module says it can be awaited, and then never answers: it may only travel inside something else.
  return namespaceOf(cv);
}

/** The same functions without the `then` that makes `await` turn in circles. */
function namespaceOf(cv: Opencv): Opencv {
  Reflect.deleteProperty(cv, 'then');
  return cv;
}

/** Places in pixels, x and y in turn. */
export type Places = Float32Array;

export const greyMat = (cv: Opencv, { width, height, luma }: GreyFrame): Mat => {
  const mat = new cv.Mat(height, width, cv.CV_8UC1);
  mat.data.set(luma);
  return mat;
};

const LEVELS = 3;
const WINDOW = 21;

/** Where the places of the earlier picture are in the later one; `alive[i]` is 0 for those that could not be followed. */
export function lucasKanade(
  cv: Opencv,
  earlier: Mat,
  later: Mat,
  places: Places,
  window = WINDOW,
): { readonly places: Places; readonly alive: Uint8Array } {
  const count = places.length / 2;
  const from = cv.matFromArray(count, 1, cv.CV_32FC2, places);
  const [to, status, error] = [new cv.Mat(), new cv.Mat(), new cv.Mat()];
  const until = new cv.TermCriteria(cv.TermCriteria_EPS + cv.TermCriteria_COUNT, 30, 0.01);
  try {
    cv.calcOpticalFlowPyrLK(
      earlier,
      later,
      from,
      to,
      status,
      error,
      new cv.Size(window, window),
      LEVELS,
      until,
    );
    return { places: Float32Array.from(to.data32F), alive: Uint8Array.from(status.data) };
  } finally {
    for (const mat of [from, to, status, error]) mat.delete();
  }
}

/** The strongest corners of the picture where the mask is not 0. */
export function corners(cv: Opencv, grey: Mat, mask: Mat, most: number): Places {
  const found = new cv.Mat();
  try {
    cv.goodFeaturesToTrack(grey, found, most, 0.01, 4, mask, 5);
    return Float32Array.from(found.data32F);
  } finally {
    found.delete();
  }
}

export interface Fit {
  readonly matrix: Matrix3;
  readonly inliers: Uint8Array;
  readonly count: number;
}

/** The homography in pixels that most places agree on (RANSAC), or nothing for fewer than four. */
export function homography(cv: Opencv, from: Places, to: Places, slack: number): Fit | undefined {
  if (from.length < 8) return undefined;
  const source = cv.matFromArray(from.length / 2, 1, cv.CV_32FC2, from);
  const target = cv.matFromArray(to.length / 2, 1, cv.CV_32FC2, to);
  const mask = new cv.Mat();
  const found = cv.findHomography(source, target, cv.RANSAC, slack, mask);
  try {
    if (found.rows !== 3) return undefined;
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = found.data64F;
    const matrix = normalise([a, b, c, d, e, f, g, h, i]);
    const inliers = Uint8Array.from(mask.data);
    return matrix && { matrix, inliers, count: inliers.reduce((sum, one) => sum + one, 0) };
  } finally {
    for (const mat of [source, target, mask, found]) mat.delete();
  }
}
