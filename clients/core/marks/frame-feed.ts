/**
 * The frames of one of this device's cameras for everybody here who needs them: the tracker and the ring of stills share one
 * reader, one worker, and one name for each frame (media time and print). Reads only while somebody wants frames.
 */
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { LocalSource } from '../types-media.ts';
import { canReadFrames, readFrames } from './frame-reader.ts';
import { MediaClock } from './media-clock.ts';
import type { FromTracker, Looked, ToTracker, WantedFrame } from './tracker-messages.ts';

/** A worker that says nothing about a frame for so long hangs. */
const HANGS_MS = 2000;
/** Its code may have to come over a slow link first. */
const LOADS_MS = 20_000;
/** Rest of the worker after each frame, in parts of what the frame took: other work needs the processor too. */
const REST = 0.3;
/** A camera that gives no frame is asked again after this. */
const RETRY_MS = 1000;

export type FeedFrame = Looked;
/** With the frame itself where it was asked for: take it over and `close()` it soon, since cameras have few of them. */
export type FeedListener = (frame: FeedFrame, picture: VideoFrame | undefined) => void;

export interface FeedOptions {
  /** Most frames a second; 0: none for now. */
  readonly fps: number;
  readonly pictures?: boolean;
}

/** One use of a feed. */
export interface FeedUse {
  setRate(fps: number): void;
  close(): void;
}

export interface FrameFeedEvents {
  /** The worker is new: it follows nothing and has no frames yet. */
  restarted: undefined;
  added: Extract<FromTracker, { kind: 'added' }>;
  warning: unknown;
  /** The source has ended. */
  closed: undefined;
}

interface Use {
  readonly listener: FeedListener;
  readonly pictures: boolean;
  fps: number;
  lastMs: number;
}
interface Pending {
  readonly since: number;
  readonly uses: readonly { use: Use; picture: VideoFrame | undefined }[];
}

export class FrameFeed {
  readonly events = new Emitter<FrameFeedEvents>();
  readonly #source: LocalSource;
  readonly #clock: Clock;
  readonly #media = new MediaClock();
  readonly #uses = new Set<Use>();
  readonly #stops: (() => void)[] = [];
  #track: MediaStreamTrack | undefined;
  #stopReading: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #worker: Worker | undefined;
  /** The worker has said something. */
  #isLoaded = false;
  #pending: Pending | undefined;
  #notBefore = 0;
  #closed = false;

  constructor(source: LocalSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#stops.push(source.on('change', () => this.#update()));
    this.#stops.push(source.on('closed', () => this.#close()));
    this.#stops.push(clock.every(HANGS_MS / 4, () => this.#checkWorker()));
  }

  /** Begins to give frames. */
  use(options: FeedOptions, listener: FeedListener): FeedUse {
    const use: Use = {
      listener,
      pictures: options.pictures ?? false,
      fps: options.fps,
      lastMs: Number.NEGATIVE_INFINITY,
    };
    if (!this.#closed) this.#uses.add(use);
    this.#update();
    return {
      setRate: (fps) => {
        use.fps = fps;
        this.#update();
      },
      close: () => {
        this.#uses.delete(use);
        this.#update();
      },
    };
  }

  follow(markId: string, reference: Uint8Array, frame: WantedFrame): void {
    // What is to be followed may be known before the first frame is wanted.
    if (!this.#worker && !this.#closed && canReadFrames()) this.#start();
    this.#post({ kind: 'add', markId, reference, frame });
  }

  unfollow(markId: string): void {
    this.#post({ kind: 'remove', markId });
  }

  #post(message: ToTracker): void {
    this.#worker?.postMessage(message);
  }

  #update(): void {
    const wanted = !this.#closed && [...this.#uses].some(({ fps }) => fps > 0);
    const track = wanted && canReadFrames() ? this.#source.track : undefined;
    if (track === this.#track) return;
    this.#stopReading?.();
    this.#stopReading = undefined;
    this.#cancelRetry?.();
    this.#track = track;
    if (!track) return;
    if (!this.#worker) this.#start();
    this.#stopReading = readFrames(
      track,
      (frame, stampMs) => this.#take(frame, stampMs),
      (error) => this.#failed(track, error),
    );
  }

  #failed(track: MediaStreamTrack, error: unknown): void {
    this.events.emit('warning', error);
    if (this.#track !== track) return;
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
      if (this.#track !== track) return;
      this.#stopReading?.();
      this.#track = undefined;
      this.#update();
    });
  }

  #take(frame: VideoFrame, stampMs: number): void {
    const now = this.#clock.monotonic();
    const mediaMs = this.#media.mediaMs(stampMs, now);
    const due = [...this.#uses].filter(({ fps, lastMs }) => fps > 0 && mediaMs - lastMs >= 800 / fps);
    if (due.length === 0 || this.#pending || now < this.#notBefore || !this.#worker) {
      frame.close();
      return;
    }
    // Who only reads is told of every frame that is looked at, so that what was found is never older than a picture that is shown.
    const told = [...this.#uses].filter((use) => due.includes(use) || (use.fps > 0 && !use.pictures));
    for (const use of told) use.lastMs = mediaMs;
    const uses = told.map((use) => ({ use, picture: use.pictures ? frame.clone() : undefined }));
    this.#pending = { since: now, uses };
    this.#worker.postMessage({ kind: 'frame', frame, mediaMs } satisfies ToTracker, [frame]);
  }

  #start(): void {
    const worker = new Worker(new URL('./tracker-worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    this.#isLoaded = false;
    worker.addEventListener('message', ({ data }: MessageEvent<FromTracker>) => {
      if (worker === this.#worker) this.#heard(data);
    });
    worker.addEventListener('error', (event) => {
      if (worker === this.#worker) this.#restart(event.message);
    });
  }

  #heard(message: FromTracker): void {
    this.#isLoaded = true;
    if (message.kind === 'added') {
      this.events.emit('added', message);
      return;
    }
    const pending = this.#pending;
    this.#pending = undefined;
    if (message.kind === 'unread') {
      drop(pending);
      this.events.emit('warning', new Error(message.message));
      return;
    }
    this.#notBefore = this.#clock.monotonic() + message.tookMs * REST;
    for (const { use, picture } of pending?.uses ?? []) {
      if (this.#uses.has(use)) use.listener(message, picture);
      else picture?.close();
    }
  }

  #checkWorker(): void {
    const since = this.#pending?.since;
    const patienceMs = this.#isLoaded ? HANGS_MS : LOADS_MS;
    if (since !== undefined && this.#clock.monotonic() - since > patienceMs) {
      this.#restart('The worker of the tracker hangs.');
    }
  }

  #restart(reason: string): void {
    this.#worker?.terminate();
    drop(this.#pending);
    this.#pending = undefined;
    this.events.emit('warning', new Error(reason));
    this.#notBefore = this.#clock.monotonic() + RETRY_MS / 4;
    this.#start();
    this.events.emit('restarted', undefined);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#uses.clear();
    this.#update();
    this.#worker?.terminate();
    this.#worker = undefined;
    drop(this.#pending);
    this.#pending = undefined;
    this.events.emit('closed', undefined);
    this.events.removeAll();
  }
}

function drop(pending: Pending | undefined): void {
  for (const { picture } of pending?.uses ?? []) picture?.close();
}

const feeds = new WeakMap<LocalSource, FrameFeed>();

/** The one feed of a camera; it ends with its source. */
export function frameFeedOf(source: LocalSource, clock: Clock = systemClock): FrameFeed {
  const known = feeds.get(source);
  if (known) return known;
  const feed = new FrameFeed(source, clock);
  feeds.set(source, feed);
  return feed;
}
