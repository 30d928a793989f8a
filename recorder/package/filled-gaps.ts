/**
 * Which gaps the vehicle's own copy has filled. It comes in files that begin and end where its encoder did, so a gap may
 * need several, and one may cover only a part: then the gap is listed in parts, each filled by one file or still open.
 */
import type { Fill, Gap } from '../../signaling/protocol/manifest.ts';

/** Causes that the vehicle's own copy can mend: what it sent and the recorder does not have, and what nobody can explain. */
const MENDABLE: ReadonlySet<Gap['cause']> = new Set([
  'lost',
  'link',
  'recorder',
  'kernel-drop',
  'no-keyframe',
  'unknown',
]);
/** Rounding of clocks and the length of a frame at either end of a file, beside what the file says of itself. */
const TOLERANCE_MS = 100;
/** A file whose time is known worse than this is taken at its word only so far. */
const MOST_SLACK_MS = 1000;

export const isMendable = ({ cause }: Gap): boolean => MENDABLE.has(cause);

/** The same times as before, in order, split where one fill ends and another begins or nothing is there. */
export function filledGaps(gaps: readonly Gap[], fills: readonly Fill[]): Gap[] {
  if (fills.length === 0) return [...gaps];
  return gaps.flatMap((gap) => (gap.filled || !isMendable(gap) ? [gap] : partsOf(gap, fills)));
}

function partsOf(gap: Gap, fills: readonly Fill[]): Gap[] {
  const near = fills.filter(({ from, to }) => from < gap.to && to > gap.from);
  const parts: Gap[] = [];
  let at = gap.from;
  while (at < gap.to) {
    const fill = longestFrom(at, near);
    const next = fill ? undefined : near.map(({ from }) => from).filter((from) => from > at);
    const end = fill ? fill.to + slackOf(fill) : Math.min(gap.to, ...(next ?? []));
    // A rest within the tolerance of the file before it is nothing to ask for; else it ends where the file does.
    const to = fill && end < gap.to ? fill.to : Math.min(gap.to, end);
    const filled = fill ? { filled: { fillId: fill.fillId, at: fill.uploadedUtc } } : {};
    parts.push({ ...gap, from: at, to, ...filled });
    at = to;
  }
  return parts;
}

/** Of the files that have this moment, or begin within their tolerance behind it, the one that lasts longest. */
function longestFrom(at: number, fills: readonly Fill[]): Fill | undefined {
  const covering = fills.filter((fill) => fill.from <= at + slackOf(fill) && fill.to > at);
  return covering.reduce<Fill | undefined>(
    (most, fill) => (most && most.to >= fill.to ? most : fill),
    undefined,
  );
}

const slackOf = ({ errorMs }: Fill): number => Math.min(errorMs, MOST_SLACK_MS) + TOLERANCE_MS;
