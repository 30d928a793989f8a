/** Times of a track without media, and why: from the distances between frames and from what the journal notes in between. */
import type { GapCause } from '../../signaling/protocol/manifest.ts';
import type { TrackNote } from '../core/types.ts';

/** Beyond the end of the frame before. Sound has exact lengths; pictures come when there is something new. */
const SOUND_MS = 5;
const PICTURE_FAULT_MS = 10;
const PICTURE_PAUSE_MS = 250;
const PICTURE_UNKNOWN_MS = 2000;
const FIRST_PICTURE_MS = 33;
const LONGEST_PICTURE_MS = 200;

type State = 'paused' | 'muted' | 'link';

/** Plain data only, so that it can be saved and go on later. */
export interface GapFinderState {
  /** End of the last frame, as far as it is known. */
  end: number | undefined;
  /** Room time of the last frame, and what the one before lasted. */
  last: number;
  lasted: number;
  /** What holds now. */
  holds: State[];
  /** What happened since the last frame. */
  since: GapCause[];
  /** Room time of the first picture that could not be used for want of a keyframe. */
  skippedFrom: number | undefined;
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly cause: GapCause;
}

export function newGapFinder(): GapFinderState {
  return { end: undefined, last: 0, lasted: FIRST_PICTURE_MS, holds: [], since: [], skippedFrom: undefined };
}

/** The gravest first: what the recorder itself did wrong must never hide behind another cause. */
const ORDER: readonly GapCause[] = [
  'recorder',
  'kernel-drop',
  'shed',
  'switched-off',
  'link',
  'paused',
  'muted',
  'lost',
  'no-keyframe',
];

function happened(state: GapFinderState, cause: GapCause): void {
  if (!state.since.includes(cause)) state.since.push(cause);
}

function begins(state: GapFinderState, what: State): void {
  if (!state.holds.includes(what)) state.holds.push(what);
  happened(state, what);
}

function ends(state: GapFinderState, what: State): void {
  state.holds = state.holds.filter((held) => held !== what);
}

/** Takes a note at its place between the frames. */
export function noteGap(state: GapFinderState, note: TrackNote): void {
  if (note.kind === 'paused') begins(state, 'paused');
  else if (note.kind === 'resumed') ends(state, 'paused');
  else if (note.kind === 'muted') begins(state, 'muted');
  else if (note.kind === 'unmuted') ends(state, 'muted');
  else if (note.kind === 'link-lost') begins(state, 'link');
  else if (note.kind === 'link-back') ends(state, 'link');
  else if (note.kind === 'kernel-drop') happened(state, 'kernel-drop');
  else if (note.kind === 'recorder-back') happened(state, 'recorder');
  else if (note.kind === 'shed') happened(state, 'shed');
  else if (note.kind === 'stopped') happened(state, 'switched-off');
}

/** Packets before the next frame never came. */
export function lossGap(state: GapFinderState): void {
  happened(state, 'lost');
}

/** Pictures from `ms` on are there but decode with nothing. */
export function skipGap(state: GapFinderState, ms: number): void {
  state.skippedFrom ??= ms;
  happened(state, 'no-keyframe');
}

/** What was shown from `ms` on is replaced: the next frame follows the one before that. */
export function replaceFrom(state: GapFinderState, ms: number): void {
  if (state.end !== undefined) state.end = Math.min(state.end, ms);
  state.last = Math.min(state.last, ms - state.lasted);
}

/**
 * The track ends at `ms`, or its recording does. When its publisher was lost since the last frame, what it sent then never
 * came and nobody will send a frame behind it: answers that gap. A source that was closed by its own will leaves none.
 */
export function endGap(state: GapFinderState, ms: number): Found | undefined {
  const { end: from, holds, since } = state;
  const sent = !holds.includes('paused') && !holds.includes('muted');
  if (!since.includes('link') || !sent || from === undefined || ms - from <= PICTURE_FAULT_MS)
    return undefined;
  state.end = ms;
  return { from, to: ms, cause: 'link' };
}

/** Takes a frame of `durationMs`, which only sound knows; answers the gap before it. */
export function frameGap(
  state: GapFinderState,
  ms: number,
  durationMs: number | undefined,
): Found | undefined {
  const from = state.end ?? state.skippedFrom;
  const cause = ORDER.find((one) => state.since.includes(one));
  const gap = from !== undefined && ms - from > allowed(cause, durationMs !== undefined);
  if (state.end !== undefined && durationMs === undefined && !gap) {
    state.lasted = Math.min(LONGEST_PICTURE_MS, Math.max(1, ms - state.last));
  }
  state.last = ms;
  state.end = ms + (durationMs ?? state.lasted);
  state.since = [...state.holds];
  state.skippedFrom = undefined;
  if (!gap || from === undefined) return undefined;
  return { from, to: ms, cause: cause ?? (durationMs === undefined ? 'unknown' : 'silence') };
}

function allowed(cause: GapCause | undefined, sound: boolean): number {
  if (sound) return SOUND_MS;
  if (cause === undefined) return PICTURE_UNKNOWN_MS;
  return cause === 'paused' || cause === 'muted' ? PICTURE_PAUSE_MS : PICTURE_FAULT_MS;
}
