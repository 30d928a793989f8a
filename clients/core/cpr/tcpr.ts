/**
 * Clocks of telephone CPR, counted from when the call was answered. The limits are the site's; by default recognition within
 * 90 s and the first compression within 150 s (AHA, Telephone CPR recommendations and performance measures, 2020).
 */
import { TCPR_CLOCKS, type TcprClock } from '../../../signaling/protocol/events-bystander.ts';
import type { CprState } from '../../../signaling/protocol/state-bystander.ts';
import type { TcprLimits } from '../../../signaling/protocol/tcpr.ts';

/** AHA 2020; `GET /api/tcpr` answers the site's own. */
export const DEFAULT_TCPR_LIMITS: TcprLimits = { recognisedSeconds: 90, compressingSeconds: 150 };

export interface TcprClockView {
  readonly clock: TcprClock;
  /** From the answering of the call: to the moment it was set, or until now. */
  readonly ms: number;
  readonly set: boolean;
  readonly source?: 'key' | 'measured';
  readonly limitMs?: number;
  /** Beyond its limit. */
  readonly late: boolean;
  /** A quarter of the limit or less is left. */
  readonly soon: boolean;
}

/** All clocks in their order. Times are UTC in milliseconds; a moment before the answering counts as 0. */
export function tcprClocks(
  answeredUtc: number,
  clocks: CprState['clocks'],
  nowUtc: number,
  limits: TcprLimits = DEFAULT_TCPR_LIMITS,
): TcprClockView[] {
  const limited: Partial<Record<TcprClock, number>> = {
    recognised: limits.recognisedSeconds * 1000,
    'first-compression': limits.compressingSeconds * 1000,
  };
  return TCPR_CLOCKS.map((clock) => {
    const known = clocks[clock];
    const ms = Math.max(0, (known?.at ?? nowUtc) - answeredUtc);
    const limitMs = limited[clock];
    const late = limitMs !== undefined && ms > limitMs;
    const soon = limitMs !== undefined && known === undefined && !late && ms > limitMs * 0.75;
    return {
      clock,
      ms,
      set: known !== undefined,
      late,
      soon,
      ...(known === undefined ? {} : { source: known.source }),
      ...(limitMs === undefined ? {} : { limitMs }),
    };
  });
}
