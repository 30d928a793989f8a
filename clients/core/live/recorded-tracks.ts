/** What the recorder has of each track, as it says about once a second. */
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { TrackSafety } from '../types.ts';

export class RecordedTracks {
  #tracks: ReadonlyMap<string, TrackSafety> = new Map();

  /** A new map each time something changed, so that whoever compares sees it. */
  get tracks(): ReadonlyMap<string, TrackSafety> {
    return this.#tracks;
  }

  /** @param now room time in milliseconds */
  handleStatus({ tracks }: NotificationData<'recording.status'>, now: number): void {
    const next = new Map(this.#tracks);
    for (const track of tracks) {
      // Notifications are volatile and may overtake one another: what was safe once stays safe.
      const durableUntil = Math.max(track.durableUntil, next.get(track.producerId)?.durableUntil ?? 0);
      next.set(track.producerId, { ...track, durableUntil, toldAt: now });
    }
    this.#tracks = next;
  }

  /** Forgets tracks whose source has gone, and all of them while nothing is recorded. */
  handleState({ sources, recording }: RoomState): void {
    const kept = [...this.#tracks].filter(([id]) => recording?.on !== false && sources[id] !== undefined);
    if (kept.length !== this.#tracks.size) this.#tracks = new Map(kept);
  }
}
