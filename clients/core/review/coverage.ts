/** What a track has at a moment: media, a gap with its cause, or nothing yet. Pure; all times are room time in ms. */
import type { Gap, GapCause } from '../../../signaling/protocol/manifest.ts';

/** Shorter holes are a lost frame or two: they stand on the time bar but would only flicker on a picture. */
export const SHORTEST_COVER_MS = 200;
/** Nobody sent or asked for anything: shown, but no fault. */
const NO_FAULT: readonly GapCause[] = ['silence', 'paused', 'muted', 'switched-off'];

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TrackSpan extends Span {
  readonly gaps: readonly Gap[];
}

export type Moment =
  | { readonly kind: 'media' }
  | ({ readonly kind: 'gap'; readonly cause: GapCause; readonly fillId?: string } & Span)
  | { readonly kind: 'before'; readonly at: number }
  | { readonly kind: 'after'; readonly at: number }
  /** Its segments have not been asked for. */
  | { readonly kind: 'unknown' };

export function isFault(gap: { readonly cause: GapCause; readonly filled?: unknown }): boolean {
  return gap.filled === undefined && !NO_FAULT.includes(gap.cause);
}

/** The listed gap around a moment; of overlapping ones the longest. */
export function gapAt(gaps: readonly Gap[], at: number): Gap | undefined {
  let found: Gap | undefined;
  for (const gap of gaps) {
    if (at < gap.from || at >= gap.to || gap.to - gap.from < SHORTEST_COVER_MS) continue;
    if (found === undefined || gap.to - gap.from > found.to - found.from) found = gap;
  }
  return found;
}

/**
 * What to show of a track at `at`. `segments` are those known around it, sorted by `from`; `known` says whether the
 * index has been asked about this time. Time that neither a segment nor a listed gap covers is shown as a gap as well:
 * a picture that stands still there would lie.
 */
export function momentAt(track: TrackSpan, segments: readonly Span[], known: boolean, at: number): Moment {
  if (at < track.from) return { kind: 'before', at: track.from };
  if (at >= track.to) return { kind: 'after', at: track.to };
  const gap = gapAt(track.gaps, at);
  if (gap !== undefined) {
    const fill = gap.filled === undefined ? {} : { fillId: gap.filled.fillId };
    return { kind: 'gap', from: gap.from, to: gap.to, cause: gap.cause, ...fill };
  }
  if (!known) return { kind: 'unknown' };
  return holeAt(track, segments, at) ?? { kind: 'media' };
}

/** Time between two segments that nothing explains. */
function holeAt(track: TrackSpan, segments: readonly Span[], at: number): Moment | undefined {
  let from = track.from;
  let to = track.to;
  for (const segment of segments) {
    if (segment.from <= at && at < segment.to) return undefined;
    if (segment.to <= at) from = Math.max(from, segment.to);
    if (segment.from > at) to = Math.min(to, segment.from);
  }
  return to - from < SHORTEST_COVER_MS ? undefined : { kind: 'gap', from, to, cause: 'unknown' };
}
