/** The original segments of the time asked for, as playable clips with their proofs. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../platform/files.ts';
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { type ClipFiles, ClipProver, clipsOf } from '../seal/clip.ts';
import type { ExportOptions } from './types.ts';

export interface OriginalClip {
  readonly file: string;
  readonly proof: string;
  readonly trackId: string;
  /** Room time in milliseconds; begins at a keyframe, so maybe before what was asked for. */
  readonly from: number;
  readonly to: number;
}

export interface OriginalsOptions extends Pick<ExportOptions, 'folder' | 'access' | 'from' | 'to' | 'blank'> {
  readonly out: string;
  readonly tracks: readonly ManifestTrack[];
  /** 0 to 1. */
  readonly onDone: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Writes `clips/<track>-<n>.<ending>` and its proof for each; returns them in order. */
export async function writeOriginals(options: OriginalsOptions): Promise<OriginalClip[]> {
  const { folder, access, tracks, from, to, blank, out, onDone, signal } = options;
  const prover = await ClipProver.open(folder, access);
  const clips = tracks.flatMap((track, order) =>
    clipsOf(withoutBlanked(track, blank), from, to).map((clip, index) => ({ clip, order, index })),
  );
  const total = clips.reduce((sum, { clip }) => sum + clip.files.length, 0);
  const written: OriginalClip[] = [];
  let done = 0;
  for (const { clip, order, index } of clips) {
    const name = `track-${order + 1}-clip-${index + 1}`;
    const file = `clips/${name}.${endingOf(clip)}`;
    const handle = await open(join(out, file), 'wx');
    try {
      const proof = await prover.prove(clip, `${name}.${endingOf(clip)}`, async (piece) => {
        signal?.throwIfAborted();
        await handle.write(piece);
        done += 1;
        onDone(done / total);
      });
      await handle.sync();
      const proofFile = `clips/${name}.proof.json`;
      await writeAtomically(join(out, proofFile), `${JSON.stringify(proof, null, 1)}\n`);
      written.push({ file, proof: proofFile, trackId: clip.trackId, from: clip.from, to: clip.to });
    } finally {
      await handle.close();
    }
  }
  return written;
}

/**
 * What is blanked in the copy for viewing must not lie beside it in the clear: segments and fills of that time are left out
 * of the clips, whole, because a segment that is changed proves nothing.
 */
function withoutBlanked(track: ManifestTrack, blank: ExportOptions['blank']): ManifestTrack {
  const own = blank.filter(({ trackId }) => trackId === track.trackId);
  const isOpen = ({ from, to }: { readonly from: number; readonly to: number }) =>
    !own.some((each) => each.from < to && each.to > from);
  return { ...track, segments: track.segments.filter(isOpen), fills: track.fills.filter(isOpen) };
}

function endingOf({ mimeType }: ClipFiles): string {
  if (mimeType.includes('/webm')) return 'webm';
  return mimeType.startsWith('audio') ? 'm4a' : 'mp4';
}
