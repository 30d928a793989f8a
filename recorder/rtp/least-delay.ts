/**
 * The least delay between two clocks: of all differences "arrival minus sending" only the smallest were not held up on
 * the way. A line under them follows the drift of the clocks (S. Moon, P. Skelly, D. Towsley, "Estimation and removal of
 * clock skew from network delay measurements", INFOCOM 1999).
 */

const BUCKET_MS = 5000;
const BUCKETS = 12;
/** Quartz is off by at most about 100 ppm; both ends may be. */
const MAX_SLOPE = 300e-6;
/** Below this span noise would look like drift. */
const MIN_SPAN_MS = 20_000;

interface Point {
  readonly at: number;
  readonly delay: number;
}

/** Plain data only, so that it can be saved and go on later. */
export interface LeastDelayState {
  /** The smallest of each bucket of time, oldest first. */
  buckets: Point[];
  /** The line under them: delay at time `at`, and what it grows by in a millisecond. */
  line: { at: number; delay: number; slope: number } | undefined;
}

export function newLeastDelay(): LeastDelayState {
  return { buckets: [], line: undefined };
}

/** Takes one difference, seen at `at`; both in milliseconds. */
export function observeDelay(state: LeastDelayState, at: number, delay: number): void {
  const { buckets } = state;
  const last = buckets.at(-1);
  if (last !== undefined && Math.floor(at / BUCKET_MS) <= Math.floor(last.at / BUCKET_MS)) {
    if (delay >= last.delay) return;
    buckets[buckets.length - 1] = { at: Math.max(at, last.at), delay };
  } else {
    buckets.push({ at, delay });
    const oldest = at - BUCKETS * BUCKET_MS;
    while (buckets.length > 1 && (buckets[0]?.at ?? at) < oldest) buckets.shift();
  }
  state.line = lineUnder(buckets);
}

/** The least delay at `at`, or undefined before the first observation. */
export function leastDelay({ line }: LeastDelayState, at: number): number | undefined {
  return line === undefined ? undefined : line.delay + (at - line.at) * line.slope;
}

function lineUnder(points: readonly Point[]): LeastDelayState['line'] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const span = last.at - first.at;
  const slope = span < MIN_SPAN_MS || points.length < 4 ? 0 : hullSlope(points);
  const limited = Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, slope));
  let delay = Number.POSITIVE_INFINITY;
  for (const point of points) delay = Math.min(delay, point.delay - (point.at - last.at) * limited);
  return { at: last.at, delay, slope: limited };
}

/** The slope of that edge of the lower hull that lies under the mean time: it has the least sum of distances to all points. */
function hullSlope(points: readonly Point[]): number {
  const hull: Point[] = [];
  let mean = 0;
  for (const point of points) {
    mean += point.at / points.length;
    for (;;) {
      const b = hull.at(-1);
      const a = hull.at(-2);
      if (a === undefined || b === undefined) break;
      if ((b.delay - a.delay) * (point.at - a.at) < (point.delay - a.delay) * (b.at - a.at)) break;
      hull.pop();
    }
    hull.push(point);
  }
  for (let n = 1; n < hull.length; n += 1) {
    const a = hull[n - 1];
    const b = hull[n];
    if (a !== undefined && b !== undefined && b.at >= mean) return (b.delay - a.delay) / (b.at - a.at);
  }
  return 0;
}
