/** How an element is brought back into step with the master clock. Pure. */

/** Farther off than this, playing faster or slower would take seconds: jump. */
export const JUMP_MS = 250;
/** Closer than this is in step; a nudge that is under way goes on until `SETTLED_MS`. */
const NUDGE_MS = 10;
const SETTLED_MS = 3;
/** A difference is worked off within about this time. */
const HORIZON_MS = 250;
/** Bounds of the nudge: pictures bear more than voices, whose pitch is kept but whose tempo is heard. */
const MOST = { video: 0.3, audio: 0.04 } as const;

export interface Correction {
  /** Factor on the speed that was chosen. */
  readonly factor: number;
  readonly jump: boolean;
}

/** @param aheadMs how far the element is ahead of the clock, in time of the person who watches; negative when behind. */
export function correct(aheadMs: number, kind: 'video' | 'audio', nudging: boolean): Correction {
  const off = Math.abs(aheadMs);
  if (off > JUMP_MS) return { factor: 1, jump: true };
  if (off < (nudging ? SETTLED_MS : NUDGE_MS)) return { factor: 1, jump: false };
  const most = MOST[kind];
  return { factor: 1 - Math.max(-most, Math.min(most, aheadMs / HORIZON_MS)), jump: false };
}
