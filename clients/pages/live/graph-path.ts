/** Lines of the connection graphs as SVG paths. Pure. */

export interface Point {
  /** UTC milliseconds. */
  readonly at: number;
  /** Undefined where nothing was measured: the line has a gap there, never a zero. */
  readonly value: number | undefined;
}

export const GRAPH_SPAN_MS = 120_000;
/** Two samples further apart than this are not joined by a line. */
const GAP_MS = 4000;

/** A round number at or above the highest value, so that the scale does not dance. */
export function niceTop(highest: number): number {
  if (!(highest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const lead = [1, 2, 5, 10].find((each) => each * power >= highest) ?? 10;
  return lead * power;
}

/** Path of the last 120 s in a box of `width` × `height`, newest at the right edge, `top` at the upper edge. */
export function linePath(
  points: readonly Point[],
  now: number,
  top: number,
  width: number,
  height: number,
): string {
  let path = '';
  let previous: number | undefined;
  for (const { at, value } of points) {
    if (value === undefined || now - at > GRAPH_SPAN_MS) {
      previous = undefined;
      continue;
    }
    const x = width * (1 - (now - at) / GRAPH_SPAN_MS);
    const y = height * (1 - Math.min(1, Math.max(0, value / top)));
    const joined = previous !== undefined && at - previous <= GAP_MS;
    path += `${joined ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    previous = at;
  }
  return path;
}

export function highest(series: readonly (readonly Point[])[]): number {
  return Math.max(0, ...series.flat().map((point) => point.value ?? 0));
}
