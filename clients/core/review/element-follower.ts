/** Keeps one media element at the master clock: nudges its speed, jumps when it is far off, and stands when the clock does. */
import { correct } from './drift.ts';

export interface Beat {
  /** Where the element should be, in milliseconds of its own time. */
  readonly target: number;
  readonly rate: number;
  readonly running: boolean;
  /** Standing exactly on a frame that was chosen, rather than about where the others wait. */
  readonly exact: boolean;
}

/** A standing element that is about right is left alone: a seek shows nothing for a moment. */
const NEAR_ENOUGH_MS = 40;
/** Rounding of a time to microseconds must not land on the frame before. */
const INTO_FRAME_MS = 0.5;

export class ElementFollower {
  readonly #element: HTMLMediaElement;
  readonly #kind: 'video' | 'audio';
  /** The browser refuses to play with sound before a gesture. */
  readonly #heldBack: () => void;
  #sought: number | undefined;
  #soughtAt = 0;
  /** How long a jump takes here, so that the next one lands where the clock will be. */
  #seekMs = 60;
  #nudging = false;
  #starting = false;

  constructor(element: HTMLMediaElement, kind: 'video' | 'audio', heldBack: () => void) {
    this.#element = element;
    this.#kind = kind;
    this.#heldBack = heldBack;
    element.addEventListener('seeked', () => {
      const took = performance.now() - this.#soughtAt;
      if (took < 1000) this.#seekMs = this.#seekMs * 0.7 + took * 0.3;
    });
  }

  /** Milliseconds of the element's own time. */
  get position(): number {
    return this.#element.currentTime * 1000;
  }

  get inMotion(): boolean {
    return !this.#element.paused && !this.#element.seeking && !this.#starting;
  }

  /** @param leads true when the clock follows this element: it then plays untouched. */
  follow(beat: Beat, leads: boolean): void {
    if (beat.running) this.#run(beat, leads);
    else this.#stand(beat);
  }

  /** Stands still at a time that is to come. */
  waitAt(time: number): void {
    this.#pause();
    this.#seek(time + INTO_FRAME_MS);
  }

  rest(): void {
    this.#pause();
  }

  #stand({ target, exact }: Beat): void {
    this.#pause();
    const off = Math.abs(this.position - target);
    if (off > (exact ? INTO_FRAME_MS * 1.5 : NEAR_ENOUGH_MS)) this.#seek(target + INTO_FRAME_MS);
  }

  #run({ target, rate }: Beat, leads: boolean): void {
    const element = this.#element;
    if (element.seeking) return;
    const ahead = this.position - target;
    if (element.paused) {
      if (Math.abs(ahead) > NEAR_ENOUGH_MS * Math.max(1, rate)) this.#seek(target + INTO_FRAME_MS);
      this.#setRate(rate);
      this.#play();
      return;
    }
    const correction = leads ? { factor: 1, jump: false } : correct(ahead / rate, this.#kind, this.#nudging);
    if (correction.jump) {
      this.#seek(target + Math.min(400, this.#seekMs) * rate);
      return;
    }
    this.#nudging = correction.factor !== 1;
    this.#setRate(rate * correction.factor);
  }

  #seek(time: number): void {
    if (this.#element.seeking && this.#sought === time) return;
    if (!this.#element.seeking) this.#soughtAt = performance.now();
    this.#sought = time;
    this.#element.currentTime = Math.max(0, time) / 1000;
  }

  #setRate(rate: number): void {
    const rounded = Math.round(rate * 1000) / 1000;
    if (this.#element.playbackRate !== rounded) this.#element.playbackRate = rounded;
  }

  #pause(): void {
    this.#nudging = false;
    if (!this.#element.paused) this.#element.pause();
  }

  #play(): void {
    if (this.#starting) return;
    this.#starting = true;
    this.#element
      .play()
      .catch((error: unknown) => {
        // A pause that came before playing had begun is no failure.
        if (error instanceof DOMException && error.name === 'NotAllowedError') this.#heldBack();
      })
      .finally(() => {
        this.#starting = false;
      });
  }
}
