/** Tracks of the test recording, as the manifest lists them, and their bytes. */
import type { Gap } from '../../../signaling/protocol/manifest.ts';
import type { SegmentView, TrackView } from '../../../signaling/protocol/recordings.ts';
import type { Piece } from './review-media.ts';

export interface FixtureTrack {
  readonly view: TrackView;
  readonly segments: readonly SegmentView[];
  /** Plain bytes of a file of this track. */
  file(path: string): Buffer | Uint8Array | undefined;
}

const SEGMENT_MS = 2000;
const HASH = '0'.repeat(64);

type Named = Pick<TrackView, 'trackId' | 'kind' | 'role' | 'title' | 'sender' | 'mimeType'> & {
  readonly patientId: string;
};

/** Cuts pieces into segments of 2 s, wherever that falls, as the packager does. */
export function fixtureTrack(
  named: Named,
  pieces: readonly Piece[],
  gaps: readonly Gap[],
  more: {
    readonly thumbnails?: readonly Buffer[];
    readonly fill?: { readonly from: number; readonly to: number; readonly bytes: Buffer };
  } = {},
): FixtureTrack {
  const { trackId, patientId, ...rest } = named;
  const folder = `tracks/${trackId}`;
  const files = new Map<string, Buffer | Uint8Array>();
  const segments: SegmentView[] = [];
  const inits = pieces.map(({ container, config }, n) => {
    const file = `${folder}/init-${n}.${container.format}`;
    files.set(file, container.init());
    const size = config.width === undefined ? {} : { width: config.width, height: config.height };
    return {
      initId: `i${n}`,
      file,
      bytes: 1,
      hash: HASH,
      plain: HASH,
      mimeType: container.mimeType,
      ...size,
    };
  });
  pieces.forEach((piece, n) => {
    for (const { segment, bytes } of cut(piece, `i${n}`, folder, segments.length)) {
      files.set(segment.file, bytes);
      segments.push(segment);
    }
  });
  const [from, to] = [pieces[0]?.from ?? 0, pieces.at(-1)?.to ?? 0];
  const pictures = (more.thumbnails ?? []).map((bytes, n) => {
    const file = `${folder}/thumb-${n}.jpg`;
    files.set(file, bytes);
    return { at: from + n * 5000, file, bytes: bytes.length, hash: HASH };
  });
  const fill = more.fill;
  if (fill !== undefined) files.set(`fills/fill-1.webm`, fill.bytes);
  const fills =
    fill === undefined
      ? []
      : [
          {
            ...{ fillId: 'fill-1', peerId: 'peer-crew', uploadedUtc: 1_760_000_900_000 },
            ...{ from: fill.from, to: fill.to, errorMs: 20, mimeType: 'video/webm; codecs="vp8"' },
            ...{ file: 'fills/fill-1.webm', bytes: fill.bytes.length, hash: HASH, plain: HASH },
          },
        ];
  const view: TrackView = {
    ...rest,
    ...{
      trackId,
      from,
      to,
      durableUntil: to,
      epochs: [1],
      inits,
      gaps: [...gaps],
      fills,
      thumbnails: pictures,
    },
    owner: { peerId: 'peer-crew', organisationId: 'org', patientId },
    statistics: {
      ...{ packets: 41_200, bytes: 9_000_000, lost: gaps.length * 130, reordered: 4, duplicates: 0 },
      ...{ kernelDrops: 0, frames: 1500, keyframes: 12, brokenFrames: 0, ssrcChanges: 0, reports: 12 },
      refusedReports: 0,
    },
  };
  return { view, segments, file: (path) => files.get(path) };
}

function* cut(
  { frames, container, to }: Piece,
  initId: string,
  folder: string,
  before: number,
): Generator<{ segment: SegmentView; bytes: Uint8Array }> {
  const ms = (ticks: number) => (ticks * 1000) / container.timescale;
  let n = before;
  for (let start = 0; start < frames.length; n += 1) {
    const first = frames[start];
    if (first === undefined) return;
    const until = ms(first.time) + SEGMENT_MS - 1;
    const found = frames.findIndex((frame, at) => at > start && ms(frame.time) > until);
    const end = found === -1 ? frames.length : found;
    const own = frames.slice(start, end);
    const next = frames[end];
    const isSound = container.mimeType.startsWith('audio');
    const segment: SegmentView = {
      ...{ n, file: `${folder}/seg-${n}.${container.format}`, initId, frames: own.length },
      from: ms(first.time),
      to: next === undefined ? to : ms(next.time),
      keyframes: isSound ? [] : own.filter(({ keyframe }) => keyframe).map(({ time }) => ms(time)),
    };
    yield { segment, bytes: container.segment(n + 1, own) };
    start = end;
  }
}

/**
 * A track that repeats a piece of media for hours; segments are made as they are asked for.
 * @param piece must begin with a keyframe and last a whole number of segments.
 */
export function endlessTrack(named: Named, piece: Piece, to: number): FixtureTrack {
  const base = fixtureTrack(named, [piece], []);
  const length = piece.to - piece.from;
  const segments: SegmentView[] = [];
  for (let round = 0; piece.from + round * length < to; round += 1) {
    for (const segment of base.segments) {
      const shift = round * length;
      segments.push({
        ...segment,
        n: round * base.segments.length + segment.n,
        file: segment.file.replace('/seg-', `/seg-r${round}-`),
        from: segment.from + shift,
        to: segment.to + shift,
        keyframes: segment.keyframes.map((at) => at + shift),
      });
    }
  }
  const { container } = piece;
  const ticks = (ms: number) => (ms * container.timescale) / 1000;
  return {
    view: { ...base.view, to, durableUntil: to },
    segments,
    file(path) {
      const found = segments.find((segment) => segment.file === path);
      if (found === undefined) return base.file(path);
      const own = base.segments[found.n % base.segments.length];
      const shift = ticks(found.from - (own?.from ?? 0));
      const frames = piece.frames.filter(
        ({ time }) => time >= ticks(own?.from ?? 0) && time < ticks(own?.to ?? 0),
      );
      return container.segment(
        found.n + 1,
        frames.map((frame) => ({ ...frame, time: Math.round(frame.time + shift) })),
      );
    },
  };
}
