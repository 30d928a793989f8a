/**
 * An export: the copy for viewing, the original segments with their proofs, the custody page and a page that checks it all
 * offline, in one folder. The caller has written the audit before, and answers for who may have it.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import type { Manifest, ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { hashFile } from '../seal/hash-file.ts';
import { readManifest } from '../seal/manifest-file.ts';
import { custodyHtml, custodyJson } from './custody.ts';
import { writeOriginals } from './originals.ts';
import { missingMs, planTrack } from './plan.ts';
import type { ExportedFile, ExportOptions, ExportResult, OnProgress } from './types.ts';
import { verifyPage } from './verify-page.ts';
import { writeView } from './view.ts';

/** The largest part of the time goes into the picture. */
const CLIPS_SHARE = 0.1;
const MOST_MS = 24 * 3_600_000;

/**
 * Writes an export into the folder `out`, which it makes. When it fails or is aborted nothing of it is left. Throws
 * `not-sealed`, `usage` for times or tracks that are not there, `export-failed`, and what reading the package throws.
 */
export async function exportClip(
  options: ExportOptions,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<ExportResult> {
  const { manifest } = await readManifest(options.folder);
  const tracks = chosen(manifest, options);
  const { seal } = manifest;
  if (!seal)
    throw new AppError('not-sealed', `Recording ${manifest.roomId} is not sealed yet.`, {
      status: 409,
      whatToDo: 'Export it once it has ended, was checked and is sealed.',
    });
  await mkdir(options.out);
  try {
    return await write(options, manifest, tracks, {
      onProgress,
      keyId: seal.keyId,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    await rm(options.out, { recursive: true, force: true });
    throw error;
  }
}

interface Run {
  readonly onProgress: OnProgress;
  readonly keyId: string;
  readonly signal?: AbortSignal;
}

async function write(
  options: ExportOptions,
  manifest: Manifest,
  tracks: readonly ManifestTrack[],
  { onProgress, keyId, signal }: Run,
): Promise<ExportResult> {
  const { out, from, to, now = Date.now } = options;
  const abort = signal ? { signal } : {};
  await mkdir(join(out, 'clips'));
  const onClips = (done: number) => onProgress(done * CLIPS_SHARE, 'clips');
  const clips = await writeOriginals({ ...options, tracks, onDone: onClips, ...abort });
  const { hasWords } = await writeView({
    ...options,
    manifest,
    tracks,
    file: join(out, 'view.mp4'),
    work: join(out, '.work'),
    onDone: (done) => onProgress(CLIPS_SHARE + done * (0.98 - CLIPS_SHARE), 'picture'),
    ...abort,
  });
  onProgress(0.98, 'pages');
  const files: ExportedFile[] = [await exported(out, 'view.mp4', 'view')];
  for (const { file, proof } of clips)
    files.push(await exported(out, file, 'clip'), await exported(out, proof, 'proof'));
  const missing = Object.fromEntries(
    tracks.map((track) => [track.trackId, missingMs(planTrack(track, from, to))]),
  );
  const notes = hasWords ? [] : (['no-font'] as const);
  const facts = { options, manifest, files: [...files], clips, missing, notes, exportedUtc: now() };
  await writeFile(join(out, 'custody.json'), `${JSON.stringify(custodyJson(facts), null, 2)}\n`);
  await writeFile(join(out, 'custody.html'), custodyHtml(facts));
  files.push(await exported(out, 'custody.json', 'custody'), await exported(out, 'custody.html', 'custody'));
  await writeFile(join(out, 'verify.html'), verifyPage(options.language, keyId, files));
  files.push(await exported(out, 'verify.html', 'page'));
  onProgress(1, 'pages');
  return { folder: out, files, notes, missing };
}

async function exported(out: string, file: string, what: ExportedFile['what']): Promise<ExportedFile> {
  const { bytes, hash } = await hashFile(join(out, file));
  return { file, bytes, sha256: hash, what };
}

function chosen(manifest: Manifest, { trackIds, from, to }: ExportOptions): ManifestTrack[] {
  if (!(to > from && to - from <= MOST_MS))
    throw usage('The end must lie behind the beginning, by a day at most.');
  return trackIds.map((trackId) => {
    const track = manifest.tracks.find((each) => each.trackId === trackId);
    if (!track || track.kind === 'messages')
      throw usage(`There is no track ${trackId} with picture or sound.`);
    return track;
  });
}

function usage(what: string): AppError {
  return new AppError('usage', what, {
    status: 400,
    whatToDo: 'Look at the recording for its tracks and their times.',
  });
}
