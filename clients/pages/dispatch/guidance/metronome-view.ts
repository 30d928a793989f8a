/** The metronome as its keys show and set it. Pure. */
import { type CprMode, METRONOME_RATE } from '../../../../signaling/protocol/guidance.ts';
import type { MetronomeState } from '../../../../signaling/protocol/state-bystander.ts';

export interface MetronomeView {
  readonly on: boolean;
  readonly rate: number;
  readonly mode: CprMode;
  /** Who set it so; absent before anyone has. */
  readonly source: MetronomeState['source'] | undefined;
  /** The bystander pressed "moves or breathes": to be asked about at once. */
  readonly movesOrBreathes: boolean;
}

export function metronomeView(state: MetronomeState | undefined): MetronomeView {
  return {
    on: state?.on === true,
    rate: state?.rate ?? METRONOME_RATE.normal,
    mode: state?.mode ?? 'continuous',
    source: state?.source,
    movesOrBreathes: state?.on === false && state.reason === 'moves-or-breathes',
  };
}

/** By how much a key changes the rate. */
export const RATE_STEP = 2;

/** The next rate that way, or undefined at the end: it never leaves 100 to 120. */
export function nextRate(rate: number, way: 'slower' | 'faster'): number | undefined {
  const { least, most } = METRONOME_RATE;
  const next = Math.round(rate) + (way === 'faster' ? RATE_STEP : -RATE_STEP);
  const inside = Math.min(most, Math.max(least, next));
  return inside === rate ? undefined : inside;
}
