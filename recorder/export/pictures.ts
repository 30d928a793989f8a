/**
 * The pictures of one track at a constant rate and size, as raw frames (YUV 4:2:0): decoded where there is media, a plain
 * field with words where there is none. A picture is never held over a gap: a still patient and a missing picture must
 * not look alike.
 */
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { runFfmpeg } from '../seal/ffmpeg.ts';
import type { DrawnOnTrack } from './drawn.ts';
import { Handover } from './handover.ts';
import { plainPieces } from './pieces.ts';
import { planTrack, RATE, type Stretch, timeOf } from './plan.ts';
import { blankArea, frameBytes, type Placement, placementOf, type Size } from './raster.ts';
import type { Blanking, ExportOptions } from './types.ts';
import type { FieldCause } from './words.ts';

/** A picture may stand for its own time, which is long where a source sends few; longer it would be held over damage. */
const HOLD_SLOTS = 2 * RATE;

export interface PictureOptions extends Pick<ExportOptions, 'access' | 'from' | 'to' | 'blank'> {
  readonly tile: Size;
  readonly signal?: AbortSignal;
  /** Marks that people drew on this track. */
  readonly drawn?: DrawnOnTrack;
  /** A frame that says why there is no picture. */
  field(cause: FieldCause): Uint8Array;
  /** Called with each slot that was made. */
  onSlot?(): void;
}

/** One frame for each slot of the time asked for. */
export async function* pictures(track: ManifestTrack, options: PictureOptions): AsyncGenerator<Uint8Array> {
  const blanks = options.blank.filter(({ kind, trackId }) => kind === 'video' && trackId === track.trackId);
  for (const stretch of planTrack(track, options.from, options.to)) {
    const frames = stretch.clip ? decoded(stretch, stretch.clip, options) : fields(stretch, options);
    let slot = stretch.first;
    for await (const decodedFrame of frames) {
      const at = timeOf(options.from, slot);
      const frame = stretch.clip ? await marked(decodedFrame, at, stretch.clip, options) : decodedFrame;
      const hidden = blanks.filter(({ from, to }) => at < to && at + 1000 / RATE > from);
      yield stretch.clip && hidden.length > 0 ? blanked(frame, hidden, stretch.clip, options.tile) : frame;
      slot += 1;
      options.onSlot?.();
    }
  }
}

/** Blanks are laid over marks, never the other way. Where the picture lies in its tile is not known, none are drawn. */
async function marked(
  frame: Uint8Array,
  at: number,
  clip: NonNullable<Stretch['clip']>,
  { drawn, tile }: PictureOptions,
): Promise<Uint8Array> {
  const { width, height, x, y } = placementOf(clip, tile);
  if (!drawn || width === undefined || height === undefined) return frame;
  return drawn.paint(frame, at, { width, height, x, y });
}

function* fields(
  { first, end, cause = 'unknown' }: Stretch,
  { field }: PictureOptions,
): Generator<Uint8Array> {
  for (let slot = first; slot < end; slot += 1) yield field(cause);
}

async function* decoded(
  { first, end }: Stretch,
  clip: NonNullable<Stretch['clip']>,
  options: PictureOptions,
): AsyncGenerator<Uint8Array> {
  const { tile, from, field } = options;
  const placement = placementOf(clip, tile);
  const handover = new Handover(frameBytes(tile));
  const abort = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  const isVp9 = /vp0?9/.test(clip.mimeType);
  const running = runFfmpeg({
    args: [
      ...[
        '-v',
        'error',
        ...(isVp9 ? ['-c:v', 'libvpx-vp9'] : []),
        '-copyts',
        '-i',
        'pipe:3',
        '-map',
        '0:v:0',
      ],
      ...['-vf', filterOf(placement, tile, startOf(clip, timeOf(from, first)))],
      ...['-pix_fmt', 'yuv420p', '-frames:v', String(end - first), '-f', 'rawvideo', 'pipe:1'],
    ],
    inputs: [plainPieces(options.access, clip.files)],
    onOutput: (piece) => handover.push(piece),
    signal,
  }).then(
    () => handover.end(),
    (error: unknown) => handover.end(abort.signal.aborted ? undefined : error),
  );
  let last: Uint8Array | undefined;
  let held = 0;
  try {
    for (let slot = first; slot < end; slot += 1) {
      const frame = await handover.take();
      held = frame ? 0 : held + 1;
      last = frame ?? (held <= HOLD_SLOTS ? last : undefined);
      yield last ?? field('damaged');
    }
  } finally {
    abort.abort();
    handover.drop();
    await running;
  }
}

/** Container time of a moment of the room: segments carry room time, a fill begins at its own 0. */
function startOf({ from, isFill }: NonNullable<Stretch['clip']>, at: number): number {
  return (isFill ? at - from : at) / 1000;
}

function filterOf({ width, height, x, y }: Placement, tile: Size, start: number): string {
  const fit = width === undefined ? ':force_original_aspect_ratio=decrease' : '';
  return [
    `setpts=PTS-${start.toFixed(6)}/TB`,
    `fps=fps=${RATE}:start_time=0`,
    `scale=${width ?? tile.width}:${height ?? tile.height}${fit}`,
    width === undefined
      ? `pad=${tile.width}:${tile.height}:(ow-iw)/2:(oh-ih)/2`
      : `pad=${tile.width}:${tile.height}:${x}:${y}`,
  ].join(',');
}

function blanked(
  frame: Uint8Array,
  hidden: readonly Blanking[],
  clip: NonNullable<Stretch['clip']>,
  tile: Size,
): Uint8Array {
  const copy = Uint8Array.from(frame);
  const placement = placementOf(clip, tile);
  for (const { area } of hidden) blankArea(copy, tile, placement, area);
  return copy;
}
