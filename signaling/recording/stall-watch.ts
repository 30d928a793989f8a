/**
 * Tells tracks that should become durable and do not: what people in the room must know while they can still do something
 * about it. It sees time only through its clock, and nothing else.
 */
import type { Clock } from '../../platform/clock.ts';
import type { TrackStatus } from '../protocol/recorder.ts';

interface Watched {
  durableUntil: number;
  state: TrackStatus['state'] | 'unknown';
  /** Monotonic milliseconds at which it was last seen to advance, or began to be expected to. */
  movedAt: number;
}

export class StallWatch {
  readonly #clock: Clock;
  readonly #stallMs: number;
  readonly #tracks = new Map<string, Watched>();
  #awaySince: number | undefined;

  constructor(clock: Clock, stallMs: number) {
    this.#clock = clock;
    this.#stallMs = stallMs;
  }

  /** Names the tracks whose packets come in now, and says whether a recorder takes them at all. */
  expect(tracks: ReadonlySet<string>, recording: boolean): void {
    const now = this.#clock.monotonic();
    for (const trackId of this.#tracks.keys()) if (!tracks.has(trackId)) this.#tracks.delete(trackId);
    for (const trackId of tracks) {
      if (!this.#tracks.has(trackId))
        this.#tracks.set(trackId, { durableUntil: 0, state: 'unknown', movedAt: now });
    }
    if (!recording) {
      this.#awaySince ??= now;
    } else if (this.#awaySince !== undefined) {
      // A recorder that is back has the same time to begin as one that is new.
      this.#awaySince = undefined;
      for (const track of this.#tracks.values()) track.movedAt = now;
    }
  }

  /** Takes in what a recorder reports. Tracks that nobody expects are none of the watch's business. */
  report(statuses: readonly TrackStatus[]): void {
    const now = this.#clock.monotonic();
    for (const { trackId, durableUntil, state } of statuses) {
      const track = this.#tracks.get(trackId);
      if (!track) continue;
      // While packets come in, a track that stays idle is one whose packets do not reach the recorder.
      if ((durableUntil > track.durableUntil && state === 'recording') || state === 'shed')
        track.movedAt = now;
      track.durableUntil = Math.max(track.durableUntil, durableUntil);
      track.state = state;
    }
  }

  /** True when the room as a whole has been without a recorder for too long. */
  get roomStalls(): boolean {
    return this.#awaySince !== undefined && this.#clock.monotonic() - this.#awaySince >= this.#stallMs;
  }

  /** Tracks that stand still. While the whole room does, its tracks are not told one by one. */
  get stalled(): string[] {
    if (this.#awaySince !== undefined) return [];
    const now = this.#clock.monotonic();
    return [...this.#tracks]
      .filter(([, { movedAt, state }]) => state !== 'shed' && now - movedAt >= this.#stallMs)
      .map(([trackId]) => trackId);
  }
}
