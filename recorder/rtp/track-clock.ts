/**
 * Room time of a track's frames: the estimate of each timeline, followed little by little. Corrections of up to 1 ms in 2 s
 * pass unnoticed; larger errors than 100 ms begin a new stretch. Time never runs backwards: where a correction would go
 * back, the frames that overlap follow each other by one tick.
 */
import { LEARNING_MS, LEARNING_STEP_MS, type PeerClock } from './peer-clock.ts';
import { estimateHost, type TimelineState } from './timeline.ts';
import type { RoomTime } from './types.ts';

/** 1 ms in 2 s, beside which the drift of the publisher's clock must find place. */
const SLEW = 500e-6;
export const JUMP_MS = 100;
/** Plain data only, so that it can be saved and go on later. */
export interface TrackClockState {
  /** The last frame of the current stretch. */
  last: { rtp: number; ms: number; by: RoomTime['by'] } | undefined;
  /** The last room time given, of any stretch. */
  given: number;
}

export function newTrackClock(): TrackClockState {
  return { last: undefined, given: Number.NEGATIVE_INFINITY };
}

/** The next frame begins a new stretch: nothing of the one before binds it but that time goes on. */
export function beginStretch(state: TrackClockState): void {
  state.last = undefined;
}

/**
 * Room time of the next frame. `jumped` says that it begins a new stretch, because the estimate had moved too far.
 * Undefined while the relation of the host to room time is not known.
 */
export function nextTime(
  state: TrackClockState,
  timeline: TimelineState,
  rtp: number,
  peer: PeerClock,
  nowMs: number,
): { readonly time: RoomTime; readonly jumped: boolean } | undefined {
  const estimate = estimateHost(timeline, rtp, peer, nowMs);
  const target = peer.toRoomMs(estimate.ms);
  if (target === undefined) return undefined;
  const { last } = state;
  let ms = target;
  let jumped = false;
  if (last !== undefined) {
    const distance = ((rtp - last.rtp) * 1000) / timeline.clockRate;
    const off = target - (last.ms + distance);
    // Better one listed step than minutes out of step with the sound: while little is known, and from arrival to reports.
    const learning = nowMs - timeline.firstAtMs < LEARNING_MS;
    const limit = learning || last.by !== estimate.by ? LEARNING_STEP_MS : JUMP_MS;
    jumped = Math.abs(off) > limit;
    const budget = Math.abs(distance) * SLEW;
    if (!jumped) ms = last.ms + distance + Math.max(-budget, Math.min(budget, off));
  }
  state.last = { rtp, ms, by: estimate.by };
  state.given = Math.max(ms, state.given + 1000 / timeline.clockRate);
  const errorMs = estimate.errorMs + Math.abs(state.given - target) + peer.errorMs.room;
  return { time: { ms: state.given, errorMs, by: estimate.by }, jumped };
}
