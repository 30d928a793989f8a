/**
 * The last two seconds of a camera: a few compressed frames, and the print of every frame, so that a frame that was not kept is
 * still known by its time. Finds the kept frame nearest to the one that somebody saw. Pure.
 */
import { fromBase64url } from '../../../ar-annotations/frames/base64url.ts';
import { printDistance } from '../../../ar-annotations/frames/print.ts';
import type { FrameName } from '../../../ar-annotations/scene/types.ts';

const KEPT_MS = 2400;
/** A device that compresses slowly keeps fewer frames, but these few for longer. */
const LEAST_FRAMES = 4;
const LONGEST_MS = 6000;
/** 4K frames weigh 1 to 3 MB each: a dozen of them, and no more on a device with little memory. */
const KEPT_BYTES = 40 * 1024 * 1024;
const PRINTS_MS = LONGEST_MS;
/** Higher differences of prints are not the same view (the scale is that of `printDistance`). */
const ALIKE = 1.2;
/** Prints of one view differ by so much from encoding alone. */
const AS_ALIKE = 0.05;
/** A kept frame farther from the asked one than this shows something else. */
const OFFSET_MAX_MS = 1000;

export interface SeenFrame {
  /** The device's own media clock. */
  readonly mediaMs: number;
  readonly print: Uint8Array;
}

export interface KeptFrame extends SeenFrame {
  readonly width: number;
  readonly height: number;
  readonly whole: Blob;
  readonly coarse: Blob;
}

export interface FoundFrame {
  readonly frame: KeptFrame;
  /**
   * Kept frame minus the one that was asked for; negative: it is older. Where only the print told which one that was, it may lie between
   * two frames that were named here, and this is the most it can be.
   */
  readonly offsetMs: number;
}

export class KeptFrames {
  #seen: SeenFrame[] = [];
  #kept: KeptFrame[] = [];

  get count(): number {
    return this.#kept.length;
  }
  get bytes(): number {
    return this.#kept.reduce((sum, { whole, coarse }) => sum + whole.size + coarse.size, 0);
  }
  /** Kept frames a second over what is kept; undefined before there are two. */
  get rate(): number | undefined {
    const [first] = this.#kept;
    const last = this.#kept.at(-1);
    if (!first || !last || first === last) return undefined;
    return ((this.#kept.length - 1) * 1000) / Math.max(1, last.mediaMs - first.mediaMs);
  }

  /** Every frame of the camera that is named, in its order; the same one again says nothing. */
  handleSeen({ mediaMs, print }: SeenFrame): void {
    const frame = { mediaMs, print };
    if (mediaMs <= (this.#seen.at(-1)?.mediaMs ?? Number.NEGATIVE_INFINITY)) return;
    this.#seen.push(frame);
    while ((this.#seen[0]?.mediaMs ?? frame.mediaMs) < frame.mediaMs - PRINTS_MS) this.#seen.shift();
    this.#forget(frame.mediaMs);
  }

  /** A frame that was seen before has been compressed. */
  handleKept(frame: KeptFrame): void {
    // The ring was emptied while it was being compressed.
    if (!this.#seen.some(({ mediaMs }) => mediaMs === frame.mediaMs)) return;
    this.#kept.push(frame);
    this.#kept.sort((a, b) => a.mediaMs - b.mediaMs);
    while (this.#kept.length > 1 && this.bytes > KEPT_BYTES) this.#kept.shift();
  }

  /** By media time where it is told, else by the print; undefined when it is too old, or not of this camera. */
  find({ mediaMs, print }: FrameName): FoundFrame | undefined {
    const asked = mediaMs === undefined ? this.#timesOf(print) : [{ time: mediaMs, slackMs: 0 }];
    let best: FoundFrame | undefined;
    for (const { time, slackMs } of asked) {
      for (const frame of this.#kept) {
        const off = frame.mediaMs - time;
        const offsetMs = off < 0 ? off - slackMs : off + slackMs;
        const limit = best === undefined ? OFFSET_MAX_MS : Math.abs(best.offsetMs);
        // Of equal ones the newer: what is on a screen is seldom older than a second.
        if (Math.abs(offsetMs) <= limit) best = { frame, offsetMs };
      }
    }
    return best;
  }

  clear(): void {
    this.#seen = [];
    this.#kept = [];
  }

  #forget(now: number): void {
    const isOld = ({ mediaMs }: KeptFrame) =>
      mediaMs < now - (this.#kept.length > LEAST_FRAMES ? KEPT_MS : LONGEST_MS);
    for (let [first] = this.#kept; first && isOld(first); [first] = this.#kept) this.#kept.shift();
  }

  /** When a frame that looks like this was seen: several times, where nothing moves or something comes back. */
  #timesOf(print: string | undefined): { time: number; slackMs: number }[] {
    const wanted = print === undefined ? undefined : fromBase64url(print);
    if (!wanted) return [];
    const distances = this.#seen.map((frame) => printDistance(frame.print, wanted));
    const least = Math.min(...distances);
    if (least > ALIKE) return [];
    return this.#seen.flatMap(({ mediaMs }, index) => {
      if ((distances[index] ?? ALIKE) > least + AS_ALIKE) return [];
      const before = mediaMs - (this.#seen[index - 1]?.mediaMs ?? mediaMs);
      const after = (this.#seen[index + 1]?.mediaMs ?? mediaMs) - mediaMs;
      return [{ time: mediaMs, slackMs: Math.max(before, after) / 2 }];
    });
  }
}
