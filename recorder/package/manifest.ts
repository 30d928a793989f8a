/** Makes `manifest.json` out of what stands on the disk: state of the room, log, and the index of every track. */
import type {
  Blob,
  Fill,
  Manifest,
  ManifestTrack,
  TrackStatistics,
} from '../../signaling/protocol/manifest.ts';
import { LOG_FILE, type RecordedTrack, type RecordingState } from '../core/state.ts';
import { newCounts, statisticsOf } from '../rtp/counts.ts';
import { filledGaps } from './filled-gaps.ts';
import type { LogSummary } from './log-tail.ts';
import { playlistFile } from './names.ts';
import { roundMs } from './outputs.ts';
import type { IndexContent } from './track-index.ts';

export interface TrackContent {
  readonly content: IndexContent;
  readonly fills: readonly Fill[];
  readonly statistics: TrackStatistics;
  readonly durableUntil: number;
}

export interface ManifestSources {
  readonly state: RecordingState;
  readonly stage: 'recording' | 'ended';
  readonly log: LogSummary;
  readonly tracks: ReadonlyMap<string, TrackContent>;
  readonly blobs: readonly Blob[];
}

export const NO_STATISTICS: TrackStatistics = statisticsOf(newCounts());

/** Throws nothing: what is not known yet is left at its beginning. */
export function makeManifest(sources: ManifestSources): Manifest {
  const { state, stage, log, blobs } = sources;
  const tracks = state.tracks.flatMap((track) => {
    const content = sources.tracks.get(track.trackId);
    return content ? [manifestTrack(track, content)] : [];
  });
  const { anchorUtc = state.createdUtc, ...file } = log;
  const spans = spansOf(state);
  const ends = [...tracks.map(({ to }) => to), state.finished?.endedAt ?? 0];
  const starts = [...spans.map(({ from }) => from), ...tracks.filter(hasMedia).map(({ from }) => from)];
  const from = starts.length === 0 ? 0 : Math.min(...starts);
  return {
    format: 'goldenhour-recording',
    version: 1,
    roomId: state.roomId,
    incidentId: state.incidentId,
    drill: state.drill,
    state: stage,
    createdUtc: state.createdUtc,
    anchorUtc,
    from,
    to: Math.max(from, ...ends),
    algorithms: {
      hash: 'SHA-256',
      cipher: 'AES-256-GCM',
      signature: 'ECDSA-P256-SHA256',
      tree: 'RFC6962-SHA256',
    },
    spans,
    tracks,
    blobs: [...blobs],
    log: { file: LOG_FILE, ...file },
  };
}

function hasMedia({ segments, gaps }: ManifestTrack): boolean {
  return segments.length + gaps.length > 0;
}

function spansOf({ spans, clock }: RecordingState): Manifest['spans'] {
  return spans.map(({ fromAt, from, to, by, reason }) => {
    const start = from ?? (clock ? roundMs(Number(fromAt) / 1e6 + clock.offsetMs) : 0);
    return { from: start, ...(to === undefined ? {} : { to }), by, reason };
  });
}

function manifestTrack(track: RecordedTrack, { content, fills, ...rest }: TrackContent): ManifestTrack {
  const { inits, segments, gaps, clock, journal, thumbnails } = content;
  const moments = [...segments.slice(0, 1), ...segments.slice(-1), ...gaps];
  const isMp4 = inits.some(({ mimeType }) => mimeType.includes('/mp4'));
  return {
    trackId: track.trackId,
    ...describe(track),
    from: moments.length === 0 ? 0 : moments.reduce((least, { from }) => Math.min(least, from), Infinity),
    to: moments.reduce((most, { to }) => Math.max(most, to), 0),
    durableUntil: roundMs(rest.durableUntil),
    epochs: [...track.epochs],
    inits: [...inits],
    segments: [...segments],
    gaps: filledGaps(gaps, fills),
    fills: [...fills],
    clock: [...clock],
    statistics: rest.statistics,
    journal: [...journal],
    thumbnails: [...thumbnails].sort((a, b) => a.at - b.at),
    ...(isMp4 ? { playlist: playlistFile(track.trackId) } : {}),
  };
}

type Description = Pick<
  ManifestTrack,
  'kind' | 'owner' | 'role' | 'mimeType' | 'clockRate' | 'label' | 'producerId'
>;

function describe({ media, messages }: RecordedTrack): Description {
  if (media) {
    const { kind, role, owner, rtpParameters } = media;
    const [codec] = rtpParameters.codecs;
    const codecOf = codec ? { mimeType: codec.mimeType, clockRate: codec.clockRate } : {};
    return { kind, role, owner, ...codecOf };
  }
  const { label, owner, producerId } = messages ?? UNKNOWN;
  const producer = producerId === undefined ? {} : { producerId };
  return { kind: 'messages', label, owner, ...producer };
}

/** A track of which neither form was given; `RecordingState` says there is always one. */
const UNKNOWN = {
  label: 'preview',
  owner: { peerId: 'unknown', organisationId: 'unknown', patientId: 'scene' },
  producerId: undefined,
} as const;
