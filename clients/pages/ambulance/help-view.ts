/** The call for help as the crew sees it. Pure. */
import type { HelpState, RoomState } from '../../../signaling/protocol/state.ts';
import { utcOf } from '../live/names.ts';

/** Without an answer for this long, a telephone number is shown (issue 2). */
export const PHONE_AFTER_MS = 15_000;

export type HelpStage = 'idle' | 'ringing' | 'answered';

export interface HelpView {
  readonly stage: HelpStage;
  readonly call: HelpState | undefined;
  /** Milliseconds since the key was pressed. */
  readonly waitedMs: number;
  readonly showPhone: boolean;
}

/** The newest call decides: an answered one stays shown until the next or until it was cancelled. */
export function helpView(state: RoomState, nowUtc: number): HelpView {
  const call = Object.values(state.help).sort((a, b) => b.at - a.at)[0];
  if (call === undefined || call.ended === 'cancelled' || call.ended === 'room-closed') {
    return { stage: 'idle', call: undefined, waitedMs: 0, showPhone: false };
  }
  const waitedMs = Math.max(0, nowUtc - utcOf(state, call.at));
  if (call.answeredBy !== undefined || call.ended === 'answered') {
    return { stage: 'answered', call, waitedMs, showPhone: false };
  }
  return { stage: 'ringing', call, waitedMs, showPhone: waitedMs >= PHONE_AFTER_MS };
}
