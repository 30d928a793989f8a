/** Which moments of an export come from where: clips of segments, fills in their gaps, or nothing and why. */
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { type ClipFiles, clipsOf } from '../seal/clip.ts';
import type { FieldCause } from './words.ts';

/** Pictures a second of the copy for viewing. */
export const RATE = 25;
export const SLOT_MS = 1000 / RATE;

export interface PlannedClip extends ClipFiles {
  /** A fill is a file by itself whose container time 0 is its beginning; segments carry room time. */
  readonly isFill: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Consecutive slots from one source. */
export interface Stretch {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
  readonly clip?: PlannedClip;
  readonly cause?: FieldCause;
}

export function slotsOf(from: number, to: number): number {
  return Math.max(1, Math.ceil((to - from) / SLOT_MS));
}

/** Room time of a slot. */
export function timeOf(from: number, slot: number): number {
  return from + slot * SLOT_MS;
}

/**
 * Covers every slot from `from` to `to` exactly once. Segments come before fills; before the first keyframe of a clip
 * nothing decodes, which is a gap as well.
 */
export function planTrack(track: ManifestTrack, from: number, to: number): Stretch[] {
  const clips = clipsOf(track, from, to).map((clip) => ({
    ...planned(track, clip),
    shownFrom: shownFrom(track, clip),
  }));
  const stretches: Stretch[] = [];
  const total = slotsOf(from, to);
  for (let slot = 0; slot < total; slot += 1) {
    const at = timeOf(from, slot);
    const clip = clips.find((each) => at >= each.shownFrom && at < each.to);
    const cause = clip ? undefined : causeAt(track, clips, at);
    const open = stretches.at(-1);
    if (open && open.clip === clip && open.cause === cause)
      stretches[stretches.length - 1] = { ...open, end: slot + 1 };
    else
      stretches.push({ first: slot, end: slot + 1, ...(clip ? { clip } : {}), ...(cause ? { cause } : {}) });
  }
  return stretches;
}

/** Milliseconds of the time asked for that have no media; sound that was silence is no gap. */
export function missingMs(stretches: readonly Stretch[]): number {
  const without = stretches.filter(({ clip, cause }) => !clip && cause !== 'silence');
  return Math.round(without.reduce((sum, { first, end }) => sum + (end - first) * SLOT_MS, 0));
}

function shownFrom(track: ManifestTrack, clip: ClipFiles): number {
  if (track.kind !== 'video' || isFill(track, clip)) return clip.from;
  const keyframes = track.segments
    .filter(({ file }) => clip.files.includes(file))
    .flatMap((segment) => segment.keyframes);
  return keyframes.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...keyframes);
}

function isFill({ fills }: ManifestTrack, { files }: ClipFiles): boolean {
  return fills.some(({ file }) => file === files[0]);
}

function causeAt(track: ManifestTrack, clips: readonly ClipFiles[], at: number): FieldCause {
  if (clips.some((clip) => at >= clip.from && at < clip.to)) return 'no-keyframe';
  const gap = track.gaps.find((each) => at >= each.from && at < each.to);
  if (gap) return gap.cause;
  return at < track.from || at >= track.to ? 'outside' : 'unknown';
}

function planned(track: ManifestTrack, clip: ClipFiles): PlannedClip {
  const init = track.inits.find(({ file }) => file === clip.files[0]);
  const own = { ...clip, isFill: isFill(track, clip) };
  return init?.width && init.height ? { ...own, width: init.width, height: init.height } : own;
}
