/** How the recording of a room stands, out of its facts and what the recorder says. Pure. */
import { WHOLE_ROOM } from '../../../signaling/protocol/evolve-recording.ts';
import { hasRole, type Role } from '../../../signaling/protocol/roles.ts';
import type { RecordingState, RoomState } from '../../../signaling/protocol/state.ts';
import type { TrackSafety } from '../../core/types.ts';

export type StallCause = RecordingState['stalled'][string]['cause'];

/** Room times in milliseconds. */
export type RecordingView =
  /** Nothing has been recorded in this room yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'off'; readonly since: number; readonly by: string; readonly reason: string }
  /** Switched on, and nothing is safe yet. */
  | { readonly kind: 'starting' }
  /** Switched on, and nobody sends anything. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'recording'; readonly safeUntil: number }
  /** `sources`: what stalls; empty means all of it. */
  | {
      readonly kind: 'stalled' | 'away';
      readonly since: number;
      readonly cause: StallCause;
      readonly sources: readonly string[];
    };

/** Silence of the recorder that alarms here even when no fact has come: facts need the room's server. */
export const SILENT_AFTER_MS = 6000;

/** The least of what is safe, over the tracks that are being recorded now; undefined while there is none. */
export function safeUntil(tracks: Iterable<TrackSafety>): number | undefined {
  const times = [...tracks].filter(({ state }) => state === 'recording').map((each) => each.durableUntil);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * @param now room time in milliseconds
 * @param linked whether this page hears the room: what it does not hear says nothing about the recorder
 */
export function recordingView(
  state: RoomState,
  tracks: ReadonlyMap<string, TrackSafety>,
  now: number,
  linked: boolean,
): RecordingView {
  const { recording } = state;
  if (recording === undefined) return { kind: 'none' };
  if (!recording.on) {
    return { kind: 'off', since: recording.since, by: recording.by, reason: recording.reason };
  }
  const stalled = Object.entries(recording.stalled);
  const [first] = stalled.toSorted(([, a], [, b]) => a.at - b.at);
  if (first !== undefined) {
    const away = stalled.some(([, { cause }]) => cause === 'recorder-away');
    const all = stalled.some(([id]) => id === WHOLE_ROOM);
    return {
      kind: away ? 'away' : 'stalled',
      since: first[1].at,
      cause: away ? 'recorder-away' : first[1].cause,
      sources: all ? [] : stalled.map(([id]) => id),
    };
  }
  const safe = safeUntil(tracks.values());
  if (safe !== undefined) {
    // A time of day that stands still would look like safety.
    if (linked && now - safe > SILENT_AFTER_MS)
      return { kind: 'stalled', since: safe, cause: 'unknown', sources: [] };
    return { kind: 'recording', safeUntil: safe };
  }
  // A source of which the recorder has said something rests; one it has not yet spoken of starts.
  const starts = Object.values(state.sources).some(
    (source) => !source.paused && !tracks.has(source.producerId),
  );
  return { kind: starts ? 'starting' : 'ready' };
}

/** Whether a bar across the page says it: what is calm stays in its tag. */
export function needsRecordingBar({ kind }: RecordingView): boolean {
  return kind === 'off' || kind === 'stalled' || kind === 'away';
}

/** What somebody of this role may do about it, as the server allows it. */
export function recordingRights(role: Role | undefined): { readonly start: boolean; readonly stop: boolean } {
  if (role === undefined) return { start: false, stop: false };
  return {
    start: hasRole(['dispatcher', 'coordinator', 'crew'], role),
    stop: hasRole(['dispatcher', 'coordinator'], role),
  };
}
