/** How strongly marks show: at once while they are held, gone within a tenth of a second when they are not, in their last place. */
import type { Homography } from '../../../ar-annotations/tracker/types.ts';
import type { Clock } from '../clock.ts';
import { FADE_MS } from './room.ts';

export interface Faded {
  readonly opacity: number;
  readonly homography?: Homography;
}

export class Fades {
  readonly #clock: Clock;
  readonly #held = new Map<string, { at: number; homography: Homography }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param homography where the mark is held now; undefined: it is not */
  of(markId: string, homography: Homography | undefined): Faded {
    const now = this.#clock.monotonic();
    if (homography) {
      this.#held.set(markId, { at: now, homography });
      return { opacity: 1, homography };
    }
    const last = this.#held.get(markId);
    const opacity = last ? 1 - (now - last.at) / FADE_MS : 0;
    if (!last || opacity <= 0) {
      this.#held.delete(markId);
      return { opacity: 0 };
    }
    return { opacity, homography: last.homography };
  }

  /** Nothing of it stays, as after a cut. */
  forget(): void {
    this.#held.clear();
  }

  keep(markIds: ReadonlySet<string>): void {
    for (const markId of this.#held.keys()) if (!markIds.has(markId)) this.#held.delete(markId);
  }
}
