/** Makes the segments of a package again from its journals, by the same fold, and compares or replaces them. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { Manifest, type ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { LOG_FILE, RecordingState, STATE_FILE } from '../core/state.ts';
import { listJournalFiles } from '../journal/reader.ts';
import { BLOBS_INDEX_FILE, fillsFile, indexFile, MANIFEST_FILE, trackFolder } from './names.ts';
import { RoomPackager, type RoomPackagerOptions } from './room-packager.ts';

export interface RebuildOptions extends Pick<RoomPackagerOptions, 'trackKey' | 'packageKey'> {
  /** Puts what was made in place of what was there. Refused with `sealed` for a sealed package that would change. */
  readonly replace?: boolean;
  readonly onProblem?: (trackId: string, error: unknown) => void;
}

export interface Difference {
  readonly trackId: string;
  /** `init i1`, `segment 12`, `gaps` or `clock`. */
  readonly what: string;
}

export interface Rebuilt {
  readonly segments: number;
  /** What is not as it was: nothing, unless files were lost or changed, or journals of one peer were not yet side by side. */
  readonly differences: readonly Difference[];
  readonly replaced: boolean;
}

/** Works beside the package on the same disk and needs as much space as its segments take. The package must not grow meanwhile. */
export async function rebuild(packageFolder: string, options: RebuildOptions): Promise<Rebuilt> {
  const folder = resolve(packageFolder);
  const state = RecordingState.parse(JSON.parse(await readFile(join(folder, STATE_FILE), 'utf8')));
  const made = await mkdtemp(join(dirname(folder), '.rebuild-'));
  try {
    await lay(folder, made, state);
    const { trackKey, packageKey, onProblem = () => undefined } = options;
    const packager = new RoomPackager({ folder: made, trackKey, packageKey, onProblem });
    try {
      await packager.finish(state);
    } finally {
      await packager.close();
    }
    const before = await readManifest(folder);
    const after = await readManifest(made);
    if (!after) throw new AppError('rebuild-failed', `Nothing could be made of ${folder}.`);
    const differences = await differencesOf(folder, before, after);
    const replaced = options.replace === true && differences.length > 0;
    if (replaced && before?.state === 'sealed') throw sealed(state.roomId);
    if (replaced) await replaceWith(made, folder, after);
    const segments = after.tracks.reduce((sum, track) => sum + track.segments.length, 0);
    return { segments, differences, replaced };
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** The part of a package that everything else follows from; journals as links. */
async function lay(from: string, to: string, state: RecordingState): Promise<void> {
  for (const name of [STATE_FILE, LOG_FILE, BLOBS_INDEX_FILE])
    await copyIfThere(join(from, name), join(to, name));
  for (const { trackId } of state.tracks) {
    await mkdir(join(to, trackFolder(trackId)), { recursive: true });
    await copyIfThere(join(from, fillsFile(trackId)), join(to, fillsFile(trackId)));
    for (const { name } of await listJournalFiles(join(from, trackFolder(trackId))))
      await symlink(join(from, trackFolder(trackId), name), join(to, trackFolder(trackId), name));
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Manifest.parse(JSON.parse(text));
  } catch {
    // A damaged manifest is one of the reasons to rebuild: everything differs from it.
    return undefined;
  }
}

async function differencesOf(
  folder: string,
  before: Manifest | undefined,
  after: Manifest,
): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const track of after.tracks) {
    const { trackId } = track;
    const old = before?.tracks.find((each) => each.trackId === trackId);
    const there = new Set(await readdir(join(folder, trackFolder(trackId))));
    const missing = (file: string) => !there.has(file.slice(file.lastIndexOf('/') + 1));
    const note = (what: string) => found.push({ trackId, what });
    for (const init of track.inits)
      if (
        missing(init.file) ||
        !sameFile(
          init,
          old?.inits.find(({ initId }) => initId === init.initId),
        )
      )
        note(`init ${init.initId}`);
    const segments = new Map(old?.segments.map((segment) => [segment.n, segment]));
    for (const segment of track.segments)
      if (missing(segment.file) || !sameFile(segment, segments.get(segment.n))) note(`segment ${segment.n}`);
    if ((old?.segments.length ?? 0) > track.segments.length) note('more segments');
    if (listOf(old, 'gaps') !== listOf(track, 'gaps')) note('gaps');
    if (listOf(old, 'clock') !== listOf(track, 'clock')) note('clock');
  }
  return found;
}

function sameFile(made: { hash: string }, old: { hash: string } | undefined): boolean {
  return made.hash === old?.hash;
}

function listOf(track: ManifestTrack | undefined, name: 'gaps' | 'clock'): string {
  return JSON.stringify(track?.[name] ?? []);
}

/** Files first, then the index that names them, then the manifest: cut short, it is simply done again. */
async function replaceWith(made: string, folder: string, { tracks }: Manifest): Promise<void> {
  for (const { trackId, inits, segments, playlist } of tracks) {
    const names = [...inits, ...segments].map(({ file }) => file);
    for (const file of [...names, indexFile(trackId), ...(playlist && segments.length > 0 ? [playlist] : [])])
      await rename(join(made, file), join(folder, file));
    const wanted = new Set(names);
    for (const name of await readdir(join(folder, trackFolder(trackId)))) {
      const file = `${trackFolder(trackId)}/${name}`;
      if (/^(?:seg|init|thumb)-/.test(name) && !wanted.has(file)) await rm(join(folder, file));
    }
  }
  await rename(join(made, MANIFEST_FILE), join(folder, MANIFEST_FILE));
}

function sealed(roomId: string): AppError {
  return new AppError(
    'sealed',
    `Recording ${roomId} is sealed, and its segments are not what its journals give.`,
    {
      whatToDo:
        'Verify it first: restore the files that were changed, or take the segments that were made anew from a copy.',
    },
  );
}
