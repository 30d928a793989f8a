/**
 * Where the audio clock stands against `performance.now()`. A single reading of either is coarse: `currentTime` moves in
 * blocks of what the sound hardware asks for, up to tens of milliseconds on phones. The middle of many readings is not.
 */
export interface Reading {
  /** Seconds of the audio clock. */
  readonly context: number;
  /** Milliseconds of `performance.now()` at which that sample leaves the loudspeaker, or as near as the browser knows. */
  readonly page: number;
}

const KEPT = 31;
/** A step larger than this is a clock that stood still (a call, a locked screen), not one that drifts. */
const JUMP_MS = 60;

export class AudioTime {
  #offsets: number[] = [];

  add({ context, page }: Reading): void {
    const offset = context * 1000 - page;
    const known = this.#middle();
    if (known !== undefined && Math.abs(offset - known) > JUMP_MS) this.#offsets = [];
    this.#offsets.push(offset);
    if (this.#offsets.length > KEPT) this.#offsets.shift();
  }

  /** The time of the audio clock, in seconds, at a time of the page's clock; undefined before the first reading. */
  at(page: number): number | undefined {
    const offset = this.#middle();
    return offset === undefined ? undefined : (page + offset) / 1000;
  }

  #middle(): number | undefined {
    const sorted = [...this.#offsets].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }
}

/** Reads both clocks. `getOutputTimestamp` counts the latency of the output in; where it is missing or stuck, it is left out. */
export function readClocks(context: AudioContext): Reading {
  const now = performance.now();
  const stamp = context.getOutputTimestamp?.();
  const { contextTime, performanceTime } = stamp ?? {};
  // WebKit and Chromium answer zeros until sound flows; an old stamp says nothing of now.
  if (contextTime && performanceTime && Math.abs(now - performanceTime) < 1000) {
    return { context: contextTime, page: performanceTime };
  }
  return { context: context.currentTime, page: now };
}
