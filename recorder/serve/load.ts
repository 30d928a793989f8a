/**
 * Loads packages for reading. One that has ended is read from its manifest; one that still grows from the state of its room
 * and the index of each track, of which only those are read again that have grown, since its manifest is written late.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { isAppError } from '../../platform/errors.ts';
import { Blob, Fill, type Manifest, type Supplement } from '../../signaling/protocol/manifest.ts';
import { LOG_FILE, RecordingState, STATE_FILE } from '../core/state.ts';
import { readAppended } from '../package/lines.ts';
import { LogTail } from '../package/log-tail.ts';
import { makeManifest, NO_STATISTICS, type TrackContent } from '../package/manifest.ts';
import { BLOBS_INDEX_FILE, fillsFile, indexFile, MANIFEST_FILE } from '../package/names.ts';
import { readIndex } from '../package/track-index.ts';
import { SUPPLEMENTS_FOLDER } from '../seal/layout.ts';
import { readManifest } from '../seal/manifest-file.ts';
import { readSupplements } from '../seal/supplement.ts';
import { refusal } from './http.ts';
import { PackageView } from './package-view.ts';

/** A package as it was read last, to be read on from. */
export class LoadedPackage {
  readonly #folder: string;
  readonly #log: LogTail;
  readonly #tracks = new Map<string, { stamp: string; content: TrackContent }>();
  #stamp = '';
  #view: PackageView | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#log = new LogTail(join(folder, LOG_FILE));
  }

  /** The package as it stands now. Throws `not-found` where there is none. */
  async view(): Promise<PackageView> {
    const state = await this.#state();
    const growing = state && !state.finished && state.package === 'recording' ? state : undefined;
    const files = growing
      ? [STATE_FILE, LOG_FILE, BLOBS_INDEX_FILE, ...growing.tracks.flatMap(({ trackId }) => filesOf(trackId))]
      : [MANIFEST_FILE, SUPPLEMENTS_FOLDER];
    const stamp = (await Promise.all(files.map((file) => stampOf(join(this.#folder, file))))).join(' ');
    if (this.#view && stamp === this.#stamp) return this.#view;
    const view = growing ? await this.#growing(growing) : await this.#ended();
    // Files that grew meanwhile have another stamp the next time.
    this.#stamp = stamp;
    this.#view = view;
    return view;
  }

  async #state(): Promise<RecordingState | undefined> {
    const text = await readFile(join(this.#folder, STATE_FILE), 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    return text === undefined ? undefined : RecordingState.parse(JSON.parse(text));
  }

  async #growing(state: RecordingState): Promise<PackageView> {
    const tracks = new Map<string, TrackContent>();
    for (const { trackId } of state.tracks) tracks.set(trackId, await this.#content(trackId));
    const blobs = await readAppended(join(this.#folder, BLOBS_INDEX_FILE), Blob);
    const log = await this.#log.read();
    return new PackageView(makeManifest({ state, stage: 'recording', log, tracks, blobs }), new Map(), []);
  }

  async #content(trackId: string): Promise<TrackContent> {
    const paths = filesOf(trackId).map((file) => join(this.#folder, file));
    const stamp = (await Promise.all(paths.map(stampOf))).join(' ');
    const kept = this.#tracks.get(trackId);
    if (kept?.stamp === stamp) return kept.content;
    const index = await readIndex(this.#folder, trackId);
    const fills = await readAppended(join(this.#folder, fillsFile(trackId)), Fill);
    const { statistics = NO_STATISTICS, durableUntil = 0 } = index.progress ?? {};
    const content = { content: index, fills, statistics, durableUntil };
    this.#tracks.set(trackId, { stamp, content });
    return content;
  }

  async #ended(): Promise<PackageView> {
    const { manifest } = await readManifest(this.#folder).catch((error: unknown) => {
      throw isAppError(error, 'not-found') ? noSuchRecording() : error;
    });
    this.#tracks.clear();
    const supplements = await readSupplements(this.#folder);
    return new PackageView(manifest, await this.#later(manifest, supplements), supplements);
  }

  async #later(manifest: Manifest, supplements: readonly Supplement[]): Promise<Map<string, Fill[]>> {
    const later = new Map<string, Fill[]>();
    for (const { trackId } of manifest.tracks) {
      const lines = await readAppended(join(this.#folder, fillsFile(trackId)), Fill);
      later.set(trackId, [...lines, ...supplements.flatMap((each) => fillOf(each, trackId))]);
    }
    return later;
  }
}

const filesOf = (trackId: string) => [indexFile(trackId), fillsFile(trackId)];

/** A part of the vehicle's copy that came after the seal is kept as a supplement, and plays in place all the same. */
function fillOf(supplement: Supplement, trackId: string): Fill[] {
  const { fillOf: of, from, supplementId, addedUtc, mimeType, file, bytes, hash, plain } = supplement;
  if (of?.trackId !== trackId || from === undefined) return [];
  const { peerId, to, errorMs } = of;
  const parsed = z.safeParse(Fill, {
    fillId: supplementId,
    uploadedUtc: addedUtc,
    ...{ peerId, from, to, errorMs, mimeType, file, bytes, hash, plain },
  });
  return parsed.success ? [parsed.data] : [];
}

export function noSuchRecording() {
  return refusal('not-found', 'There is no such recording on this recorder.');
}

/** Changes whenever a file does, as far as the file system tells; `none` without one. */
export async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}-${size}-${ino}`;
  } catch (error) {
    if (isMissing(error)) return 'none';
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
