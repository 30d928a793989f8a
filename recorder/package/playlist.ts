/**
 * HLS playlists (RFC 8216, and its second edition for EXT-X-GAP) of the MP4 tracks. Times are room time; a playlist is EVENT
 * while the track may grow and VOD afterwards. Parts without media are listed as such, so that times stay right.
 */
import type { Init, ManifestTrack, Segment } from '../../signaling/protocol/manifest.ts';
import { MAX_SEGMENT_MS } from './outputs.ts';

/** A shorter hole between two segments is rounding. */
const HOLE_MS = 50;

export interface PlaylistOptions {
  readonly inits: readonly Init[];
  readonly segments: readonly Segment[];
  /** Room time 0 in UTC. */
  readonly anchorUtc: number;
  readonly ended: boolean;
}

/** The media playlist of one track; addresses are beside it. */
export function mediaPlaylist({ inits, segments, anchorUtc, ended }: PlaylistOptions): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    // EXTINF rounded to the nearest second must not be larger (RFC 8216 section 4.3.3.1).
    `#EXT-X-TARGETDURATION:${Math.ceil(segments.reduce((most, { from, to }) => Math.max(most, to - from), MAX_SEGMENT_MS) / 1000)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    `#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`,
  ];
  const files = new Map(inits.map(({ initId, file }) => [initId, baseName(file)]));
  let initId: string | undefined;
  let end: number | undefined;
  for (const segment of segments) {
    const hole = end === undefined ? 0 : segment.from - end;
    if (end !== undefined && hole > HOLE_MS) lines.push(...gapLines(hole));
    if (initId !== undefined && segment.initId !== initId) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.initId !== initId) lines.push(`#EXT-X-MAP:URI="${files.get(segment.initId) ?? ''}"`);
    if (end === undefined || hole > HOLE_MS || segment.initId !== initId)
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(anchorUtc + segment.from).toISOString()}`);
    lines.push(`#EXTINF:${seconds(segment.to - segment.from)},`, baseName(segment.file));
    initId = segment.initId;
    end = segment.to;
  }
  if (ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** Time without media as segments that are not there. */
function gapLines(hole: number): string[] {
  const lines = [];
  for (let rest = hole; rest > 0; rest -= MAX_SEGMENT_MS)
    lines.push('#EXT-X-GAP', `#EXTINF:${seconds(Math.min(rest, MAX_SEGMENT_MS))},`, 'gap');
  return lines;
}

/** The playlist of a recording: every camera is a rendition of its own, and every voice. */
export function masterPlaylist(tracks: readonly ManifestTrack[]): string | undefined {
  const listed = tracks.filter(({ playlist, segments }) => playlist !== undefined && segments.length > 0);
  const [main] = listed.filter(({ kind }) => kind === 'video');
  const first = main ?? listed[0];
  if (!first) return undefined;
  const media = listed.map(({ trackId, kind, playlist, role }) => {
    const type = kind === 'video' ? 'VIDEO' : 'AUDIO';
    const chosen =
      trackId === first.trackId ||
      (kind === 'audio' && listed.find((each) => each.kind === 'audio')?.trackId === trackId);
    const isDefault = chosen ? 'YES' : 'NO';
    return `#EXT-X-MEDIA:TYPE=${type},GROUP-ID="${kind}",NAME="${role ?? kind} ${trackId}",DEFAULT=${isDefault},AUTOSELECT=${isDefault},URI="${playlist}"`;
  });
  const groups = [
    ...(main ? ['VIDEO="video"'] : []),
    ...(listed.some(({ kind }) => kind === 'audio') ? ['AUDIO="audio"'] : []),
  ];
  const sound = listed.find(({ kind }) => kind === 'audio');
  const codecs = new Set([first, sound ?? first].flatMap(codecsOf));
  const size = first.inits.find(({ width }) => width !== undefined);
  const stream = [
    `BANDWIDTH=${Math.max(1, peakBitrate(first))}`,
    `CODECS="${[...codecs].join(',')}"`,
    ...(size?.width && size.height ? [`RESOLUTION=${size.width}x${size.height}`] : []),
    ...groups,
  ];
  return `${['#EXTM3U', '#EXT-X-VERSION:8', ...media, `#EXT-X-STREAM-INF:${stream.join(',')}`, first.playlist].join('\n')}\n`;
}

function codecsOf({ inits }: ManifestTrack): string[] {
  return inits.flatMap(({ mimeType }) => /codecs="([^"]+)"/.exec(mimeType)?.[1] ?? []);
}

function peakBitrate({ segments }: ManifestTrack): number {
  return segments.reduce((most, { bytes, from, to }) => {
    // The last bit of a track may be a few milliseconds long and says nothing.
    return to - from < MAX_SEGMENT_MS / 2 ? most : Math.max(most, Math.round((bytes * 8000) / (to - from)));
  }, 0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
