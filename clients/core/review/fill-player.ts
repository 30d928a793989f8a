/** Plays the vehicle's own copy in the place of a gap: a whole file with a clock of its own, in an element of its own. */
import type { Fill } from '../../../signaling/protocol/manifest.ts';
import { ElementFollower } from './element-follower.ts';
import type { TrackFiles } from './lane-feed.ts';

export interface FillBeat {
  readonly position: number;
  readonly rate: number;
  readonly running: boolean;
  readonly exact: boolean;
}

const RETRY_MS = 3000;

export class FillPlayer {
  readonly element: HTMLMediaElement;
  readonly #follower: ElementFollower;
  readonly #files: TrackFiles;
  #loaded: { fillId: string; url: string | undefined } | undefined;
  #loading = new AbortController();
  #notBefore = 0;

  constructor(kind: 'video' | 'audio', files: TrackFiles, heldBack: () => void) {
    this.element = document.createElement(kind);
    if (this.element instanceof HTMLVideoElement) this.element.playsInline = true;
    this.element.muted = kind === 'video';
    this.element.preload = 'auto';
    this.#follower = new ElementFollower(this.element, kind, heldBack);
    this.#files = files;
  }

  /** Loads a fill that the playhead comes near to; another one that was loaded is let go. */
  load(fill: Fill): void {
    if (this.#loaded?.fillId === fill.fillId || performance.now() < this.#notBefore) return;
    this.#drop();
    const loaded: { fillId: string; url: string | undefined } = { fillId: fill.fillId, url: undefined };
    this.#loaded = loaded;
    const { signal } = this.#loading;
    this.#files.file(fill.file, signal).then(
      (bytes) => {
        if (signal.aborted) return;
        loaded.url = URL.createObjectURL(new Blob([bytes], { type: fill.mimeType }));
        this.element.src = loaded.url;
      },
      () => {
        // Asked again while the gap is near; until then the gap is shown as one.
        this.#notBefore = performance.now() + RETRY_MS;
        if (this.#loaded === loaded) this.#loaded = undefined;
      },
    );
  }

  /** Answers whether it shows the moment, or is about to: false means that there is nothing to show. */
  play(fill: Fill, beat: FillBeat): 'shows' | 'waits' | 'nothing' {
    this.load(fill);
    if (this.element.error !== null || this.#loaded === undefined) return 'nothing';
    const target = beat.position - fill.from;
    if (this.element.readyState < HTMLMediaElement.HAVE_METADATA) return 'waits';
    if (Number.isFinite(this.element.duration) && target > this.element.duration * 1000) return 'nothing';
    this.#follower.follow({ target, rate: beat.rate, running: beat.running, exact: beat.exact }, false);
    return this.element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? 'shows' : 'waits';
  }

  rest(): void {
    this.#follower.rest();
  }

  close(): void {
    this.#drop();
  }

  #drop(): void {
    this.#loading.abort();
    this.#loading = new AbortController();
    if (this.#loaded?.url !== undefined) URL.revokeObjectURL(this.#loaded.url);
    this.#loaded = undefined;
    this.element.removeAttribute('src');
    this.element.load();
  }
}
