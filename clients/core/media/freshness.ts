/** How old a picture may be before it must say so (design section 5): a stale picture looks like no breath. Pure. */
import type { Rung } from '../../../signaling/protocol/media.ts';
import type { Freshness } from '../types-media.ts';

export const AGING_MS = 1500;
export const NOT_LIVE_MS = 3000;

export interface PictureFacts {
  readonly kind: 'audio' | 'video';
  readonly paused: boolean;
  readonly rung: Rung | undefined;
  readonly frameAgeMs: number | undefined;
  readonly stillAgeMs: number | undefined;
}

/** What a tile says about its picture. A still that stops coming is not live either. */
export function freshnessOf(facts: PictureFacts): Freshness {
  if (facts.kind === 'audio' || facts.paused) return 'none';
  if (facts.rung === 'audio' || facts.rung === 'text') return 'none';
  const { frameAgeMs, stillAgeMs } = facts;
  if (frameAgeMs !== undefined && frameAgeMs <= AGING_MS) return 'live';
  if (facts.rung === 'still' || isNewer(stillAgeMs, frameAgeMs)) {
    if (stillAgeMs === undefined) return 'waiting';
    return stillAgeMs <= NOT_LIVE_MS ? 'still' : 'not-live';
  }
  if (frameAgeMs === undefined) return 'waiting';
  return frameAgeMs <= NOT_LIVE_MS ? 'aging' : 'not-live';
}

function isNewer(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && (b === undefined || a < b);
}
