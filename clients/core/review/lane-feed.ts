/** Brings the segments of one track that stand near the playhead into its source buffer, and forgets the rest. */
import type { Init } from '../../../signaling/protocol/manifest.ts';
import type { SegmentView, TrackView } from '../../../signaling/protocol/recordings.ts';
import { isClientError } from '../errors.ts';
import { frameTimes, timescaleOf } from './frame-times.ts';
import { AHEAD_MS, BACK_MS, rangesToForget, runStart, segmentsNeeded, startOf } from './plan.ts';
import { type AskWindow, SegmentIndex } from './segment-index.ts';
import { type FeedInit, type MediaProblem, problemOf, SourceFeed } from './source-feed.ts';

export interface TrackFiles {
  segments: AskWindow;
  file(file: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** `destroyed`: its keys are gone. `unreachable`: the server does not answer; it is asked again. */
export type TrackProblem = MediaProblem | 'destroyed' | 'unreachable';

/** Requests of one track at a time: the next segments come while one is being appended. */
const PARALLEL = 3;
const RETRY_MS = 1000;
/** An element that cannot decode is begun anew this often before the track is given up. */
const MOST_RESTARTS = 3;

export class LaneFeed {
  readonly index: SegmentIndex;
  readonly #files: TrackFiles;
  readonly #element: HTMLMediaElement;
  readonly #kind: 'video' | 'audio';
  readonly #downloads = new Map<
    number,
    { bytes: Promise<Uint8Array<ArrayBuffer>>; abort: AbortController }
  >();
  readonly #inits = new Map<string, { init: FeedInit; timescale: number | undefined }>();
  /** Appended segments with the times of their frames. */
  readonly #appended = new Map<number, { segment: SegmentView; times: readonly number[] }>();
  readonly #broken = new Set<number>();
  /** The last one appended: what follows it needs no keyframe. */
  #last: SegmentView | undefined;
  /** May be appended behind a jump. */
  #firstOfRun: number | undefined;
  #feed: SourceFeed | undefined;
  #position = 0;
  #aheadMs = AHEAD_MS;
  #backMs = BACK_MS;
  #pumping = false;
  #notBefore = 0;
  #restarts = 0;
  #closed = false;
  #problem: TrackProblem | undefined;

  constructor(kind: 'video' | 'audio', element: HTMLMediaElement, files: TrackFiles) {
    this.#kind = kind;
    this.#element = element;
    this.#files = files;
    this.index = new SegmentIndex(files.segments);
  }

  get problem(): TrackProblem | undefined {
    return this.#problem;
  }

  /** True when everything that is wanted around the playhead has been handed to the browser. */
  isFed(): boolean {
    return !this.#pumping && this.#needed(1).length === 0;
  }

  /** Times of the frames that are loaded around a moment, sorted. */
  framesAround(at: number): readonly number[] {
    const near = [...this.#appended.values()].filter(
      ({ segment }) => segment.to > at - 5000 && segment.from < at + 5000,
    );
    return near.flatMap(({ times }) => times).sort((a, b) => a - b);
  }

  /** Fetches what the position needs, one run at a time. Never rejects: what goes wrong is the lane's `problem`. */
  pump(track: TrackView, position: number, rate: number): void {
    this.#position = position;
    if (this.#pumping || this.#closed || performance.now() < this.#notBefore || this.#isOver()) return;
    this.#pumping = true;
    this.#run(track, Math.max(1, rate))
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#pumping = false;
      });
  }

  /** Throws the buffer away and fills it anew, as after an element that cannot decode. */
  restart(): void {
    this.#feed?.close();
    this.#feed = undefined;
    this.#appended.clear();
    this.#last = undefined;
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) this.#problem = 'decode';
  }

  close(): void {
    this.#closed = true;
    for (const { abort } of this.#downloads.values()) abort.abort();
    this.#downloads.clear();
    this.#feed?.close();
    this.#feed = undefined;
  }

  #isOver(): boolean {
    return this.#problem !== undefined && this.#problem !== 'unreachable';
  }

  async #run(track: TrackView, rate: number): Promise<void> {
    const ahead = this.#aheadMs * rate;
    await this.index.ensure({ from: this.#position - 1, to: this.#position + ahead }, track.to);
    this.#problem = undefined;
    for (;;) {
      if (this.#goBack(this.#needed(rate)[0])) continue;
      const needed = this.#needed(rate);
      this.#abortAllBut(needed);
      const next = needed[0];
      if (next === undefined || this.#closed) break;
      const init = await this.#init(track, next.initId);
      // The room has changed its codec a moment ago; the next view of the recording names the new init.
      if (init === undefined) break;
      if (init === 'unsupported') return;
      for (const segment of needed.slice(0, PARALLEL)) void this.#download(segment);
      await this.#append(next, init);
    }
    await this.#forget();
  }

  /**
   * Behind a jump a browser drops every picture up to the next keyframe (Media Source Extensions section 3.5.8, "need
   * random access point"), so what lies between the keyframe before and this segment is given again. True when it is.
   */
  #goBack(next: SegmentView | undefined): boolean {
    if (next === undefined || this.#kind === 'audio' || next.n === this.#firstOfRun) return false;
    const { segments } = this.index;
    const atPlayhead = segments[startOf(segments, 'video', this.#position)];
    if (next.n === atPlayhead?.n) return false;
    const run = runStart(segments, next, this.#last);
    if (run === undefined) return false;
    for (const segment of segments) {
      if (segment.from >= run.from && segment.from < next.from) this.#appended.delete(segment.n);
    }
    this.#firstOfRun = run.n;
    return true;
  }

  #needed(rate: number): readonly SegmentView[] {
    return segmentsNeeded(this.index.segments, {
      kind: this.#kind,
      position: this.#position,
      aheadMs: this.#aheadMs * rate,
      has: ({ n }) => this.#appended.has(n) || this.#broken.has(n),
    });
  }

  async #init(
    track: TrackView,
    initId: string,
  ): Promise<{ init: FeedInit; timescale: number | undefined } | 'unsupported' | undefined> {
    const known = this.#inits.get(initId);
    if (known !== undefined) return known;
    const found = track.inits.find((init) => init.initId === initId);
    if (found === undefined) return undefined;
    this.#problem = problemOf(found.mimeType);
    if (this.#problem !== undefined) return 'unsupported';
    const bytes = await this.#files.file(found.file, new AbortController().signal);
    const made = { init: feedInit(found, bytes), timescale: timescaleOf(bytes) };
    this.#inits.set(initId, made);
    return made;
  }

  #download(segment: SegmentView): Promise<Uint8Array<ArrayBuffer>> {
    const running = this.#downloads.get(segment.n);
    if (running !== undefined) return running.bytes;
    const abort = new AbortController();
    const bytes = this.#files.file(segment.file, abort.signal);
    // Whoever waits for it hears of a failure; one fetched ahead and no longer wanted has nobody.
    bytes.catch(() => undefined);
    this.#downloads.set(segment.n, { bytes, abort });
    return bytes;
  }

  #abortAllBut(needed: readonly SegmentView[]): void {
    for (const [n, { abort }] of this.#downloads) {
      if (needed.some((segment) => segment.n === n)) continue;
      abort.abort();
      this.#downloads.delete(n);
    }
  }

  async #append(
    segment: SegmentView,
    made: { init: FeedInit; timescale: number | undefined },
  ): Promise<void> {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await this.#download(segment);
    } finally {
      this.#downloads.delete(segment.n);
    }
    if (this.#closed) return;
    this.#feed ??= new SourceFeed(this.#element);
    try {
      await this.#feed.append(made.init, bytes);
    } catch (error) {
      if (isQuota(error) && this.#aheadMs > 4000) {
        this.#aheadMs /= 2;
        this.#backMs = Math.min(this.#backMs, 4000);
        await this.#forget();
        return;
      }
      this.#broken.add(segment.n);
      this.restart();
      return;
    }
    const times = this.#kind === 'video' ? frameTimes(bytes, made.timescale) : [];
    this.#appended.set(segment.n, { segment, times });
    this.#last = segment;
  }

  async #forget(): Promise<void> {
    const position = this.#position;
    for (const { from, to } of rangesToForget(this.index.segments, this.#kind, position, this.#backMs)) {
      let some = false;
      for (const [n, { segment }] of this.#appended) {
        if (segment.from < from || segment.to > to) continue;
        this.#appended.delete(n);
        some = true;
      }
      if (some) await this.#feed?.remove(from, to);
    }
  }

  #failed(error: unknown): void {
    if (this.#closed || (error instanceof DOMException && error.name === 'AbortError')) return;
    this.#notBefore = performance.now() + RETRY_MS;
    this.#problem = isClientError(error) && error.code === 'closed' ? 'destroyed' : 'unreachable';
  }
}

function feedInit({ initId, mimeType }: Init, bytes: Uint8Array<ArrayBuffer>): FeedInit {
  return { initId, mimeType, bytes };
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
