/** Which segments a track needs around the playhead, and what may be forgotten. Pure; times are room time in ms. */
import type { SegmentView } from '../../../signaling/protocol/recordings.ts';

/** How far ahead media is fetched at speed 1; faster play needs more. */
export const AHEAD_MS = 20_000;
/** Kept behind the playhead for short jumps back. */
export const BACK_MS = 20_000;
/** Farther ahead than this is forgotten, as after a jump back. */
const FORGET_AHEAD_MS = 90_000;

export interface Need {
  readonly kind: 'video' | 'audio';
  readonly position: number;
  readonly aheadMs: number;
  /** What the source buffer has been given and still has. */
  has(segment: SegmentView): boolean;
}

/** The last keyframe at or before a moment among sorted segments; undefined when none is known. */
export function keyframeBefore(segments: readonly SegmentView[], at: number): number | undefined {
  let found: number | undefined;
  for (const segment of segments) {
    if (segment.from > at) break;
    for (const keyframe of segment.keyframes) if (keyframe <= at) found = keyframe;
  }
  return found;
}

/** Where feeding has to begin so that the moment can be decoded: the segment of the keyframe before, else its own. */
export function startOf(segments: readonly SegmentView[], kind: 'video' | 'audio', at: number): number {
  const keyframe = kind === 'video' ? keyframeBefore(segments, at) : undefined;
  const index = segments.findIndex((segment) => segment.to > (keyframe ?? at));
  return index === -1 ? segments.length : index;
}

/**
 * The segment that a run of appends has to begin with so that `next` can be decoded: undefined when it can be appended as
 * things are, since it follows the last one or begins with a keyframe itself.
 */
export function runStart(
  segments: readonly SegmentView[],
  next: SegmentView,
  last: SegmentView | undefined,
): SegmentView | undefined {
  if (last !== undefined && Math.abs(last.to - next.from) < 1 && last.initId === next.initId)
    return undefined;
  const keyframe = keyframeBefore(segments, next.from);
  if (keyframe === undefined || keyframe === next.from) return undefined;
  const start = segments[startOf(segments, 'video', next.from)];
  return start?.n === next.n ? undefined : start;
}

/**
 * Segments to append next, in order. They begin with a keyframe, and those that follow each other stay together: a
 * picture that depends on one before it is refused by the browser when that one is missing.
 */
export function segmentsNeeded(segments: readonly SegmentView[], need: Need): readonly SegmentView[] {
  const { kind, position, aheadMs } = need;
  return segments
    .slice(startOf(segments, kind, position))
    .filter((segment) => segment.from < position + aheadMs && !need.has(segment));
}

/** Ranges to remove from the buffer so that its size stays bounded however long the recording is. */
export function rangesToForget(
  segments: readonly SegmentView[],
  kind: 'video' | 'audio',
  position: number,
  backMs = BACK_MS,
): readonly { from: number; to: number }[] {
  const keep = segments[startOf(segments, kind, Math.max(0, position - backMs))];
  const ahead = { from: position + FORGET_AHEAD_MS, to: Number.POSITIVE_INFINITY };
  const until = Math.min(keep?.from ?? 0, position);
  return until > 0 ? [{ from: 0, to: until }, ahead] : [ahead];
}
