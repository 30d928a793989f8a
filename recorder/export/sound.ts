/** The sound of one track as raw samples (16 bit, stereo, 48 kHz): silence wherever there is none or it is blanked. */
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { runFfmpeg } from '../seal/ffmpeg.ts';
import { Handover } from './handover.ts';
import { plainPieces } from './pieces.ts';
import { planTrack, SLOT_MS, type Stretch, timeOf } from './plan.ts';
import type { ExportOptions } from './types.ts';

const SAMPLE_RATE = 48_000;
/** Bytes of one slot: 16 bit, two channels. */
const SLOT_BYTES = ((SAMPLE_RATE * SLOT_MS) / 1000) * 4;
export const SOUND_INPUT = ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '2'] as const;

export interface SoundOptions extends Pick<ExportOptions, 'access' | 'from' | 'to' | 'blank'> {
  readonly signal?: AbortSignal;
}

/** One block for each slot of the time asked for. */
export async function* sound(track: ManifestTrack, options: SoundOptions): AsyncGenerator<Uint8Array> {
  const silence = new Uint8Array(SLOT_BYTES);
  const blanks = options.blank.filter(({ kind, trackId }) => kind === 'audio' && trackId === track.trackId);
  for (const stretch of planTrack(track, options.from, options.to)) {
    let slot = stretch.first;
    const blocks = stretch.clip ? decoded(stretch, stretch.clip, options) : silent(stretch, silence);
    for await (const block of blocks) {
      const at = timeOf(options.from, slot);
      const isHidden = blanks.some(({ from, to }) => at < to && at + SLOT_MS > from);
      yield isHidden ? silence : block;
      slot += 1;
    }
  }
}

function* silent({ first, end }: Stretch, silence: Uint8Array): Generator<Uint8Array> {
  for (let slot = first; slot < end; slot += 1) yield silence;
}

async function* decoded(
  { first, end }: Stretch,
  clip: NonNullable<Stretch['clip']>,
  { access, from, signal }: SoundOptions,
): AsyncGenerator<Uint8Array> {
  const handover = new Handover(SLOT_BYTES);
  const abort = new AbortController();
  const start = (timeOf(from, first) - (clip.isFill ? clip.from : 0)) / 1000;
  const running = runFfmpeg({
    args: [
      ...['-v', 'error', '-copyts', '-i', 'pipe:3', '-map', '0:a:0'],
      // Samples follow their timestamps: where some are missing, aresample puts silence.
      ...['-af', `atrim=start=${start.toFixed(6)},asetpts=PTS-${start.toFixed(6)}/TB,${RESAMPLE}`],
      ...['-ac', '2', '-f', 's16le', 'pipe:1'],
    ],
    inputs: [plainPieces(access, clip.files)],
    onOutput: (piece) => handover.push(piece),
    signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal,
  }).then(
    () => handover.end(),
    (error: unknown) => handover.end(abort.signal.aborted ? undefined : error),
  );
  try {
    for (let slot = first; slot < end; slot += 1) {
      const block = await handover.take();
      if (block) yield block;
      else {
        const last = new Uint8Array(SLOT_BYTES);
        last.set(handover.rest());
        yield last;
      }
    }
  } finally {
    abort.abort();
    handover.drop();
    await running;
  }
}

const RESAMPLE = `aresample=${SAMPLE_RATE}:async=1:min_hard_comp=0.02:first_pts=0`;
