/**
 * A recording as it is read: its manifest with what came later laid over it (fills that are not in it yet), indexed, so that a
 * window of a long recording costs a binary search and a file a look-up.
 */
import type {
  Fill,
  Gap,
  Manifest,
  ManifestTrack,
  Segment,
  Supplement,
} from '../../signaling/protocol/manifest.ts';
import {
  MAX_HEAD_THUMBNAILS,
  type RecordingHead,
  type TrackHead,
} from '../../signaling/protocol/recorder-http.ts';
import type { Purpose, SegmentList } from '../../signaling/protocol/recordings.ts';
import { filledGaps, isMendable } from '../package/filled-gaps.ts';

/** Gaps that are no faults. */
const NORMAL: ReadonlySet<Gap['cause']> = new Set(['silence', 'paused', 'muted']);
export interface PackageFile {
  readonly file: string;
  readonly contentType: string;
  /** False for the few files that hold nothing of anybody, such as playlists. */
  readonly encrypted: boolean;
  /** Room time that it holds. */
  readonly time?: { readonly from: number; readonly to: number };
}

interface Track {
  readonly track: ManifestTrack;
  readonly segments: readonly Segment[];
  readonly gaps: readonly Gap[];
  readonly fills: readonly Fill[];
  readonly files: ReadonlyMap<string, PackageFile>;
}

export class PackageView {
  readonly manifest: Manifest;
  readonly #later: ReadonlyMap<string, readonly Fill[]>;
  readonly #supplements: readonly Supplement[];
  readonly #given: ReadonlyMap<string, ManifestTrack>;
  /** Made when they are asked for: a long recording has tens of thousands of files. */
  readonly #tracks = new Map<string, Track>();

  /** @param later fills by track that the manifest does not have */
  constructor(
    manifest: Manifest,
    later: ReadonlyMap<string, readonly Fill[]>,
    supplements: readonly Supplement[],
  ) {
    this.manifest = manifest;
    this.#later = later;
    this.#supplements = supplements;
    this.#given = new Map(manifest.tracks.map((track) => [track.trackId, track]));
  }

  get live(): boolean {
    return this.manifest.state === 'recording';
  }

  file(path: string): PackageFile | undefined {
    const trackId = /^tracks\/([^/]+)\//.exec(path)?.[1];
    if (trackId !== undefined) return this.#track(trackId)?.files.get(path);
    const others = [...this.manifest.blobs, ...this.#supplements];
    const other = others.find(({ file }) => file === path);
    const fill = this.#all()
      .flatMap(({ fills }) => fills)
      .find(({ file }) => file === path);
    if (fill) return fileOfFill(fill);
    return other && { file: path, contentType: other.mimeType, encrypted: true };
  }

  has(trackId: string): boolean {
    return this.#given.has(trackId);
  }

  #track(trackId: string): Track | undefined {
    const given = this.#given.get(trackId);
    const view = this.#tracks.get(trackId) ?? (given && viewOf(given, this.#later.get(trackId) ?? []));
    if (view) this.#tracks.set(trackId, view);
    return view;
  }

  #all(): Track[] {
    return this.manifest.tracks.flatMap(({ trackId }) => this.#track(trackId) ?? []);
  }

  #bytes(): number {
    const { log, blobs, tracks } = this.manifest;
    const fills = this.#all().flatMap((track) => track.fills);
    const stored = tracks.flatMap(({ inits, segments, thumbnails, journal }) => [
      inits,
      segments,
      thumbnails,
      journal,
    ]);
    const lists: (readonly { bytes: number }[])[] = [...stored, fills, blobs, this.#supplements, [log]];
    return lists.reduce((sum, list) => list.reduce((part, { bytes }) => part + bytes, sum), 0);
  }

  head(purposes: Purpose[]): RecordingHead {
    const { roomId, incidentId, drill, state, createdUtc, anchorUtc, from, to, check, seal } = this.manifest;
    const tracks = this.#all();
    return {
      ...{ roomId, incidentId, drill, state, createdUtc, anchorUtc, from, to, purposes },
      bytes: this.#bytes(),
      gaps: tracks.flatMap(({ gaps }) => gaps).filter(({ cause }) => !NORMAL.has(cause)).length,
      tracks: tracks.map(headOf),
      ...(check ? { check } : {}),
      ...(seal
        ? {
            seal: {
              sealedUtc: seal.sealedUtc,
              root: seal.root,
              timestamped: seal.timestamp?.token !== undefined,
            },
          }
        : {}),
    };
  }

  /** Segments that overlap the window, and before them those from the last keyframe on; undefined without the track. */
  window(trackId: string, from: number, to: number): SegmentList | undefined {
    const found = this.#track(trackId);
    if (!found) return undefined;
    const { segments, gaps, track } = found;
    const first = firstEndingBehind(segments, from);
    const end = firstEndingBehind(segments, to);
    const last = segments[end];
    const behind = last && last.from < to ? end + 1 : end;
    const start = track.kind === 'video' ? keyframeBefore(segments, first, from) : first;
    return {
      segments: segments.slice(start, behind).map(({ hash: _h, plain: _p, bytes: _b, ...view }) => view),
      gaps: gaps.filter((gap) => gap.to > from && gap.from < to),
      completeTo: this.live ? (segments.at(-1)?.to ?? track.from) : Math.max(track.to, this.manifest.to),
    };
  }

  /** What the vehicle's own copy could mend of a track. */
  missing(trackId: string): { from: number; to: number }[] {
    const gaps = this.#track(trackId)?.gaps ?? [];
    return gaps.filter((gap) => isMendable(gap) && !gap.filled).map(({ from, to }) => ({ from, to }));
  }

  /** Room time up to which segments and gaps say what there is of a track. */
  knownTo(trackId: string): number {
    return this.#given.get(trackId)?.to ?? 0;
  }

  fill(trackId: string, fillId: string): Fill | undefined {
    return this.#track(trackId)?.fills.find((fill) => fill.fillId === fillId);
  }
}

function viewOf(track: ManifestTrack, later: readonly Fill[]): Track {
  const known = new Set(track.fills.map(({ fillId }) => fillId));
  const fills = [...track.fills, ...later.filter(({ fillId }) => !known.has(fillId))];
  const gaps = filledGaps(track.gaps, fills);
  const segments = [...track.segments].sort((a, b) => a.from - b.from || a.n - b.n);
  const files = new Map(filesOf(track, fills).map((file) => [file.file, file]));
  return { track, segments, gaps, fills, files };
}

function headOf({ track, gaps, fills }: Track): TrackHead {
  const { segments: _s, clock: _c, journal: _j, thumbnails, ...head } = track;
  return { ...head, gaps: [...gaps], fills: [...fills], thumbnails: spread(thumbnails, MAX_HEAD_THUMBNAILS) };
}

/** At most `most` of them, with the same distance, first and last among them. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  const step = (list.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => list[Math.round(index * step)]).filter(
    (each) => each !== undefined,
  );
}

function filesOf(track: ManifestTrack, fills: readonly Fill[]): PackageFile[] {
  const types = new Map(track.inits.map(({ initId, mimeType }) => [initId, mimeType]));
  const type = (initId: string) => types.get(initId) ?? 'application/octet-stream';
  return [
    ...track.inits.map(({ file, mimeType }) => ({ file, contentType: mimeType, encrypted: true })),
    ...track.segments.map(({ file, initId, from, to }) => ({
      file,
      contentType: type(initId),
      encrypted: true,
      time: { from, to },
    })),
    ...track.thumbnails.map(({ file }) => ({ file, contentType: 'image/jpeg', encrypted: true })),
    ...fills.map(fileOfFill),
    ...(track.playlist === undefined
      ? []
      : [{ file: track.playlist, contentType: 'application/vnd.apple.mpegurl', encrypted: false }]),
  ];
}

function fileOfFill({ file, mimeType, from, to }: Fill): PackageFile {
  return { file, contentType: mimeType, encrypted: true, time: { from, to } };
}

/** Index of the first segment that ends behind a time: segments are in order and do not overlap. */
function firstEndingBehind(segments: readonly Segment[], at: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment && segment.to <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the segment from which a player has to decode to show `at`. */
function keyframeBefore(segments: readonly Segment[], first: number, at: number): number {
  for (let index = first; index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment?.keyframes.some((keyframe) => keyframe <= Math.max(at, segment.from))) return index;
  }
  return first;
}
