/** One media segment of a fragmented MP4 (ISO/IEC 14496-12 section 8.8): `styp`, `moof` with one run of samples, `mdat`. */
import type { ContainerFrame } from './container.ts';
import { box, fullBox, join, text, u32, u64 } from './mp4-boxes.ts';

/** `sample_depends_on` 2: a keyframe (section 8.8.3.1). */
const SYNC = 0x02000000;
/** `sample_depends_on` 1 and `sample_is_non_sync_sample`. */
const NON_SYNC = 0x01010000;
/** Data offset, and duration, size and flags of each sample. */
const TRUN_FLAGS = 0x000701;
/** Offsets count from the first byte of the `moof`, so that a segment may be read from anywhere. */
const DEFAULT_BASE_IS_MOOF = 0x020000;

export function mp4Segment(sequence: number, frames: readonly ContainerFrame[]): Uint8Array {
  const styp = box('styp', text('msdh'), u32(0), text('msdhiso6'));
  // The size of the fragment does not depend on the offset, which is only known from that size.
  const offset = fragment(sequence, frames, 0).length + 8;
  const bytes = frames.reduce((sum, { data }) => sum + data.length, 8);
  const mdat = join(u32(bytes), text('mdat'));
  return join(
    styp,
    fragment(sequence, frames, offset),
    mdat,
    frames.map(({ data }) => data),
  );
}

function fragment(sequence: number, frames: readonly ContainerFrame[], offset: number): Uint8Array {
  const samples = u32(
    ...frames.flatMap(({ duration, data, keyframe }) => [duration, data.length, keyframe ? SYNC : NON_SYNC]),
  );
  const tfhd = fullBox('tfhd', 0, DEFAULT_BASE_IS_MOOF, u32(1));
  const tfdt = fullBox('tfdt', 1, 0, u64(frames[0]?.time ?? 0));
  const trun = fullBox('trun', 1, TRUN_FLAGS, u32(frames.length, offset), samples);
  return box('moof', fullBox('mfhd', 0, 0, u32(sequence)), box('traf', tfhd, tfdt, trun));
}
