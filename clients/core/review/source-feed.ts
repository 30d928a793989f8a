/**
 * One media element fed through Media Source (W3C Media Source Extensions 2): one operation at a time, a new init where
 * codec or size change, and a bounded buffer. It knows nothing of files or of other tracks.
 */
import { ClientError } from '../errors.ts';

export type MediaProblem = 'no-media-source' | 'codec' | 'decode';

export interface FeedInit {
  readonly initId: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** iPhones have only the managed form (Media Source Extensions 2, section 5). */
function mediaSourceClass(): typeof MediaSource | undefined {
  const Managed: unknown = Reflect.get(globalThis, 'ManagedMediaSource');
  if (isMediaSourceClass(Managed)) return Managed;
  return typeof MediaSource === 'undefined' ? undefined : MediaSource;
}

function isMediaSourceClass(value: unknown): value is typeof MediaSource {
  return typeof value === 'function' && 'isTypeSupported' in value;
}

/** Why this browser cannot play a type; undefined when it can. */
export function problemOf(mimeType: string): MediaProblem | undefined {
  const Source = mediaSourceClass();
  if (Source === undefined) return 'no-media-source';
  return Source.isTypeSupported(mimeType) ? undefined : 'codec';
}

/** Far behind any recording, so that every moment can be sought before its media is there. */
const LONGEST_S = 60 * 24 * 3600;
const OPERATION_MS = 10_000;

export class SourceFeed {
  readonly #element: HTMLMediaElement;
  readonly #source: MediaSource;
  readonly #url: string;
  #buffer: SourceBuffer | undefined;
  #initId: string | undefined;
  #mimeType: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Throws when there is no Media Source: ask `problemOf` first. */
  constructor(element: HTMLMediaElement) {
    const Source = mediaSourceClass();
    if (Source === undefined)
      throw new ClientError('unsupported-browser', 'This browser has no Media Source.');
    this.#element = element;
    this.#source = new Source();
    element.disableRemotePlayback = true;
    this.#url = URL.createObjectURL(this.#source);
    element.src = this.#url;
  }

  /** Appends a segment behind its init. Rejects with a `QuotaExceededError` when the buffer is full. */
  append(init: FeedInit, segment: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#queue(async () => {
      const buffer = await this.#ready(init);
      if (this.#initId !== init.initId) {
        if (this.#mimeType !== init.mimeType) buffer.changeType(init.mimeType);
        this.#mimeType = init.mimeType;
        await this.#operate(buffer, () => buffer.appendBuffer(init.bytes));
        this.#initId = init.initId;
      }
      await this.#operate(buffer, () => buffer.appendBuffer(segment));
    });
  }

  /** Removes a range in milliseconds; no error where nothing is. */
  remove(from: number, to: number): Promise<void> {
    return this.#queue(async () => {
      const buffer = this.#buffer;
      if (buffer === undefined || buffer.buffered.length === 0) return;
      const end = buffer.buffered.end(buffer.buffered.length - 1);
      if (from / 1000 >= end || to / 1000 <= buffer.buffered.start(0)) return;
      await this.#operate(buffer, () => buffer.remove(from / 1000, Math.min(to / 1000, LONGEST_S)));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#element.removeAttribute('src');
    this.#element.load();
    URL.revokeObjectURL(this.#url);
  }

  #queue(operation: () => Promise<void>): Promise<void> {
    const next = this.#last.then(async () => {
      if (!this.#closed) await operation();
    });
    // The next operation stands by itself, whatever became of this one.
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #ready(init: FeedInit): Promise<SourceBuffer> {
    if (this.#buffer !== undefined) return this.#buffer;
    if (this.#source.readyState !== 'open') await eventOf(this.#source, 'sourceopen', 'error');
    this.#source.duration = LONGEST_S;
    this.#buffer = this.#source.addSourceBuffer(init.mimeType);
    this.#mimeType = init.mimeType;
    return this.#buffer;
  }

  async #operate(buffer: SourceBuffer, begin: () => void): Promise<void> {
    begin();
    if (buffer.updating) await eventOf(buffer, 'updateend', 'error');
  }
}

/** Resolves with an event; rejects on `bad` or when it does not come. */
function eventOf(target: EventTarget, good: string, bad: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const timer = setTimeout(
      () => finish(() => reject(ClientError.deadline(good, OPERATION_MS))),
      OPERATION_MS,
    );
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stop.abort();
      settle();
    };
    target.addEventListener(good, () => finish(resolve), { signal: stop.signal });
    const refuse = () => reject(new ClientError('internal', `Media Source refused the media (${bad}).`));
    target.addEventListener(bad, () => finish(refuse), { signal: stop.signal });
  });
}
