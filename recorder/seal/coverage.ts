/** What of a track's time neither a segment nor a listed gap covers, and how far sound and picture are apart. */
import type { ClockPoint, ManifestTrack } from '../../signaling/protocol/manifest.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ends of frames are known to this: distances inside a segment come from RTP timestamps, its base is rounded. */
const TOLERANCE_MS = 1;

/**
 * Times of a track that nothing covers, in order, in milliseconds of room time. Messages are moments: between two of them
 * nothing is missing, and what was lost there stands among the gaps.
 */
export function uncovered({ kind, from, to, segments, gaps, fills }: ManifestTrack): Range[] {
  if (kind === 'messages') return [];
  const covering = [...segments, ...gaps, ...fills].map((each) => ({ from: each.from, to: each.to }));
  const open: Range[] = [];
  let at = from;
  for (const range of covering.sort((a, b) => a.from - b.from)) {
    if (range.from > at + TOLERANCE_MS) open.push({ from: at, to: range.from });
    at = Math.max(at, range.to);
  }
  if (to > at + TOLERANCE_MS) open.push({ from: at, to });
  return open;
}

export function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

export interface Skew {
  readonly peerId: string;
  readonly p50: number;
  readonly p95: number;
}

/**
 * How far sound and picture of each publisher move against each other, sampled once a second where both are placed by
 * sender reports. The two RTP clocks may run apart at a constant rate, which reports are there to correct; what differs from
 * that straight line is an error of placing: a correction that one track follows later than the other, a report that was wrong.
 * A constant error of the publisher's own reports cannot be seen from here.
 */
export function skewOf(tracks: readonly ManifestTrack[]): Skew[] {
  const media = tracks.filter(({ kind, clock }) => kind !== 'messages' && clock.length > 1);
  return [...Map.groupBy(media, ({ owner }) => owner.peerId)].flatMap(([peerId, own]) => {
    const sound = own.filter(({ kind }) => kind === 'audio');
    const picture = own.filter(({ kind }) => kind === 'video');
    const apart = sound.flatMap((audio) => picture.flatMap((video) => apartOf(audio, video)));
    if (apart.length === 0) return [];
    apart.sort((a, b) => a - b);
    return [{ peerId, p50: quantile(apart, 0.5), p95: quantile(apart, 0.95) }];
  });
}

interface Sample {
  readonly at: number;
  readonly ms: number;
}

/** Differences of two tracks in milliseconds, once a second, stretch by stretch. */
function apartOf(audio: ManifestTrack, video: ManifestTrack): number[] {
  const samples = new Map<string, Sample[]>();
  const [from, to] = [Math.max(audio.from, video.from), Math.min(audio.to, video.to)];
  const [sound, picture] = [new Offsets(audio), new Offsets(video)];
  for (let at = from; at <= to; at += 1000) {
    const [a, b] = [sound.at(at), picture.at(at)];
    if (!a || !b) continue;
    const stretch = `${a.stretch} ${b.stretch}`;
    const own = samples.get(stretch) ?? [];
    own.push({ at, ms: a.ms - b.ms });
    samples.set(stretch, own);
  }
  return [...samples.values()].flatMap(offLine);
}

/** Room time less the track's own RTP time, which only jumps and corrections change. */
class Offsets {
  readonly #points: readonly ClockPoint[];
  readonly #ticksPerMs: number;
  #next = 0;

  constructor({ clock, clockRate = 1000 }: ManifestTrack) {
    this.#points = clock;
    this.#ticksPerMs = clockRate / 1000;
  }

  /** Moments must be asked for in order. Undefined where arrival alone placed the track. */
  at(at: number): { readonly stretch: number; readonly ms: number } | undefined {
    while ((this.#points[this.#next]?.at ?? Number.POSITIVE_INFINITY) <= at) this.#next += 1;
    const [before, after] = [this.#points[this.#next - 1], this.#points[this.#next]];
    if (before?.by !== 'report' || after?.by !== 'report' || after.stretch !== before.stretch)
      return undefined;
    const [first, last] = [this.#offset(before), this.#offset(after)];
    const part = (at - before.at) / (after.at - before.at);
    return { stretch: before.stretch, ms: first + (last - first) * part };
  }

  #offset({ at, rtp }: ClockPoint): number {
    return at - Number(BigInt(rtp)) / this.#ticksPerMs;
  }
}

/** How far each sample lies from the line of least squares through all of them. */
function offLine(samples: readonly Sample[]): number[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ ms }) => ms))];
  const spread = samples.reduce((sum, { at }) => sum + (at - x) ** 2, 0);
  const slope = spread === 0 ? 0 : samples.reduce((sum, { at, ms }) => sum + (at - x) * (ms - y), 0) / spread;
  return samples.map(({ at, ms }) => Math.abs(ms - y - slope * (at - x)));
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return Math.round(value * 100) / 100;
}
